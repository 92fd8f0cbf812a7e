"""Lists of payments: filtered, the newest first, page by page, never counted.

Each bucket gives its newest rows by its primary key, and the page is what is newest of all of
them. Ids grow with time within a bucket but say nothing across buckets, so a page is continued by
a position: how far each bucket has been read. That leaves no gap and shows nothing twice.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any

from msgspec import Struct

from yifen.kernel.buckets import payment_bucket
from yifen.kernel.pgarrays import numbers, plain
from yifen.payments.lookup import COLUMNS, PARTNERS, PaymentRow, payment_rows
from yifen.payments.scope import Cursor, Scope, in_scope

LIMIT_MAX = 1000
ID_END = 2**63 - 1  # before it is every payment
ID_STEP = 1000
DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
# Payments in these states are few, and stand in a small table too: a list of them starts there.
UNDECIDED = frozenset({"held", "registered", "sent", "unknown", "reversing"})
GIVEN_BACK = frozenset({"refunded", "reversed"})

# Within a bucket a payment is at least as new as those before it, whenever it was booked: this
# makes the order of a bucket's rows the same by time and by id.
LIST_SQL = """
SELECT {columns}
FROM unnest(%(buckets)s::smallint[], %(before)s::bigint[]) AS s (bucket, before)
CROSS JOIN LATERAL (
    SELECT x.*, max(coalesce(x.booked_at, x.paid_at)) OVER (ORDER BY x.payment_id) AS at
    FROM (SELECT y.* FROM payment y
          WHERE y.bucket = s.bucket AND y.payment_id < s.before {more}
          ORDER BY y.payment_id DESC LIMIT %(limit)s) x) y
{partners}
ORDER BY y.at DESC, y.payment_id DESC LIMIT %(limit)s"""

Position = tuple[int, ...]  # of each bucket: only payments with a smaller id come yet


class Filters(Struct, frozen=True, kw_only=True):
    """What a list is narrowed to; None or empty: by nothing. Days and amounts include their ends."""

    day_from: date | None = None
    day_until: date | None = None
    channel_id: int | None = None
    biller_id: int | None = None
    payer_states: tuple[str, ...] = ()
    biller_states: tuple[str, ...] = ()
    amount_fen_min: int | None = None
    amount_fen_max: int | None = None
    account_no: str | None = None


class Page(Struct, frozen=True):
    """Rows, and where the next page begins; None: this was the last."""

    rows: list[PaymentRow]
    next: Position | None


CONDITIONS = (
    ("day_from", "y.business_day >= %(day_from)s"),
    ("day_until", "y.business_day <= %(day_until)s"),
    ("channel_id", "y.channel_id = %(channel_id)s"),
    ("biller_id", "y.biller_id = %(biller_id)s"),
    ("payer_states", "y.payer_state = ANY (%(payer_states)s::payer_state[])"),
    ("biller_states", "y.biller_state = ANY (%(biller_states)s::biller_state[])"),
    ("amount_fen_min", "y.amount_fen >= %(amount_fen_min)s"),
    ("amount_fen_max", "y.amount_fen <= %(amount_fen_max)s"),
    ("account_no", "y.account_no = %(account_no)s"),
)
AMONG = " AND EXISTS (SELECT FROM {} k WHERE k.bucket = y.bucket AND k.payment_id = y.payment_id)"


def listing(
    cursor: Cursor,
    buckets: int,
    filters: Filters,
    scope: Scope,
    before: Position | None = None,
    limit: int = 50,
) -> Page:
    """One page of at most `limit` payments, the newest first, after the page that gave `before`."""
    limit = max(1, min(limit, LIMIT_MAX))
    before = before or (ID_END,) * buckets
    params: dict[str, Any] = {name: getattr(filters, name) for name, _ in CONDITIONS}
    params |= {
        "payer_states": plain(filters.payer_states),
        "biller_states": plain(filters.biller_states),
        "buckets": numbers(range(buckets)),
        "before": numbers(before),
        "scope": numbers(scope or ()),
        "limit": limit + 1,
    }
    more = conditions(filters) + in_scope(scope, "y.channel_id", "y.biller_id")
    cursor.execute(LIST_SQL.format(columns=COLUMNS, partners=PARTNERS, more=more), params)
    rows = payment_rows(cursor.fetchall())
    shown = rows[:limit]
    return Page(shown, _after(before, shown) if len(rows) > limit else None)


def conditions(filters: Filters) -> str:
    """The filters as SQL over `payment y`; values are parameters named like the filters."""
    unset = (None, "", ())
    more = "".join(
        f" AND {text}" for name, text in CONDITIONS if getattr(filters, name) not in unset
    )
    for states in filter(None, (filters.payer_states, filters.biller_states)):
        if UNDECIDED.issuperset(states):
            more += AMONG.format("biller_call")
        elif GIVEN_BACK.issuperset(states):
            more += AMONG.format("payment_return")
    return more


def _after(before: Position, shown: Sequence[PaymentRow]) -> Position:
    reached = list(before)
    for row in shown:
        reached[payment_bucket(row.payment_id)] = row.payment_id  # they come downwards
    return tuple(reached)


def position_text(position: Position) -> str:
    """For an address: the numbers of the ids within their buckets, in base 36."""
    return "-".join("" if at == ID_END else _base36(at // ID_STEP) for at in position)


def read_position(text: str, buckets: int) -> Position | None:
    """What `position_text` wrote. ValueError: it is none of this database."""
    if not text:
        return None
    parts = text.split("-")
    if len(parts) != buckets or not all(len(part) <= 12 for part in parts):
        raise ValueError("a position names each bucket once")
    return tuple(
        min(int(part, 36) * ID_STEP + bucket, ID_END) if part else ID_END
        for bucket, part in enumerate(parts)
    )


def _base36(number: int) -> str:
    text = ""
    while number:
        number, digit = divmod(number, 36)
        text = DIGITS[digit] + text
    return text or "0"
