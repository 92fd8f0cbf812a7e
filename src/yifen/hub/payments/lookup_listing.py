"""Lists of payments: filtered, the newest first, page by page, never counted.

Each bucket gives its newest rows by an index, and the page is what is newest of all of them. Ids
grow with time within a bucket but say nothing across buckets, so a page is continued by a position:
how far each bucket has been read. That leaves no gap and shows nothing twice.
"""

import re
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from msgspec import Struct

from yifen.core.facts.buckets import payment_bucket
from yifen.core.facts.pgarrays import numbers, plain, texts
from yifen.core.facts.sqlfiles import queries
from yifen.hub.payments.lookup import PaymentRow, payment_rows
from yifen.hub.payments.scope import Cursor, Scope, in_scope

LIMIT_MAX = 1000
START = (date.max, 2**63 - 1)  # after every payment
PART = re.compile(r"(?:[0-9a-z]{1,5}\.[0-9a-z]{1,10})?")
ID_STEP = 1000
DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
# Payments in these states are few, and stand in a small table too: a list of them starts there.
UNDECIDED = frozenset({"held", "registered", "sent", "unknown", "reversing"})
GIVEN_BACK = frozenset({"refunded", "reversed"})

_SQL = queries(__package__)
LIST_SQL = _SQL["list"]

AFTER = " AND (y.business_day, y.payment_id) < (s.day, s.id)"

Position = tuple[tuple[date, int], ...]  # of each bucket: the last day and id that were shown


class PaymentSearch(Struct, frozen=True, kw_only=True):
    """What a list is narrowed to; None or empty: by nothing. Days and amounts include their ends."""

    day_from: date | None = None
    day_until: date | None = None
    channel_id: int | None = None
    biller_id: int | None = None
    payer_states: tuple[str, ...] = ()
    biller_states: tuple[str, ...] = ()
    amount_fen_min: int | None = None
    amount_fen_max: int | None = None
    accounts: tuple[str, ...] = ()
    booked: bool | None = None
    booked_from: datetime | None = None
    booked_until: datetime | None = None  # not included
    without_billers: tuple[int, ...] = ()


class PaymentPage(Struct, frozen=True):
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
    ("booked", "(y.booked_at IS NOT NULL) = %(booked)s"),
    ("booked_from", "y.booked_at >= %(booked_from)s"),
    ("booked_until", "y.booked_at < %(booked_until)s"),
    ("without_billers", "y.biller_id <> ALL (%(without_billers)s::integer[])"),
    ("accounts", _SQL["of_accounts"]),
)
AMONG = " AND EXISTS (SELECT FROM {} k WHERE k.bucket = y.bucket AND k.payment_id = y.payment_id)"


def listing(
    cursor: Cursor,
    buckets: int,
    filters: PaymentSearch,
    scope: Scope,
    before: Position | None = None,
    limit: int = 50,
) -> PaymentPage:
    """One page of at most `limit` payments, the newest first, after the page that gave `before`."""
    limit = max(1, min(limit, LIMIT_MAX))
    reached = before or (START,) * buckets
    params: dict[str, Any] = {name: getattr(filters, name) for name, _ in CONDITIONS}
    params |= {
        "payer_states": plain(filters.payer_states),
        "biller_states": plain(filters.biller_states),
        "without_billers": numbers(filters.without_billers),
        "accounts": texts(filters.accounts),
        "buckets": numbers(range(buckets)),
        "days": plain(day for day, _ in reached),
        "ids": numbers(number for _, number in reached),
        "scope": numbers(scope or ()),
        "limit": limit + 1,
    }
    more = conditions(filters) + in_scope(scope, "y.channel_id", "y.biller_id")
    if before:  # a condition that all rows meet would only mislead the planner
        more += AFTER
    cursor.execute(LIST_SQL.format(more=more), params)
    rows = payment_rows(cursor.fetchall())
    shown = rows[:limit]
    return PaymentPage(shown, _after(reached, shown) if len(rows) > limit else None)


def conditions(filters: PaymentSearch) -> str:
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
    for row in shown:  # they come downwards
        reached[payment_bucket(row.payment_id)] = (row.business_day, row.payment_id)
    return tuple(reached)


def position_text(position: Position) -> str:
    """For an address: of each bucket the day and the number of the id within it, in base 36."""
    return "-".join(
        "" if at == START else f"{_base36(at[0].toordinal())}.{_base36(at[1] // ID_STEP)}"
        for at in position
    )


def read_position(text: str, buckets: int) -> Position | None:
    """What `position_text` wrote; None: the first page. ValueError: it is none of this database."""
    if not text:
        return None
    parts = text.split("-")
    if len(parts) != buckets or not all(PART.fullmatch(part) for part in parts):
        raise ValueError("a position names each bucket once")
    return tuple(_point(part, bucket) for bucket, part in enumerate(parts))


def _point(part: str, bucket: int) -> tuple[date, int]:
    if not part:
        return START
    day, number = (int(word, 36) for word in part.split("."))
    return date.fromordinal(min(max(day, 1), date.max.toordinal())), number * ID_STEP + bucket


def _base36(number: int) -> str:
    text = ""
    while number:
        number, digit = divmod(number, 36)
        text = DIGITS[digit] + text
    return text or "0"
