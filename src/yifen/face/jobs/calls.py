"""The outbox 未决调用: payments that a biller has not decided, and when it is asked again."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from yifen.core.access.edge import Access
from yifen.core.facts.sqlfiles import queries
from yifen.face import words
from yifen.face.jobs.tabs import tabs
from yifen.face.lists.asking import one_of
from yifen.face.lists.listing import Column, Listing, Row
from yifen.face.lists.selecting import in_scope

_SQL = queries(__package__)
STEPS: words.Words = {
    "charge": (_("发送销账"), "waiting"),
    "confirm": (_("查询结果"), "waiting"),
    "reverse": (_("发送冲正"), "waiting"),
}
WAITING = [("due", _("自动重试中")), ("over", _("重试已尽")), ("stopped", _("重试已尽（当日）"))]


def payment_url(row: Row, access: Access) -> str:
    return reverse("payment", args=[row.payment_id]) if access.may("payments.view") else ""


CALLS = Listing(
    name="jobs",
    title=_("未决调用"),
    heading=_("作业"),
    empty=_("没有未决的缴费"),
    empty_note=_("收费方对每笔缴费都已有结论。"),
    permission="jobs.view",
    export="payments.export",
    route="jobs/",
    tabs=tabs,
    source=_SQL["calls"],
    scope=in_scope("y.channel_id", "y.biller_id"),
    key="y.payment_id",
    opens=payment_url,
    columns=(
        Column("paid_at", "y.paid_at", _("付款时间"), "time", order="up"),
        Column("payment_id", "y.payment_id", _("缴费号"), "code", value=lambda r, a: str(r.payment_id),
               url=payment_url),
        Column("biller_name", "b.name", _("收费单位")),
        Column("step", "k.step", _("下一步"), words=STEPS, filters=one_of("step", _("步骤"), STEPS)),
        Column("tries", "k.tries", _("已试"), "num", order="down"),
        Column("resent", "k.resent", _("重发"), value=lambda r, a: _("已重发") if r.resent else ""),
        Column("due_at", "k.due_at", _("再试时间"), "time", filters=one_of("waiting", _("重试"), WAITING,
               {"due": "{sql} IS NOT NULL", "over": "{sql} IS NULL", "stopped": _SQL["of_the_open_day"]})),
        Column("payer_state", "y.payer_state::text", _("付款方"), "badge", words=words.PAYER_STATES),
        Column("biller_state", "y.biller_state::text", _("收费方"), "badge", words=words.BILLER_STATES),
        Column("business_day", "y.business_day", _("会计日期"), "day"),
        Column("amount_fen", "y.amount_fen", _("金额（元）"), "amount"),
    ),
)  # fmt: skip
