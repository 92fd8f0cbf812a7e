"""Payouts 划付: instruct what is due, and write down what became of it. No call to a bank here."""

from datetime import date, datetime
from typing import Any, Literal

import psycopg
from msgspec import Struct

from yifen.core.facts.codes import Code, ResultCode
from yifen.core.facts.sqlfiles import queries
from yifen.core.plugs import result_code
from yifen.hub.failing import Guard, unguarded
from yifen.trades.settlement.calendar import Calendar
from yifen.trades.settlement.codes import SettlementCode
from yifen.trades.settlement.terms import in_force

State = Literal["instructed", "sent", "unknown", "done", "returned"]
_SQL = queries(__package__)
INSTRUCT_SQL = _SQL["instruct_payout"]
ANSWERED_SQL = _SQL["payout_answered"]
SHOWN_SQL = _SQL["payout_shown"]
RECEIVERS_SQL = _SQL["receivers_due"]


class Instructed(Struct, frozen=True):
    """A payout that was instructed, or the code that says why none was."""

    code: ResultCode
    biller_id: int
    document_id: int | None = None
    reference: str = ""
    amount_fen: int = 0


def instruct(
    conn: psycopg.Connection[Any], biller_id: int, on: date, now: datetime
) -> Instructed:
    """Pay out what is due to a biller by that day, in one sum, on that day or the next working one.
    The money is held at once; a repeat finds nothing due. What has just come back from this payee is
    sent there again by two people only (`deciding.propose_again`).

    Codes: NOTHING_DUE, PAYEE_MISSING, PAYEE_RETURNED, BANK_INVALID (the bank is of another book).
    """
    agreement = in_force(conn, biller_id, on)
    make_up = agreement.make_up_days if agreement else True
    due_on = Calendar.of(conn, on).add_working_days(on, 0, make_up)
    row = conn.execute(INSTRUCT_SQL, (biller_id, on, due_on, False, now)).fetchone()
    assert row is not None
    if row[0]:
        return Instructed(result_code(row[0]), biller_id)
    return Instructed(Code.OK, biller_id, *row[1:])


def instruct_due(
    conn: psycopg.Connection[Any], book_id: int, on: date, now: datetime, guard: Guard = unguarded
) -> list[Instructed]:
    """Every biller of a book with something to be paid out; those for which nothing is due are left
    out, those that are held back (PAYEE_RETURNED) are not."""
    found = []
    for (biller_id,) in conn.execute(RECEIVERS_SQL, (book_id, on)).fetchall():
        with guard(biller_id):
            found.append(instruct(conn, biller_id, on, now))
    return [one for one in found if one.code is not SettlementCode.NOTHING_DUE]


class Marked(Struct, frozen=True):
    """`changed` is false for a repeat: it was so already."""

    code: ResultCode
    changed: bool


def mark(
    conn: psycopg.Connection[Any], document_id: int, state: State, now: datetime,
    bank_serial: str = "", reason: str = "", ask_at: datetime | None = None, left: bool = False,
) -> Marked:  # fmt: skip
    """What the bank answers at its port. done posts the held money, returned
    gives it back to the settlement account. `left`: it was returned after it had left 退汇, so that
    the bank's statement has it out and in; of one that was done it always is. `ask_at`: when the
    bank is asked next. Codes: PAYOUT_UNKNOWN, PAYOUT_STATE."""
    values = (document_id, state, bank_serial, reason, now, ask_at, left)
    row = conn.execute(ANSWERED_SQL, values).fetchone()
    assert row is not None
    return Marked(result_code(row[0]), row[1])


def shown(conn: psycopg.Connection[Any], document_id: int, now: datetime) -> Marked:
    """It stands on the bank's statement, which the database looks up by itself: done. Codes:
    PAYOUT_UNKNOWN, PAYOUT_STATE, EVIDENCE_MISSING."""
    row = conn.execute(SHOWN_SQL, (document_id, now)).fetchone()
    assert row is not None
    return Marked(result_code(row[0]), row[1])
