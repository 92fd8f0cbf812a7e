"""The list of settlements 结算: a biller's day squared."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yifen.core.access.edge import Access
from yifen.core.facts.sqlfiles import queries
from yifen.face.lists.asking import billers, chosen, days
from yifen.face.lists.listing import Column, Listing, Row
from yifen.face.lists.selecting import in_scope


def settled_url(row: Row, access: Access) -> str:
    return reverse("settlement", args=[row.number])


SETTLEMENTS = Listing(
    name="settlements",
    title=pgettext_lazy("list", "结算"),
    empty=_("还没有结算"),
    empty_note=_("日终证明之后，每个收费单位每天一笔，零额也记。"),
    permission="settlement.view",
    export="payments.export",
    handy=True,
    route="settlements/",
    source=queries(__package__)["settlements"],
    scope=in_scope("s.biller_id"),
    key="-s.document_id",
    find="s.document_id = -%(one)s",
    opens=settled_url,
    filters=chosen("biller", _("收费单位"), "s.biller_id = %(biller)s", billers),
    columns=(
        Column("number", "-s.document_id", _("凭证号"), "code", value=lambda r, a: str(r.number)),
        Column("business_day", "s.business_day", _("会计日期"), "day", order="down",
               filters=days(_("会计日期 起"))),
        Column("biller", "p.code || ' ' || p.name", _("收费单位")),
        Column("payments", "s.payments", _("笔数"), "num"),
        Column("amount_fen", "s.amount_fen", _("缴费金额（元）"), "amount"),
        Column("due_fen", "s.due_fen", _("应结（元）"), "amount"),
        Column("moved_fen", "s.moved_fen", _("结转（元）"), "amount", order="down"),
        Column("carried_fen", "s.due_fen - s.moved_fen", _("留存（元）"), "amount"),
        Column("commission_fen", "s.commission_fen", _("手续费（元）"), "amount"),
        Column("payout_on", "s.payout_on", _("划付日"), "day"),
        Column("posted_on", "s.posted_on", _("记账日"), "day", shown=False),
        Column("signed_by", "s.signed_by", _("签字"), shown=False),
    ),
    reads={"biller_id": "s.biller_id", "biller_code": "p.code", "biller_name": "p.name", "mode": "s.mode"},
)  # fmt: skip
