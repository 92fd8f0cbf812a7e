"""Payments of closed days that nobody decided and no biller is asked about any more: each waits for two people."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yifen.core.access.edge import Access
from yifen.core.facts.sqlfiles import queries
from yifen.face import words as said
from yifen.face.lists.asking import billers, chosen
from yifen.face.lists.listing import Column, Listing, Row
from yifen.face.lists.selecting import in_scope


def undecided_url(row: Row, access: Access) -> str:
    return reverse("undecided_payment", args=[row.payment_id])


UNDECIDED = Listing(
    name="undecided_payments",
    title=pgettext_lazy("list", "未决缴费"),
    note=_("已日切、不再查询、收费单位始终没有结果的缴费，逐笔由两人定论。"),
    empty=_("没有未决缴费"),
    permission="reconciliation.view",
    export="payments.export",
    route="differences/undecided/",
    source=queries(__package__)["undecided"],
    scope=in_scope("y.biller_id"),
    key="y.payment_id",
    default="business_day",
    opens=undecided_url,
    filters=chosen("biller", _("收费单位"), "y.biller_id = %(biller)s", billers),
    columns=(
        Column("payment_id", "y.payment_id", _("缴费号"), "code", value=lambda r, a: str(r.payment_id)),
        Column("business_day", "y.business_day", _("会计日期"), "day", order="up"),
        Column("biller", "b.code || ' ' || b.name", _("收费单位")),
        Column("channel", "c.code || ' ' || c.name", _("渠道")),
        Column("biller_state", "y.biller_state::text", _("收费方状态"), "badge", words=said.BILLER_STATES),
        Column("amount_fen", "y.amount_fen", _("金额（元）"), "amount", order="down"),
        Column("paid_at", "y.paid_at", _("付款时间"), "time"),
    ),
)  # fmt: skip
