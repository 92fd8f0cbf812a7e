"""Chargebacks 退单: what two people had taken back from the console, and what became of each."""

from django.urls import reverse
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from yifen.core.access.edge import Access
from yifen.core.access.telling import told
from yifen.core.facts.sqlfiles import queries
from yifen.face import words
from yifen.face.lists.asking import billers, chosen, moments, one_of
from yifen.face.lists.listing import Column, Listing, Row
from yifen.face.lists.selecting import in_scope
from yifen.trades.reconciliation.chargebacks import rules

STATES: words.Words = {
    "doing": (_("办理中"), "waiting"),
    "outside": (_("退款待外部办理"), "bad"),
    "done": (_("已退回"), "ok"),
    "refused": (_("未退成"), "bad"),
}
REASONS = [(word, lazy(told, str)(text)) for word, text in rules.REASONS.items()]
_STATE = "CASE WHEN k.is_due THEN 'outside' ELSE k.state END"


def payment_url(row: Row, access: Access) -> str:
    return reverse("payment_chargebacks", args=[row.payment_id])


CHARGEBACKS = Listing(
    name="chargebacks",
    title=_("退单"),
    note=_("由两人从缴费详情办理的退单，整笔或部分。"),
    empty=_("没有退单"),
    permission="reconciliation.view",
    export="payments.export",
    route="differences/chargebacks/",
    source=queries(__package__)["chargebacks"],
    scope=in_scope("k.channel_id", "k.biller_id"),
    key="k.chargeback_id",
    default="chargeback_id",
    opens=payment_url,
    filters=chosen("biller", _("收费单位"), "k.biller_id = %(biller)s", billers),
    columns=(
        Column("chargeback_id", "k.chargeback_id", _("退单号"), "code", order="down", by_kind="num",
               value=lambda r, a: f"CB{r.chargeback_id}"),
        Column("made_at", "k.made_at", _("复核时间"), "time", filters=moments(_("复核日期 起"))),
        Column("payment_id", "k.payment_id", _("缴费号"), "code", value=lambda r, a: str(r.payment_id)),
        Column("channel", "c.code || ' ' || c.name", _("渠道")),
        Column("biller", "b.code || ' ' || b.name", _("收费单位")),
        Column("amount_fen", "k.amount_fen", _("退回（元）"), "amount", order="down"),
        Column("reason", "k.reason", _("退单原因"), filters=one_of("reason", _("退单原因"), REASONS),
               value=lambda r, a: told(rules.REASONS[r.reason])),
        Column("note", "k.note", _("说明")),
        Column("state", _STATE, _("状态"), "badge", words=STATES,
               filters=one_of("state", _("状态"), words.choices(STATES),
                              {state: f"{{sql}} = '{state}'" for state in STATES})),
        Column("code", "k.code", _("返回码"), "num", value=lambda r, a: r.code or None),
        Column("reference", "k.reference", _("对方退款编号"), "code"),
        Column("made_by", "k.made_by", _("提出人"), shown=False),
        Column("decided_by", "k.decided_by", _("复核人"), shown=False),
    ),
)  # fmt: skip
