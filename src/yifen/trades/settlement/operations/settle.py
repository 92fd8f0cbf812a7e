"""Settle 结算 a biller's closed day: transit → settlement account in one sum, less commission, in
parts. All in one transaction; a repeat answers what stands there (P10, P11, H7)."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import psycopg
from msgspec import Struct

from yifen.core.facts.codes import Code, ResultCode
from yifen.core.facts.sqlfiles import queries
from yifen.core.plugs import result_code
from yifen.trades.settlement import rules
from yifen.trades.settlement.calendar import Calendar
from yifen.trades.settlement.operations.commission import Charged, charge_of
from yifen.trades.settlement.rules import Part
from yifen.trades.settlement.terms import InForce, in_force, shares_of, tree_above

_SQL = queries(__package__)
FIGURES_SQL = _SQL["figures"]
UNPROVED_SQL = _SQL["unproved"]
OPEN_SQL = _SQL["open_day"]
SETTLE_SQL = _SQL["settle"]
THERE_SQL = _SQL["settled"]
DAYS_SQL = _SQL["days_due"]

Figures = tuple[int, int]


class Settled(Struct, frozen=True):
    """What became of a biller's day. `due_fen` stood on the transit account, `moved_fen` of it went
    on, the rest is carried to the next day; `payments` and `amount_fen` are the day's, less what
    was taken back on it; `commission_fen` is negative where it was given back."""

    code: ResultCode
    biller_id: int
    day: date
    document_id: int | None = None
    due_fen: int = 0
    moved_fen: int = 0
    payments: int = 0
    amount_fen: int = 0
    commission_fen: int = 0
    repeated: bool = False

    @property
    def carried_fen(self) -> int:
        return self.due_fen - self.moved_fen


class Unproved(Struct, frozen=True):
    """A partner's leg that did not run for the day, or (`item_id`) a difference that is open."""

    day: date
    partner_id: int
    partner: str
    item_id: int | None


def settle(
    conn: psycopg.Connection[Any], biller_id: int, day: date, now: datetime, signed_by: str = ""
) -> Settled:
    """One biller's day. `signed_by`: who lets it be settled although it is not proved.

    Codes: BILLER_UNKNOWN; DAY_NOT_PROVED (not closed, or `unproved` says why);
    EARLIER_DAY_UNSETTLED; a ledger code where an account is closed. Nothing is half done.
    """
    figures = figures_of(conn, [biller_id], day).get(biller_id, (0, 0))
    return _settle(conn, (biller_id, day), now, signed_by or None, figures)


def settle_due(
    conn: psycopg.Connection[Any], book_id: int, day: date, now: datetime, signed_by: str = ""
) -> list[Settled]:
    """Every biller of a book: each of its closed days up to `day` that is not settled, in order. A
    biller whose day is refused stops there, the others go on."""
    rows = conn.execute(DAYS_SQL, {"book": book_id, "day": day}).fetchall()
    figures: dict[date, dict[int, Figures]] = {}
    found: list[Settled] = []
    stopped: set[int] = set()
    for biller_id, at in rows:
        if biller_id in stopped:
            continue
        if at not in figures:
            figures[at] = figures_of(conn, sorted({biller for biller, _ in rows}), at)
        sums = figures[at].get(biller_id, (0, 0))
        found.append(_settle(conn, (biller_id, at), now, signed_by or None, sums))
        if found[-1].code is not Code.OK:
            stopped.add(biller_id)
    return found


def unproved(conn: psycopg.Connection[Any], biller_id: int, day: date) -> list[Unproved]:
    """What keeps a biller's closed day from being settled; at most a hundred."""
    return [Unproved(*row) for row in conn.execute(UNPROVED_SQL, (biller_id, day)).fetchall()]


def figures_of(
    conn: psycopg.Connection[Any], billers: Sequence[int], day: date
) -> dict[int, Figures]:
    """Biller → payments and fen of a closed day, less what was taken back on it."""
    rows = conn.execute(FIGURES_SQL, {"day": day, "billers": list(billers)}).fetchall()
    return {biller: (count, fen) for biller, count, fen in rows}


def _settle(
    conn: psycopg.Connection[Any], what: tuple[int, date], now: datetime,
    signed_by: str | None, figures: Figures,
) -> Settled:  # fmt: skip
    biller_id, day = what
    with conn.transaction():
        shares, tree = shares_of(conn, biller_id), tree_above(conn, biller_id)
        receivers = sorted({*shares, *tree})
        row = conn.execute(OPEN_SQL, (biller_id, day, signed_by, receivers)).fetchone()
        assert row is not None
        code, document, due_fen, moved_fen, owed_fen = row
        if code:
            return Settled(result_code(code), biller_id, day)
        if document is not None:
            return _there(conn, biller_id, day)
        agreement = in_force(conn, biller_id, day)
        charged = charge_of(conn, biller_id, day, agreement, figures)
        netted_fen = charged.netted(moved_fen)
        parts = rules.parts_of(biller_id, moved_fen, netted_fen, shares, tree, owed_fen)
        code, document = _book(conn, what, now, signed_by, figures, agreement, charged, parts)
        if code:
            return Settled(result_code(code), biller_id, day)
        return Settled(Code.OK, biller_id, day, document, due_fen, moved_fen, *figures,
                       charged.fee_fen)  # fmt: skip


def _there(conn: psycopg.Connection[Any], biller_id: int, day: date) -> Settled:
    row = conn.execute(THERE_SQL, (biller_id, day)).fetchone()
    assert row is not None
    document, due_fen, moved_fen, payments, amount_fen, fee_fen = row
    return Settled(Code.OK, biller_id, day, document, due_fen, moved_fen, payments, amount_fen,
                   fee_fen, repeated=True)  # fmt: skip


def _book(
    conn: psycopg.Connection[Any], what: tuple[int, date], now: datetime, signed_by: str | None,
    figures: Figures, agreement: InForce | None, charged: Charged, parts: list[Part],
) -> tuple[int, int | None]:  # fmt: skip
    biller_id, day = what
    calendar = Calendar.of(conn, day)
    rest = [part for part in parts if part.reason != "commission"]
    dates = [_payout_on(conn, part.biller, day, calendar) for part in rest]
    own_date = agreement.payout_on(day, calendar) if agreement else None
    row = conn.execute(SETTLE_SQL, (
        biller_id, day, now, signed_by, charged.mode, *figures, charged.fee_fen, charged.measure,
        charged.period_fen, own_date, [part.biller for part in rest],
        [part.reason for part in rest], [part.amount_fen for part in rest], dates,
    )).fetchone()  # fmt: skip
    assert row is not None
    return row[0], row[1]


def _payout_on(
    conn: psycopg.Connection[Any], receiver: int, day: date, calendar: Calendar
) -> date | None:
    """By the receiver's own agreement; without one its money stays."""
    agreement = in_force(conn, receiver, day)
    return agreement.payout_on(day, calendar) if agreement else None
