"""Figures for the dashboard (H12): calls, success and latency, by the minute; undecided payments.

Calls of nobody we know count in no figure: anyone could spoil it.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal

from msgspec import Struct

from yifen.core.facts.codes import Code
from yifen.core.facts.pgarrays import numbers
from yifen.core.facts.sqlfiles import queries
from yifen.hub.payments.bounds import BOUNDS_MS
from yifen.hub.payments.scope import Cursor, Scope, in_scope

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
HOUR = "extract(hour FROM t.minute AT TIME ZONE 'Asia/Shanghai')"
_SQL = queries(__package__)
FIGURES_SQL = _SQL["figures"]
UNDECIDED_SQL = _SQL["undecided"]


class Figure(Struct, frozen=True):
    """How calls went. `key`: an id, an hour's beginning, a verb or a code; None: of no biller.

    `taken` were answered OK or PROCESSING; `failed` 故障 found the hub or the biller unable to do
    them; `refused` 业务拒绝 were refused for a reason. `success_bp` = taken of those that could be done, the
    refused aside (None: there were none), `able_bp` = not failed of calls, in hundredths of a percent.
    p50 … p99: the milliseconds within which that share of the calls was answered, as the upper end of its
    latency column."""

    key: Any
    calls: int
    taken: int
    failed: int
    refused: int
    success_bp: int | None
    able_bp: int
    ms_mean: int
    ms_max: int
    p50: int
    p95: int
    p99: int


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
    return _figures(cursor, by, since, until, scope, more, {"verbs": list(verbs)})


def _figures(
    cursor: Cursor, by: Group, since: datetime, until: datetime, scope: Scope, more: str, asked: dict[str, Any]
) -> list[Figure]:
    statement = FIGURES_SQL.format(group=GROUPS[by], counted=COUNTED, more=more)
    params = {
        "taken": numbers(TAKEN),
        "failed": numbers(FAILED),
        "since": since,
        "until": until,
        "scope": numbers(scope or ()),
        **asked,
    }
    cursor.execute(statement, params)
    return [figure_of(row) for row in cursor.fetchall()]


def codes(
    cursor: Cursor, since: datetime, until: datetime, scope: Scope, channel: int | None = None,
    biller: int | None = None, institutions: Sequence[int] | None = None, hour: int | None = None,
) -> list[Figure]:  # fmt: skip
    """Charges by result code, of one channel, one biller, the billers of institutions, or one hour of each day."""
    more = in_scope(scope, "t.partner_id", "t.biller_id") + " AND t.verb = 'charge'"
    more += " AND t.partner_id = %(channel)s" if channel is not None else ""
    more += " AND t.biller_id = %(biller)s" if biller is not None else ""
    more += " AND b.institution_id = ANY (%(institutions)s::integer[])" if institutions is not None else ""
    more += f" AND {HOUR} = %(hour)s" if hour is not None else ""
    return _figures(cursor, "code", since, until, scope, more, {
        "channel": channel, "biller": biller, "hour": hour, "institutions": numbers(institutions or ())})  # fmt: skip


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


def figure_of(row: Sequence[Any]) -> Figure:
    """Of key, calls, taken, failed, their milliseconds together and at most, and the latency columns."""
    key, calls, taken, failed, ms_sum, ms_max, *slow = row
    return Figure(
        key=key,
        calls=calls,
        taken=taken,
        failed=failed,
        refused=calls - taken - failed,
        success_bp=taken * BP // (taken + failed) if taken + failed else None,
        able_bp=(calls - failed) * BP // calls,
        ms_mean=ms_sum // calls,
        ms_max=ms_max,
        p50=percentile(slow, 5000, ms_max),
        p95=percentile(slow, 9500, ms_max),
        p99=percentile(slow, 9900, ms_max),
    )
