"""Commission 手续费: what a day is charged, and the true-up that closes a period (P11)."""

from datetime import date, datetime
from typing import Any

import psycopg
from msgspec import Struct

from yifen.core.facts.codes import Code, ResultCode
from yifen.core.facts.sqlfiles import queries
from yifen.core.plugs import result_code
from yifen.hub.failing import Guard, unguarded
from yifen.trades.settlement import rules
from yifen.trades.settlement.rules import FeeTerms
from yifen.trades.settlement.terms import InForce, in_force

_SQL = queries(__package__)
SO_FAR_SQL = _SQL["charged_so_far"]
TRUE_UP_SQL = _SQL["true_up"]
THERE_SQL = _SQL["trued_up"]
ENDS_SQL = _SQL["periods_ended"]


class Charged(Struct, frozen=True):
    """A day's commission. `measure` (fen or payments) and `period_fen`: of its period so far, this
    day included; None where there is no agreement."""

    fee_fen: int = 0
    measure: int | None = None
    period_fen: int | None = None
    mode: str = "net"

    def netted(self, moved_fen: int) -> int:
        """How much of it is taken out of what is settled; the rest is owed."""
        return min(max(self.fee_fen, 0), moved_fen) if self.mode == "net" else 0


class TrueUp(Struct, frozen=True):
    """The end of a period: `fee_fen` still charged, or given back; `net_fen` of it from or to the
    settlement account."""

    code: ResultCode
    biller_id: int
    day: date
    document_id: int | None = None
    fee_fen: int = 0
    net_fen: int = 0
    repeated: bool = False


def charge_of(
    conn: psycopg.Connection[Any], biller_id: int, day: date, agreement: InForce | None,
    figures: tuple[int, int],
) -> Charged:  # fmt: skip
    """What a day of `figures` (payments, fen) that is not settled yet is charged. A month's minimum
    waits for the true-up, a day's does not."""
    if agreement is None:
        return Charged()
    terms = agreement.terms
    before, charged_fen = _so_far(conn, biller_id, terms, day)
    measure = before + figures[terms.measure == "amount"]
    fee_fen = rules.charge_now(terms, measure, charged_fen, terms.period == "day")
    return Charged(fee_fen, measure, charged_fen + fee_fen, terms.mode)


def true_up(
    conn: psycopg.Connection[Any], biller_id: int, day: date, now: datetime
) -> TrueUp | None:
    """Close the month, or the agreement, that ends with this settled day. None: no period of a
    month ends then. Code: EARLIER_DAY_UNSETTLED (the day itself is not settled)."""
    agreement = in_force(conn, biller_id, day)
    if agreement is None or agreement.terms.period == "day":
        return None
    terms = agreement.terms
    if not rules.is_period_end(terms, day, agreement.next_valid_from):
        return None
    there = conn.execute(THERE_SQL, (biller_id, day)).fetchone()
    if there is not None:
        document, fee_fen, net_fen = there
        return TrueUp(Code.OK, biller_id, day, document, fee_fen, net_fen, repeated=True)
    measure, charged_fen = _so_far(conn, biller_id, terms, day)
    fee_fen = rules.charge_now(terms, measure, charged_fen, closing=True)
    row = conn.execute(TRUE_UP_SQL, (biller_id, day, now, terms.mode, fee_fen, measure,
                                     charged_fen + fee_fen)).fetchone()  # fmt: skip
    assert row is not None
    return TrueUp(result_code(row[0]), biller_id, day, row[1], fee_fen if row[1] else 0, row[2] or 0)


def true_up_due(
    conn: psycopg.Connection[Any], book_id: int, day: date, now: datetime, guard: Guard = unguarded
) -> list[TrueUp]:
    """Every biller of a book: each period that ended by `day`, is settled, and was not closed."""
    found = []
    for biller_id, at in conn.execute(ENDS_SQL, {"book": book_id, "day": day}).fetchall():
        with guard(biller_id):
            found.append(true_up(conn, biller_id, at, now))
    return [one for one in found if one is not None]


def _so_far(
    conn: psycopg.Connection[Any], biller_id: int, terms: FeeTerms, day: date
) -> tuple[int, int]:
    """(measure, charged) of the settled days of the period that `day` is in."""
    first = rules.period_start(terms, day)
    row = conn.execute(SO_FAR_SQL, {"biller": biller_id, "first": first, "day": day}).fetchone()
    assert row is not None
    return row[1 if terms.measure == "amount" else 0], row[2]
