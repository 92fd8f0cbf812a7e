"""The list of settlements 结算: a biller's day squared."""

from datetime import date, datetime
from typing import Any

from django.db import connection
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from msgspec import Struct

from yifen.core.access.edge import Access
from yifen.core.access.scope import Scope
from yifen.face import scope
from yifen.face.lists import keys
from yifen.face.lists.filters import ChosenField, DayField, Filters, check_days
from yifen.face.lists.listing import Ask, Column, Listing, Select

DAYS_MAX = 3660
IN_SCOPE = "(%(all)s OR s.biller_id = ANY (%(partners)s::integer[]))"
SELECT = """
SELECT -s.document_id, s.biller_id, p.code, p.name, s.business_day, s.posted_on, s.due_fen,
    s.moved_fen, s.payments, s.amount_fen, s.commission_fen, s.mode, s.payout_on, s.signed_by,
    s.settled_at
FROM settlement s JOIN partner p ON p.id = s.biller_id"""


class Settlement(Struct, frozen=True):
    """One biller's day; `number` is its document's without the sign."""

    number: int
    biller_id: int
    biller_code: str
    biller_name: str
    business_day: date
    posted_on: date
    due_fen: int
    moved_fen: int
    payments: int
    amount_fen: int
    commission_fen: int
    mode: str
    payout_on: date | None
    signed_by: str | None
    settled_at: datetime

    @property
    def carried_fen(self) -> int:
        return self.due_fen - self.moved_fen


class DayFilters(Filters):
    """A biller and a period."""

    biller = ChosenField(_("收费单位"))
    since = DayField(_("会计日期 起"))
    until = DayField(_("止"))

    def arrange(self) -> None:
        within = self.access.scope
        found = [(one.id, one.label) for one in scope.billers(within) if within.has_partner(one.id)]
        self.fields["biller"].choices = [("", _("全部")), *found]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        check_days(self, data.get("since"), data.get("until"), DAYS_MAX)
        return data


def select(ask: Ask) -> Select:
    """The settlements in scope."""
    where, asked = [IN_SCOPE], ask.filters
    if asked["biller"] is not None:
        where.append("s.biller_id = %(biller)s")
    if asked["since"]:
        where.append("s.business_day >= %(since)s")
    if asked["until"]:
        where.append("s.business_day <= %(until)s")
    return Select(SELECT, where, scope.params(ask.access.scope) | asked)


def one(found: Scope, number: int) -> Settlement | None:
    """A settlement in scope."""
    if number >= 2**63:
        return None
    with connection.cursor() as cursor:
        cursor.execute(f"{SELECT} WHERE s.document_id = %(document)s AND {IN_SCOPE}",
                       scope.params(found) | {"document": -number})  # fmt: skip
        row = cursor.fetchone()
    return Settlement(*row) if row else None


def settled_url(row: Settlement, access: Access) -> str:
    return reverse("settlement", args=[row.number])


SETTLEMENTS = Listing(
    name="settlements",
    title=_("结算"),
    empty=_("还没有结算"),
    empty_note=_("日终证明之后，每个收费单位每天一笔，零额也记。"),
    form=DayFilters,
    orders={
        "day": keys.order(("s.business_day", "-s.document_id"),
                          lambda row: (row.business_day, row.number), keys.day, keys.whole),
        "moved": keys.order(("s.moved_fen", "-s.document_id"),
                            lambda row: (row.moved_fen, row.number), keys.whole, keys.whole),
    },
    select=select,
    row=Settlement,
    permission="settlement.view",
    export="payments.export",
    columns=(
        Column(title=_("凭证号"), kind="code", value=lambda r, a: f"-{r.number}", url=settled_url),
        Column(title=_("会计日期"), kind="day", order="day", value=lambda r, a: r.business_day),
        Column(title=_("收费单位"), value=lambda r, a: f"{r.biller_code} {r.biller_name}"),
        Column(title=_("笔数"), kind="num", value=lambda r, a: r.payments),
        Column(title=_("缴费金额（元）"), kind="amount", value=lambda r, a: r.amount_fen),
        Column(title=_("应结（元）"), kind="amount", value=lambda r, a: r.due_fen),
        Column(title=_("结转（元）"), kind="amount", order="moved", value=lambda r, a: r.moved_fen),
        Column(title=_("留存（元）"), kind="amount", value=lambda r, a: r.carried_fen),
        Column(title=_("手续费（元）"), kind="amount", value=lambda r, a: r.commission_fen),
        Column(title=_("划付日"), kind="day", value=lambda r, a: r.payout_on),
        Column(title=_("记账日"), kind="day", value=lambda r, a: r.posted_on, shown=False),
        Column(title=_("签字"), value=lambda r, a: r.signed_by, shown=False),
    ),
)  # fmt: skip
