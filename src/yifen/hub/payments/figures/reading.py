"""Figures of any period: payments by business day, charges by the clock's day (H12, decision 0023).

Kept days are read as they are kept, the open one and any other as it stands. The two never stand on one
axis: who asks for both says which is which.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Literal, NamedTuple

from msgspec import Struct

from yifen.core.facts.pgarrays import numbers
from yifen.core.facts.sqlfiles import queries
from yifen.hub.payments.scope import Cursor, Scope, in_scope
from yifen.hub.payments.traffic_queries import COUNTED, Figure, figure_of

Group = Literal["day", "week", "month", "hour", "moment", "channel", "kind", "biller", "institution"]
_SQL = queries(__package__)
_TOTALS, _CHARGES, _BUCKETS = _SQL["totals"], _SQL["charges"], _SQL["buckets"]
_LOCAL = "({hour} AT TIME ZONE 'Asia/Shanghai')"
_DAY = {"day": "{day}", "week": "date_trunc('week', {day})::date", "month": "date_trunc('month', {day})::date"}
_GROUPS = {
    **_DAY,
    "hour": f"extract(hour FROM {_LOCAL})::integer",
    "moment": "{hour}",
    "channel": "{channel}",
    "kind": "(SELECT h.kind FROM channel h WHERE h.partner_id = {channel})",
    "biller": "{biller}",
    "institution": "b.institution_id",
}
_NARROWED = {
    "channel": ("channel", "= %(channel)s"),
    "biller": ("biller", "= %(biller)s"),
    "institutions": ("institution", "= ANY (%(institutions)s::integer[])"),
    "hour": ("hour", "= %(hour)s"),
    "before_hour": ("hour", "< %(before_hour)s"),
}
_PAYMENTS = {"day": "f.business_day", "hour": "f.hour", "channel": "f.channel_id", "biller": "f.biller_id"}
_CALLS = {"day": f"{_LOCAL.format(hour='t.hour')}::date", "hour": "t.hour", "channel": "t.partner_id",
          "biller": "nullif(t.biller_id, 0)"}  # fmt: skip


class Narrowed(NamedTuple):
    """To one channel or biller, to billers of these institutions; to an hour of the day
    (`before_hour`: to those before it)."""

    channel: int | None = None
    biller: int | None = None
    institutions: tuple[int, ...] | None = None
    before_hour: int | None = None
    hour: int | None = None


ALL = Narrowed()


class Total(Struct, frozen=True):
    """What was booked on the business days of a period, and what was given back on them, in fen; `key`: an
    answer to each thing asked."""

    key: tuple[Any, ...]
    payments: int = 0
    amount_fen: int = 0
    returned: int = 0
    returned_fen: int = 0


class Bucket(NamedTuple):
    """Five minutes of bookings."""

    at: datetime
    payments: int
    amount_fen: int


def totals(
    cursor: Cursor, by: Sequence[Group], since: date, until: date, scope: Scope, narrowed: Narrowed = ALL
) -> list[Total]:
    """Of these business days, both included, in the order of what is asked by."""
    found = _read(cursor, _TOTALS, _PAYMENTS, by, since, until, scope, narrowed)
    return [Total(tuple(row[: len(by)]), *row[len(by):]) for row in found]  # fmt: skip


def charges(
    cursor: Cursor, by: Sequence[Group], since: date, until: date, scope: Scope, narrowed: Narrowed = ALL
) -> list[Figure]:
    """How the charges of these days of the clock went; the key is a tuple."""
    found = _read(cursor, _CHARGES, _CALLS, by, since, until, scope, narrowed)
    return [figure_of((tuple(row[: len(by)]), *row[len(by):])) for row in found]  # fmt: skip


def buckets(cursor: Cursor, day: date, scope: Scope) -> list[Bucket]:
    """Of one business day, by the time of booking."""
    more = in_scope(scope, "y.channel_id", "y.biller_id")
    cursor.execute(_BUCKETS.format(more=more), {"day": day, "scope": numbers(scope or ())})
    return [Bucket(*row) for row in cursor.fetchall()]


def _read(
    cursor: Cursor, statement: str, columns: dict[str, str], by: Sequence[Group], since: date, until: date,
    scope: Scope, narrowed: Narrowed,
) -> list[Any]:  # fmt: skip
    more = in_scope(scope, columns["channel"], columns["biller"])
    asked = narrowed._asdict()
    for name in (name for name, value in asked.items() if value is not None):
        group, condition = _NARROWED[name]
        more += f" AND {_GROUPS[group].format(**columns)} {condition}"
    cursor.execute(
        statement.format(
            group=", ".join(_GROUPS[name].format(**columns) for name in by) or "NULL",
            places=", ".join(str(place + 1) for place in range(len(by) or 1)), more=more, counted=COUNTED),
        {"since": since, "until": until, "scope": numbers(scope or ()), **asked,
         "institutions": numbers(narrowed.institutions or ())},
    )  # fmt: skip
    found = cursor.fetchall()
    return found if by else [row[1:] for row in found]
