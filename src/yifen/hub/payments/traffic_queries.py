"""Figures for the dashboard (H12): calls, success and latency; volume of payments; undecided ones.

Calls of nobody we know count in no figure: anyone could spoil it.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Literal

from msgspec import Struct

from yifen.core.facts.codes import Code
from yifen.core.facts.pgarrays import numbers
from yifen.core.facts.sqlfiles import queries
from yifen.hub.payments.scope import Cursor, Scope, in_scope
from yifen.hub.payments.traffic import BOUNDS_MS

Group = Literal["channel", "biller", "institution", "hour", "verb", "code"]
TAKEN = (Code.OK, Code.PROCESSING)
FAILED = (
    Code.BILLER_OUTAGE,
    Code.BILLER_UNAVAILABLE,
    Code.BUSY,
    Code.UNAVAILABLE,
    Code.FAULT,
)
BP = 10_000
COUNTED = ", ".join(
    f"sum(t.{column})::bigint"
    for column in (*(f"upto_{bound}" for bound in BOUNDS_MS), "over_5000")
)
GROUPS: dict[Group, str] = {
    "channel": "t.partner_id",
    "biller": "nullif(t.biller_id, 0)",
    "institution": "b.institution_id",
    "hour": "date_trunc('hour', t.minute)",
    "verb": "t.verb",
    "code": "t.code",
}
_SQL = queries(__package__)
FIGURES_SQL = _SQL["figures"]
VOLUME_GROUPS: dict[Group, str] = {
    "channel": "y.channel_id",
    "biller": "y.biller_id",
    "institution": "b.institution_id",
    "hour": "date_trunc('hour', coalesce(y.booked_at, y.paid_at))",
}
VOLUME_SQL = _SQL["volumes"]
UNDECIDED_SQL = _SQL["undecided"]


class Figure(Struct, frozen=True):
    """How calls went. `key`: an id, an hour's beginning, a verb or a code; None: of no biller.

    `taken` were answered OK or PROCESSING; `failed` found the hub or the biller unable to do
    them; the rest were refused for a reason. `success_bp` = taken of calls, `able_bp` = not failed
    of calls, in hundredths of a percent. p50 … p99: the milliseconds within which that share of the
    calls was answered, as the upper end of its latency column."""

    key: Any
    calls: int
    taken: int
    failed: int
    success_bp: int
    able_bp: int
    ms_mean: int
    ms_max: int
    p50: int
    p95: int
    p99: int


class Volume(Struct, frozen=True):
    """Payments of a business day, and what was given back on it, in fen; a payment may come back in parts."""

    key: Any
    payments: int
    amount_fen: int
    returned: int
    returned_fen: int


class UndecidedPayments(Struct, frozen=True):
    """Payments whose outcome is not known yet; `stranded`: the ladder is done, people decide."""

    payments: int
    amount_fen: int
    oldest_paid_at: datetime | None
    stranded: int


def figures(
    cursor: Cursor,
    by: Group,
    since: datetime,
    until: datetime,
    scope: Scope,
    verbs: Sequence[str] = (),
) -> list[Figure]:
    """Of the minutes from `since` until before `until`, in the order of their key. `verbs`: of these
    alone."""
    more = in_scope(scope, "t.partner_id", "t.biller_id")
    if verbs:
        more += " AND t.verb = ANY (%(verbs)s)"
    statement = FIGURES_SQL.format(group=GROUPS[by], counted=COUNTED, more=more)
    params = {
        "taken": numbers(TAKEN),
        "failed": numbers(FAILED),
        "since": since,
        "until": until,
        "scope": numbers(scope or ()),
        "verbs": list(verbs),
    }
    cursor.execute(statement, params)
    return [_figure(row) for row in cursor.fetchall()]


def volumes(cursor: Cursor, by: Group, day: date, scope: Scope) -> list[Volume]:
    """Of a business day; a correction counts on the day on which it is booked.
    `by`: channel, biller, institution (the biller's), hour."""
    join = "JOIN partner b ON b.id = y.biller_id" if by == "institution" else ""
    more = in_scope(scope, "y.channel_id", "y.biller_id")
    statement = VOLUME_SQL.format(group=VOLUME_GROUPS[by], join=join, more=more)
    cursor.execute(statement, {"day": day, "scope": numbers(scope or ())})
    return [Volume(*row) for row in cursor.fetchall()]


def undecided(cursor: Cursor, scope: Scope) -> UndecidedPayments:
    """What the unknowns of the dashboard are."""
    more = in_scope(scope, "y.channel_id", "y.biller_id")
    cursor.execute(UNDECIDED_SQL.format(more=more), {"scope": numbers(scope or ())})
    return UndecidedPayments(*cursor.fetchall()[0])


def percentile(slow: Sequence[int], share_bp: int, ms_max: int) -> int:
    """The upper end of the latency column in which `share_bp` of the calls are reached; no more than
    the slowest call took."""
    wanted = -(-sum(slow) * share_bp // BP)
    reached = 0
    for bound, count in zip(BOUNDS_MS, slow, strict=False):
        reached += count
        if reached >= wanted:
            return min(bound, ms_max)
    return ms_max


def _figure(row: Sequence[Any]) -> Figure:
    key, calls, taken, failed, ms_sum, ms_max, *slow = row
    return Figure(
        key=key,
        calls=calls,
        taken=taken,
        failed=failed,
        success_bp=taken * BP // calls,
        able_bp=(calls - failed) * BP // calls,
        ms_mean=ms_sum // calls,
        ms_max=ms_max,
        p50=percentile(slow, 5000, ms_max),
        p95=percentile(slow, 9500, ms_max),
        p99=percentile(slow, 9900, ms_max),
    )
