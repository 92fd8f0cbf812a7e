"""A run 对账: one partner's newest file of a day against our side, from rows to items.

Run as often as you like: what was found before stays the item it was, what a corrected file no
longer shows is closed, what a person has closed never opens again.
"""

from datetime import date, datetime
from typing import Any

import msgspec
import psycopg

from yifen.core.facts.refused import Refused
from yifen.core.facts.sqlfiles import queries
from yifen.trades.reconciliation import matching, passes
from yifen.trades.reconciliation.codes import RepairCode
from yifen.trades.reconciliation.matching import Sums
from yifen.trades.reconciliation.profile import LegProfile

_SQL = queries(__package__)
_FILE = _SQL["newest_file"]
_OPEN = _SQL["open_run"]
_ONE_AT_A_TIME = _SQL["lock_run"]
_GONE = _SQL["close_gone"]
_ADD = _SQL["add_items"]
_ARRIVED = _SQL["arrived"]
_ARRIVED_ITEMS = _SQL["close_arrived"]
_WAITED = _SQL["waited"]
_CLOSE = _SQL["close_run"]
_LEFT = _SQL["left"]
_FORGET = _SQL["drop_found"]


class RunOutcome(msgspec.Struct, frozen=True):
    """What a run found. `differences`: open items of the day by class; `waiting`: items around
    the cut, which count from the next day's file on; `closed`: groups that later passes explained;
    amounts are net fen."""

    run_id: int
    partner: str
    business_day: date
    ours: Sums
    theirs: Sums
    matched: Sums
    differences: dict[str, int]
    waiting: int
    closed: dict[str, int]


def reconcile(
    conn: psycopg.Connection[Any], profile: LegProfile, day: date, now: datetime
) -> RunOutcome:
    """Reconcile the newest file of the day, in one transaction. Refused FILE_MISSING."""
    with conn.transaction():
        row = conn.execute(_FILE, (profile.partner_id, day)).fetchone()
        if row is None:
            raise Refused(RepairCode.FILE_MISSING, "file", f"{profile.code} {day}")
        theirs = Sums(*row[1:])
        params = {"partner": profile.partner_id, "day": day, "file": row[0], "now": now,
                  "fee_ppm": profile.fee_ppm, "deadline": profile.deadline_days,
                  "waits_from": profile.waits_from(day)}  # fmt: skip
        conn.execute(_ONE_AT_A_TIME, params)
        params["run"] = run_id = _id(conn, params)
        ours, matched = matching.find(conn, profile, params, theirs)
        for statement in (_GONE, _ADD, _ARRIVED, _ARRIVED_ITEMS):
            conn.execute(statement, params)
        closed = passes.run(conn, profile, run_id, now, day)
        conn.execute(_WAITED, params)
        conn.execute(_CLOSE, params | {
            "ours_count": ours.count, "ours_fen": ours.amount_fen, "theirs_count": theirs.count,
            "theirs_fen": theirs.amount_fen, "matched_count": matched.count,
            "matched_fen": matched.amount_fen, "fee_fen": matched.fee_fen,
        })  # fmt: skip
        left = conn.execute(_LEFT, params).fetchall()
        conn.execute(_FORGET)
    return _outcome(profile, run_id, day, (ours, theirs, matched), left, closed)


def _id(conn: psycopg.Connection[Any], params: dict[str, Any]) -> int:
    row = conn.execute(_OPEN, params).fetchone()
    assert row is not None
    return int(row[0])


def _outcome(
    profile: LegProfile,
    run_id: int,
    day: date,
    sums: tuple[Sums, Sums, Sums],
    left: list[tuple[Any, ...]],
    closed: dict[str, int],
) -> RunOutcome:
    differences: dict[str, int] = {}
    for name, state, count in left:
        if state != "waiting":
            differences[name] = differences.get(name, 0) + count
    waiting = sum(count for _, state, count in left if state == "waiting")
    return RunOutcome(run_id, profile.code, day, *sums, differences, waiting, closed)
