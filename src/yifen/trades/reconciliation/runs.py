"""A run 对账: one partner's newest file of a day against our side, from rows to items.

The database does it by itself (sql/run_v1.sql): differences come from payments and the file's rows,
and nobody can write one. Run as often as you like, until the day is closed.
"""

from datetime import date, datetime
from typing import Any

import msgspec
import psycopg

from yifen.core.facts.codes import Code
from yifen.core.facts.refused import Refused
from yifen.core.facts.sqlfiles import queries
from yifen.core.plugs import result_code
from yifen.trades.reconciliation.codes import RepairCode
from yifen.trades.reconciliation.profile import LegProfile

_SQL = queries(__package__)
_RUN = _SQL["run"]
_LEFT = _SQL["left"]


class Sums(msgspec.Struct, frozen=True):
    """Rows and net fen of one side, with fees as the partner states them."""

    count: int
    amount_fen: int
    fee_fen: int = 0


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
    """Reconcile the files of the day, in one transaction. Refused FILE_MISSING, DAY_COMPARED (closed, and compared
    by these very files: two people withdraw one first)."""
    with conn.transaction():
        row = conn.execute(_RUN, (profile.partner_id, day, now)).fetchone()
        assert row is not None
        code = result_code(row[0]) if row[0] else Code.OK
        if code in (RepairCode.FILE_MISSING, RepairCode.DAY_COMPARED):
            raise Refused(code, "file", f"{profile.code} {day}")
        if code is not Code.OK:
            raise Refused(code, "partner", profile.code)
        params = {"partner": profile.partner_id, "day": day}
        left = conn.execute(_LEFT, params).fetchall()
    return _outcome(profile, day, row[1:], left)


def check_again(conn: psycopg.Connection[Any], partner_id: int, day: date) -> None:
    """Refused DAY_COMPARED: the day is closed, and a run by just its files stands."""
    row = conn.execute(_SQL["final"], (partner_id, day)).fetchone()
    if row and row[0]:
        raise Refused(RepairCode.DAY_COMPARED, "file", f"{day}")


def _outcome(
    profile: LegProfile, day: date, row: tuple[Any, ...], left: list[tuple[Any, ...]]
) -> RunOutcome:
    differences: dict[str, int] = {}
    for name, state, count in left:
        if state != "waiting":
            differences[name] = differences.get(name, 0) + count
    waiting = sum(count for _, state, count in left if state == "waiting")
    ours, theirs, matched = Sums(*row[1:3]), Sums(*row[3:6]), Sums(*row[6:9])
    return RunOutcome(row[0], profile.code, day, ours, theirs, matched, differences, waiting, row[9])
