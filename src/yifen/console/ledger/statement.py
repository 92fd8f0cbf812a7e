"""The statement 明细账 of an account: its transfers of some days, with the balance after each.

There is no index by account, so that charges stay fast. A bucket's transfers of a day stand between
two cuts, which the kept day heads name; they are read from the newest on, bucket by bucket, and a
page is continued by a position: how far each bucket has been read.
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
from yifen.console.ledger import standing
from yifen.console.ledger.accounts import Account, one
from yifen.console.lists import Ask, Column, Key, Listing, Order, Page, Select
from yifen.console.scope import buckets
from yifen.kernel.pgarrays import numbers

DAYS_MAX = 366
SPANS = """
WITH s AS MATERIALIZED (
    SELECT h.bucket,
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
    FROM ledger_head h)"""
TRANSFERS = """
ledger_transfer t WHERE t.bucket = s.bucket AND t.transfer_no > s.after_no
    AND t.transfer_no <= s.last_no AND %(account_id)s IN (t.debit_id, t.credit_id)
    AND t.business_day BETWEEN %(since)s AND %(until)s"""
EFFECT = """CASE WHEN t.kind NOT IN ('posted', 'post') THEN 0
    WHEN t.debit_id = %(account_id)s THEN t.amount_fen ELSE -t.amount_fen END * %(sign)s"""
COLUMNS = """t.bucket, t.transfer_no, t.kind::text, t.business_day, b.booked_at,
    t.debit_id = %(account_id)s, t.amount_fen, o.code, o.name, t.reference_id,
    (SELECT y.payment_id FROM payment y WHERE y.bucket = t.bucket AND y.payment_id = t.reference_id)"""
BATCH = "JOIN ledger_batch b ON b.bucket = t.bucket AND b.batch_no = t.batch_no"
OTHER = """JOIN ledger_account o ON o.account_id =
    CASE WHEN t.debit_id = %(account_id)s THEN t.credit_id ELSE t.debit_id END"""
# One statement, so that rows and balance are of the same moment. Within a bucket transfers count
# as booked no earlier than those before them: their order is the same by time and by number.
# Upwards everything is mirrored. The last column: the balance when the page's position was reached.
PAGE = """{spans},
p AS MATERIALIZED (SELECT * FROM unnest(%(buckets)s::smallint[], %(numbers)s::bigint[])
                   AS p (bucket, number))
SELECT {columns}, %(sign)s * (c.debit - c.credit) - (
    SELECT coalesce(sum(x.effect), 0)::bigint FROM s JOIN p USING (bucket) CROSS JOIN LATERAL (
        SELECT {effect} AS effect FROM {transfers} AND t.transfer_no >= p.number OFFSET 0) x)
FROM (SELECT x.*, {most}(b.booked_at) OVER (
          PARTITION BY x.bucket, x.business_day ORDER BY x.transfer_no {mirror}) AS at
      FROM s JOIN p USING (bucket) CROSS JOIN LATERAL (
          SELECT t.* FROM {transfers} AND t.transfer_no {beyond} p.number
          ORDER BY t.transfer_no {way} LIMIT %(limit)s) x
      JOIN ledger_batch b ON b.bucket = x.bucket AND b.batch_no = x.batch_no) t
{batch} {other} CROSS JOIN {closing} c
ORDER BY t.business_day {way}, t.at {way}, t.bucket {way}, t.transfer_no {way} LIMIT %(limit)s"""
WAYS = {
    False: {"most": "max", "mirror": "", "beyond": "<", "way": "DESC"},
    True: {"most": "min", "mirror": "DESC", "beyond": ">=", "way": "ASC"},
}
END = 2**63 - 1  # before it is every transfer
BY = ("t.business_day", "b.booked_at", "t.bucket", "t.transfer_no")


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
    balance_fen: int

    @property
    def effect_fen(self) -> int:
        """What it adds to the posted debits less credits."""
        if self.kind not in ("posted", "post"):
            return 0
        return self.amount_fen if self.is_debit else -self.amount_fen


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
    """All transfers of the period with their balances: what is exported and printed."""
    running = f"""%(sign)s * (o2.debit - o2.credit)
        + (sum({EFFECT}) OVER (ORDER BY {", ".join(BY)}))::bigint"""
    return Select(
        f"""{SPANS} SELECT {COLUMNS}, {running}
        FROM s CROSS JOIN LATERAL (SELECT t.* FROM {TRANSFERS} OFFSET 0) t {BATCH} {OTHER}
        CROSS JOIN {standing.OPENING} o2""",
        [],
        params_of(ask),
    )


def params_of(ask: Ask) -> dict[str, Any]:
    """What the statements ask for."""
    account = account_of(ask)
    asked = standing.params(account.account_id, account.book_id, ask.filters["since"],
                            ask.filters["until"])  # fmt: skip
    return asked | {"sign": account.sign}


def account_of(ask: Ask) -> Account:
    """The account that the list is about; the view made sure that it is in scope."""
    found = one(ask.filters["account_id"], ask.access.scope)
    assert found is not None
    return found


def pages(ask: Ask) -> Page:
    """A page with the balance after each transfer, reckoned back from the closing balance."""
    position = ask.key or (END,) * buckets()
    found = entries(ask, position, ask.back)
    more, kept = len(found) > ask.limit, found[: ask.limit]
    if ask.back and not more:  # the first page, whole
        return pages(ask._replace(key=None, back=False))
    if ask.back:
        began = reached(position, kept, 1)
        return Page(balanced(kept[::-1], ask), newer=began, older=position)
    return Page(
        balanced(kept, ask),
        newer=position if kept and ask.key else None,
        older=reached(position, kept, 0) if more else None,
    )


def entries(ask: Ask, position: Key, upwards: bool) -> list[Entry]:
    """One more than the page needs, nearest the position first; `balance_fen` is the balance at
    the position."""
    statement = PAGE.format(
        spans=SPANS,
        columns=COLUMNS,
        effect=EFFECT,
        transfers=TRANSFERS,
        batch=BATCH,
        other=OTHER,
        closing=standing.CLOSING,
        **WAYS[upwards],
    )
    params = params_of(ask) | {"buckets": numbers(range(len(position))),
                               "numbers": numbers(position), "limit": ask.limit + 1}  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        return [Entry(*row) for row in cursor.fetchall()]


def balanced(rows: list[Entry], ask: Ask) -> list[Entry]:
    """The rows of a page, newest first, each with the balance after it."""
    if not rows:
        return []
    sign = account_of(ask).sign
    balance = rows[0].balance_fen
    if ask.back:  # it was reckoned at the end of the page
        balance += sum(row.effect_fen for row in rows) * sign
    told = []
    for row in rows:
        told.append(replace(row, balance_fen=balance))
        balance -= row.effect_fen * sign
    return told


def reached(position: Key, rows: list[Entry], beside: int) -> Key:
    """How far the buckets are read once these rows are shown, in the order in which they came."""
    found = list(position)
    for row in rows:
        found[row.bucket] = row.transfer_no + beside
    return tuple(found)


def read_position(text: str) -> Key | None:
    return keys.read_key(text, (keys.whole,) * buckets())


def payment_url(row: Entry, access: Access) -> str:
    sees = row.payment_id and access.may(Permission.PAYMENTS)
    return reverse("payment", args=[row.payment_id]) if sees else ""


STATEMENT = Listing(
    name="account",
    title=_("明细账"),
    empty=_("这段时间没有分录"),
    empty_note=_("换一个日期再查；日终余额在另一页。"),
    form=StatementFilters,
    orders={"time": Order(BY, lambda row: (), read_position, keys.write_key, turns=False)},
    select=select,
    pages=pages,
    row=Entry,
    permission=Permission.LEDGER,
    export=Permission.LEDGER_EXPORT,
    columns=(
        Column(title=_("会计日期"), kind="day", value=lambda r, a: r.business_day),
        Column(title=_("记账时间"), kind="time", value=lambda r, a: r.booked_at),
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
