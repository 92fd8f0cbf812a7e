"""The statement 明细账 of an account: its transfers of some days, with the balance after each.

There is no index by account, so that charges stay fast. A bucket's transfers of a day stand between
two cuts, which the kept day heads name; they are read from the newest on, bucket by bucket, and a
page is continued by a position: how far each bucket has been read.
"""

from dataclasses import replace
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from msgspec import Struct, structs

from yifen.core.access.edge import Access
from yifen.core.facts.pgarrays import numbers
from yifen.face import words
from yifen.face.ledger import standing
from yifen.face.ledger.accounts import found_account
from yifen.face.ledger.statement_sql import ALL, BY, END, PAGE
from yifen.face.lists import keys
from yifen.face.lists.filters import DayField, ListFilters
from yifen.face.lists.keys import Key, ListOrder
from yifen.face.lists.listing import Column, ListAsk, Listing, ListPage, Row, Select
from yifen.face.scope import buckets


class StatementEntry(Struct, frozen=True):
    """One transfer as it stands on the account; `balance_fen` is the posted balance after it."""

    bucket: int
    transfer_no: int
    kind: str
    business_day: date
    booked_at: datetime
    is_debit: bool
    amount_fen: int
    other_code: str
    other_name: str
    reference_id: int
    payment_id: int | None
    balance_fen: int

    @property
    def effect_fen(self) -> int:
        """What it adds to the posted debits less credits."""
        if self.kind not in ("posted", "post"):
            return 0
        return self.amount_fen if self.is_debit else -self.amount_fen


class StatementFilters(ListFilters):
    """The open business day of the account's book unless the address says otherwise."""

    days_max = 366
    since = DayField(_("会计日期 起"))
    until = DayField(_("止"))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        for name in ("since", "until"):
            if name not in self.errors and not data.get(name):
                self.add_error(name, _("请选择日期"))
        return data


def filters_from(day: date) -> type[StatementFilters]:
    """The filters whose days begin as this one."""

    class FromThatDay(StatementFilters):
        def first_value(self, name: str) -> Any:
            return day

    return FromThatDay


def select(ask: ListAsk) -> Select:
    """All transfers of the period with their balances: what is exported and printed."""
    return Select(ALL, [], params_of(ask))


def params_of(ask: ListAsk) -> dict[str, Any]:
    """What the statements ask for."""
    account = account_of(ask)
    asked = standing.params(account.account_id, account.book_id, ask.filters["since"],
                            ask.filters["until"])  # fmt: skip
    return asked | {"sign": account.sign}


def account_of(ask: ListAsk) -> Row:
    """The account that the list is about; `bind` made sure that it is in scope."""
    return found_account(ask.access, ask.filters["account_id"])


def statement_of(access: Access, account_id: int) -> Listing:
    """The statement of an account in scope."""
    found = found_account(access, account_id)
    return replace(
        STATEMENT, form=filters_from(found.current_day), about={"account_id": account_id}
    )


def pages(ask: ListAsk) -> ListPage:
    """A page with the balance after each transfer, reckoned back from the closing balance."""
    position = ask.key or (END,) * buckets()
    found = entries(ask, position, ask.back)
    more, kept = len(found) > ask.limit, found[: ask.limit]
    if ask.back and not more:  # the first page, whole
        return pages(ask._replace(key=None, back=False))
    if ask.back:
        began = reached(position, kept, 1)
        return ListPage(balanced(kept[::-1], ask), newer=began, older=position)
    return ListPage(
        balanced(kept, ask),
        newer=position if kept and ask.key else None,
        older=reached(position, kept, 0) if more else None,
    )


def entries(ask: ListAsk, position: Key, upwards: bool) -> list[StatementEntry]:
    """One more than the page needs, nearest the position first; `balance_fen` is the balance at
    the position."""
    params = params_of(ask) | {"buckets": numbers(range(len(position))),
                               "numbers": numbers(position), "limit": ask.limit + 1}  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(PAGE[upwards], params)
        return [StatementEntry(*row) for row in cursor.fetchall()]


def balanced(rows: list[StatementEntry], ask: ListAsk) -> list[StatementEntry]:
    """The rows of a page, newest first, each with the balance after it."""
    if not rows:
        return []
    sign = account_of(ask).sign
    balance = rows[0].balance_fen
    if ask.back:  # it was reckoned at the end of the page
        balance += sum(row.effect_fen for row in rows) * sign
    told = []
    for row in rows:
        told.append(structs.replace(row, balance_fen=balance))
        balance -= row.effect_fen * sign
    return told


def reached(position: Key, rows: list[StatementEntry], beside: int) -> Key:
    """How far the buckets are read once these rows are shown, in the order in which they came."""
    found = list(position)
    for row in rows:
        found[row.bucket] = row.transfer_no + beside
    return tuple(found)


def read_position(text: str) -> Key | None:
    return keys.read_key(text, (keys.whole,) * buckets())


def payment_url(row: StatementEntry, access: Access) -> str:
    sees = row.payment_id and access.may("payments.view")
    return reverse("payment", args=[row.payment_id]) if sees else ""


def reference(row: StatementEntry) -> str:
    """The payment's number; of a document, which counts downwards from nothing, its own: 凭证 4."""
    return str(row.reference_id) if row.reference_id > 0 else str(_("凭证 %s") % -row.reference_id)


STATEMENT = Listing(
    archives=True,
    name="account",
    title=_("明细账"),
    empty=_("这段时间没有分录"),
    empty_note=_("换一个日期再查；日终余额在另一页。"),
    permission="ledger.view",
    export="ledger.export",
    route="accounts/<int:account_id>/",
    form=StatementFilters,
    orders={"time": ListOrder(BY, read_position, keys.write_key, turns=False, timed=True)},
    select=select,
    pages=pages,
    row=StatementEntry,
    bind=statement_of,
    columns=(
        Column("business_day", "", _("会计日期"), "day"),
        Column("booked_at", "", _("记账时间"), "time"),
        Column("transfer", "", _("分录"), "code", value=lambda r, a: f"{r.bucket}-{r.transfer_no}"),
        Column("kind", "", _("种类"), "badge", words=words.TRANSFER_KINDS),
        Column("other", "", _("对方账户"), value=lambda r, a: f"{r.other_code} {words.account(r.other_name)}"),
        Column("reference_id", "", _("缴费号或凭证号"), "code", value=lambda r, a: reference(r), url=payment_url),
        Column("debit", "", _("借方"), "amount", value=lambda r, a: r.amount_fen if r.is_debit else None,
               sums=False),
        Column("credit", "", _("贷方"), "amount", value=lambda r, a: None if r.is_debit else r.amount_fen,
               sums=False),
        Column("balance_fen", "", _("余额"), "amount", sums=False),
    ),
)  # fmt: skip
