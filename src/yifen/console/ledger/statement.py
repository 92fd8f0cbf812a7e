"""The statement 明细账 of an account: its transfers of some days, with the balance after each.

There is no index by account, so that charges stay fast: each bucket's transfers of a day stand
between two cuts, which the kept day heads name, and only those are read.
"""

from datetime import date, datetime
from typing import Any

from django.db import connection
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from msgspec import Struct
from msgspec.structs import replace

from yifen.access.edge import Access
from yifen.access.roles import Permission
from yifen.console import keys, words
from yifen.console.filters import DayField, Filters, check_days
from yifen.console.ledger.accounts import Account, one
from yifen.console.lists import Ask, Column, Listing, Page, Select
from yifen.console.paging import by_key

DAYS_MAX = 366
FROM = """
FROM (SELECT h.bucket,
        coalesce((SELECT b.last_no FROM ledger_day_head d
                  JOIN ledger_batch b ON b.bucket = d.bucket AND b.batch_no = d.batch_no
                  WHERE d.bucket = h.bucket AND d.book_id = %(book_id)s
                      AND d.business_day < %(since)s
                  ORDER BY d.business_day DESC LIMIT 1), 0) AS after_no,
        coalesce((SELECT b.last_no FROM ledger_day_head d
                  JOIN ledger_batch b ON b.bucket = d.bucket AND b.batch_no = d.batch_no
                  WHERE d.bucket = h.bucket AND d.book_id = %(book_id)s
                      AND d.business_day >= %(until)s
                  ORDER BY d.business_day LIMIT 1), h.transfer_no) AS last_no
      FROM ledger_head h) s
JOIN ledger_transfer t ON t.bucket = s.bucket AND t.transfer_no > s.after_no
    AND t.transfer_no <= s.last_no AND %(account_id)s IN (t.debit_id, t.credit_id)
    AND t.business_day BETWEEN %(since)s AND %(until)s
JOIN ledger_batch b ON b.bucket = t.bucket AND b.batch_no = t.batch_no"""
POSTED = "t.kind IN ('posted', 'post')"
EFFECT = f"""CASE WHEN NOT {POSTED} THEN 0
    WHEN t.debit_id = %(account_id)s THEN t.amount_fen ELSE -t.amount_fen END * %(sign)s"""
RUNNING = f"""%(opening)s + sum({EFFECT}) OVER (
    ORDER BY t.business_day, b.booked_at, t.bucket, t.transfer_no)"""
COLUMNS = """t.bucket, t.transfer_no, t.kind::text, t.business_day, b.booked_at,
    t.debit_id = %(account_id)s, t.amount_fen, o.code, o.name, t.reference_id,
    (SELECT y.payment_id FROM payment y WHERE y.bucket = t.bucket AND y.payment_id = t.reference_id)"""
OTHER = """ JOIN ledger_account o ON o.account_id =
    CASE WHEN t.debit_id = %(account_id)s THEN t.credit_id ELSE t.debit_id END"""
BY = ("t.business_day", "b.booked_at", "t.bucket", "t.transfer_no")
TOTALS = f"""SELECT coalesce(sum(t.amount_fen) FILTER (WHERE {POSTED} AND t.debit_id = %(account_id)s), 0)::bigint,
    coalesce(sum(t.amount_fen) FILTER (WHERE {POSTED} AND t.credit_id = %(account_id)s), 0)::bigint
{FROM}"""
BEFORE = f"""SELECT coalesce(sum({EFFECT}), 0)::bigint {FROM}
WHERE ({", ".join(BY)}) < (%(key_0)s, %(key_1)s, %(key_2)s, %(key_3)s)"""
OPENING = """
SELECT coalesce(sum(d.debit_posted_fen - d.credit_posted_fen), 0)::bigint
FROM ledger_head h JOIN ledger_day_balance d ON d.bucket = h.bucket
    AND d.account_id = %(account_id)s AND d.business_day = (
        SELECT max(business_day) FROM ledger_day_head
        WHERE book_id = %(book_id)s AND business_day < %(since)s)"""


class Entry(Struct, frozen=True):
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
    balance_fen: int | None

    @property
    def effect_fen(self) -> int:
        """What it adds to the posted debits less credits."""
        if self.kind not in ("posted", "post"):
            return 0
        return self.amount_fen if self.is_debit else -self.amount_fen


class Totals(Struct, frozen=True):
    """Of the whole period, posted, in fen; balances on the account's own side."""

    opening_fen: int
    debit_fen: int
    credit_fen: int
    closing_fen: int


class StatementFilters(Filters):
    """The open business day of the account's book unless the address says otherwise."""

    since = DayField(_("会计日期 起"))
    until = DayField(_("止"))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        for name in ("since", "until"):
            if name not in self.errors and not data.get(name):
                self.add_error(name, _("请选择日期"))
        check_days(self, data.get("since"), data.get("until"), DAYS_MAX)
        return data


def filters_from(day: date) -> type[StatementFilters]:
    """The filters whose days begin as this one."""

    class Filters(StatementFilters):
        def first_value(self, name: str) -> Any:
            return day

    return Filters


def select(ask: Ask) -> Select:
    """The transfers of the period; an export also reckons each balance."""
    running = "NULL" if ask.limit else f"({RUNNING})::bigint"
    return Select(f"SELECT {COLUMNS}, {running} {FROM} {OTHER}", [], params_of(ask))


def params_of(ask: Ask) -> dict[str, Any]:
    """What the statements ask for."""
    account = account_of(ask)
    params = {"account_id": account.account_id, "book_id": account.book_id, "sign": account.sign,
              "since": ask.filters["since"], "until": ask.filters["until"]}  # fmt: skip
    return params | {"opening": account.sign * _number(OPENING, params)}


def account_of(ask: Ask) -> Account:
    """The account that the list is about; the view made sure that it is in scope."""
    found = one(ask.filters["account_id"], ask.access.scope)
    assert found is not None
    return found


def pages(ask: Ask) -> Page:
    """A page with the balance after each transfer, reckoned from the day-end balance on."""
    found = by_key(STATEMENT, ask)
    if not found.rows:
        return found
    params = params_of(ask)
    rising = sorted(found.rows, key=ask.order.key)
    params |= {f"key_{place}": value for place, value in enumerate(ask.order.key(rising[0]))}
    balance = params["opening"] + _number(BEFORE, params)
    told = {}
    for row in rising:
        balance += row.effect_fen * params["sign"]
        told[row] = replace(row, balance_fen=balance)
    return found._replace(rows=[told[row] for row in found.rows])


def totals(ask: Ask) -> Totals:
    """Opening, both sides, closing. TooMuch."""
    params = params_of(ask)
    with connection.cursor() as cursor:
        cursor.execute(TOTALS, params)
        debit, credit = cursor.fetchone()
    opening = params["opening"]
    return Totals(opening, debit, credit, opening + params["sign"] * (debit - credit))


def _number(statement: str, params: dict[str, Any]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        return int(cursor.fetchone()[0])


def payment_url(row: Entry, access: Access) -> str:
    sees = row.payment_id and access.may(Permission.PAYMENTS)
    return reverse("payment", args=[row.payment_id]) if sees else ""


STATEMENT = Listing(
    name="account",
    title=_("明细账"),
    empty=_("这段时间没有分录"),
    empty_note=_("换一个日期再查；日终余额在另一页。"),
    form=StatementFilters,
    orders={
        "time": keys.order(
            BY, lambda row: (row.business_day, row.booked_at, row.bucket, row.transfer_no),
            keys.day, keys.moment, keys.whole, keys.whole,
        )
    },
    select=select,
    pages=pages,
    row=Entry,
    permission=Permission.LEDGER,
    export=Permission.LEDGER_EXPORT,
    columns=(
        Column(title=_("会计日期"), kind="day", value=lambda r, a: r.business_day),
        Column(title=_("记账时间"), kind="time", order="time", value=lambda r, a: r.booked_at),
        Column(title=_("分录"), kind="code", value=lambda r, a: f"{r.bucket}-{r.transfer_no}"),
        Column(title=_("种类"), kind="badge", value=lambda r, a: words.word(words.TRANSFER_KINDS, r.kind),
               tone=lambda r: words.tone(words.TRANSFER_KINDS, r.kind)),
        Column(title=_("对方账户"), value=lambda r, a: f"{r.other_code} {r.other_name}"),
        Column(title=_("缴费号"), kind="code", value=lambda r, a: str(r.reference_id), url=payment_url),
        Column(title=_("借方"), kind="amount", value=lambda r, a: r.amount_fen if r.is_debit else None),
        Column(title=_("贷方"), kind="amount", value=lambda r, a: None if r.is_debit else r.amount_fen),
        Column(title=_("余额"), kind="amount", value=lambda r, a: r.balance_fen),
    ),
)  # fmt: skip
