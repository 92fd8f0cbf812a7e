"""The list of deductions 卡扣."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yifen.core.access.edge import Access
from yifen.core.facts.sqlfiles import queries
from yifen.face import words
from yifen.face.lists.asking import billers, chosen, moments, one_of
from yifen.face.lists.listing import Column, ListAction, Listing, Row
from yifen.face.lists.selecting import in_scope

STATES: words.Words = {
    "asked": (_("银行处理中"), "waiting"),
    "taken": (_("已扣款，销账中"), "waiting"),
    "booked": (_("已销账"), "ok"),
    "back_due": (pgettext_lazy("deduction", "退回中"), "waiting"),
    "back": (pgettext_lazy("deduction", "已退回账户"), "neutral"),
    "refused": (_("未扣款"), "bad"),
}
# After a quarter of an hour nobody expects more of it by itself.
STUCK = ("(d.state IN ('asked', 'taken', 'back_due') OR EXISTS (SELECT FROM deduction_back x"
         " WHERE x.deduction_no = d.deduction_no AND x.back_at IS NULL))"
         " AND d.changed_at < %(now)s::timestamptz - interval '15 minutes'")  # fmt: skip


def deduction_url(row: Row, access: Access) -> str:
    return reverse("deduction", args=[row.deduction_no])


DEDUCTIONS = Listing(
    name="deductions",
    title=_("卡扣"),
    note=_("经付款人同意，请银行从其账户扣款销账；结果由系统查询，不猜。"),
    empty=_("没有卡扣"),
    permission="deductions.view",
    export="payments.export",
    route="deductions/",
    source=queries("yifen.trades.deductions")["deductions"],
    scope=in_scope("d.channel_id", "d.biller_id"),
    key="d.deduction_no",
    key_kind="text",
    default="made_at",
    opens=deduction_url,
    actions=(
        ListAction(_("发起扣款"), "deduction_new", "deductions.ask", "plus", "primary"),
        ListAction(_("银行扣款接口"), "deduction_ports", "partners.edit", "plug", ""),
    ),
    filters=chosen("biller", _("收费单位"), "d.biller_id = %(biller)s", billers),
    columns=(
        Column("made_at", "d.made_at", _("发起时间"), "time", order="down", filters=moments(_("发起日期 起"))),
        Column("deduction_no", "d.deduction_no", _("扣款编号"), "code"),
        Column("channel", "c.code || ' ' || c.name", _("银行")),
        Column("biller", "b.code || ' ' || b.name", _("收费单位")),
        Column("account_no", "d.account_no", _("户号"), "account"),
        Column("debtor_shown", "d.debtor_shown", _("扣款账户")),
        Column("amount_fen", "d.amount_fen", _("金额（元）"), "amount", order="down"),
        Column("state", "d.state", _("状态"), "badge", words=STATES,
               filters=one_of("state", _("状态"), [*words.choices(STATES), ("stuck", _("久无结果"))],
                              {state: f"{{sql}} = '{state}'" for state in STATES} | {"stuck": STUCK})),
        Column("reason", "d.reason", _("银行说明")),
        Column("asked_by", "d.asked_by", _("经办人")),
    ),
)  # fmt: skip
