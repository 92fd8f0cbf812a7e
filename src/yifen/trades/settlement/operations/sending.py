"""Sending payouts by a bank's port, and asking what became of them.

A payout is `sent` in the books before its first byte leaves; whatever happens then, the bank is
asked before anything is sent again, and only what it never saw is sent once more, by the same
reference (domain.md 1.1, case 20).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, NamedTuple

import psycopg
import structlog
from msgspec import Struct
from psycopg.rows import namedtuple_row

from yifen.core.facts.codes import Code
from yifen.core.facts.days import ZONE
from yifen.core.facts.refused import Refused
from yifen.core.facts.sqlfiles import queries
from yifen.core.wire.bank_port import PaymentOrder, PaymentStatus
from yifen.trades.settlement import accounts
from yifen.trades.settlement.codes import SettlementCode
from yifen.trades.settlement.operations.payouts import Marked, mark
from yifen.trades.settlement.port import BankPort, NoPortAnswer

log = structlog.get_logger()
LADDER_S = (10, 30, 60, 300, 900, 3600)
_SQL = queries(__package__)
TAKE_SQL = _SQL["take_payout"]
TAKE_ASKED_SQL = _SQL["take_asked"]
RESEND_SQL = _SQL["resend_payout"]
PAYOUT_SQL = _SQL["payout"]
ASK_MOST = 100
PURPOSE = "代收结算款"


class PayoutCounts(Struct):
    """How many payouts are in which state after it."""

    sent: int = 0
    done: int = 0
    returned: int = 0
    unknown: int = 0

    def count(self, state: str) -> None:
        setattr(self, state, getattr(self, state) + 1)


def send_due(conn: psycopg.Connection[Any], port: BankPort, bank_id: int) -> PayoutCounts:
    """Every instructed payout of a bank whose day has come, one after the other. `conn` in
    autocommit: what is sent is written down before it leaves. Refused: NOT_CALLED (nothing is)."""
    result, faults = PayoutCounts(), PayoutFaults(conn)
    port.check_way()
    while True:
        now = port.clock()
        patience = timedelta(seconds=2 * port.timeout_s + LADDER_S[0])
        on = now.astimezone(ZONE).date()
        row = conn.execute(TAKE_SQL, (bank_id, on, now, now + patience)).fetchone()
        if row is None:
            break
        with faults.kept():
            result.count(_submit(conn, port, payout_of(conn, row[0])))
    faults.tell()
    return result


def ask_due(conn: psycopg.Connection[Any], port: BankPort, bank_id: int) -> PayoutCounts:
    """One rung for every undecided payout whose question is due."""
    result, faults = PayoutCounts(), PayoutFaults(conn)
    asked = (bank_id, port.clock(), list(LADDER_S), ASK_MOST)
    for (document_id,) in conn.execute(TAKE_ASKED_SQL, asked).fetchall():
        with faults.kept():
            result.count(ask(conn, port, document_id))
    faults.tell()
    return result


class PayoutFaults:
    """Of single payouts: the others are sent and asked for, then the first fault goes on."""

    def __init__(self, conn: psycopg.Connection[Any]) -> None:
        self._conn = conn
        self._first: Exception | None = None

    @contextmanager
    def kept(self) -> Iterator[None]:
        try:
            yield
        except Exception as error:
            if self._conn.closed:
                raise
            log.exception("a payout failed")
            self._first = self._first or error

    def tell(self) -> None:
        if self._first is not None:
            raise self._first


def ask(conn: psycopg.Connection[Any], port: BankPort, document_id: int) -> str:
    """Ask the bank now; the state afterwards. Also of one that is done: it may have come back.
    Refused: PAYOUT_UNKNOWN, PAYOUT_STATE (not sent yet, or gone by file)."""
    payout = payout_of(conn, document_id)
    if payout.state == "instructed" or payout.file_no is not None:
        raise Refused(SettlementCode.PAYOUT_STATE, "document_id", payout.state)
    try:
        status = port.query(payout.reference, payout.amount_fen)
    except NoPortAnswer as reason:
        log.warning("the bank gives no answer", payout=payout.reference, reason=str(reason))
        return str(payout.state)
    if status.state != "not_found":
        return _take(conn, port, payout, status)
    if payout.state in ("done", "returned"):
        log.error("the bank does not know a payout that it decided", payout=payout.reference)
        return str(payout.state)
    soon = port.clock() + timedelta(seconds=2 * port.timeout_s + LADDER_S[0])
    claimed = conn.execute(RESEND_SQL, (document_id, port.clock(), soon)).fetchone()
    if claimed and claimed[0]:
        return _submit(conn, port, payout_of(conn, document_id))
    return _unknown(conn, port, payout, "the bank does not know it")


def _submit(conn: psycopg.Connection[Any], port: BankPort, payout: Any) -> str:
    try:
        return _take(conn, port, payout, port.submit(order_of(payout)))
    except (NoPortAnswer, Refused) as reason:  # what cannot be opened was not sent: ask, then once more
        return _unknown(conn, port, payout, str(reason))


def _take(conn: psycopg.Connection[Any], port: BankPort, payout: Any, status: PaymentStatus) -> str:
    """Book what the bank says."""
    now = port.clock()
    match status.state:
        case "done":
            marked = mark(conn, payout.document_id, "done", now, status.bank_serial, status.reason)
        case "rejected":
            marked = mark(conn, payout.document_id, "returned", now, status.bank_serial,
                          status.reason)  # fmt: skip
        case "returned":
            marked = mark(conn, payout.document_id, "returned", now, status.return_serial,
                          status.reason, left=True)  # fmt: skip
        case _:
            marked = Marked(Code.OK, False)
    if marked.code is not Code.OK:
        log.error("the bank's word does not fit", payout=payout.reference, said=status.state,
                  code=marked.code.name)  # fmt: skip
    return str(payout_of(conn, payout.document_id).state)


def _unknown(conn: psycopg.Connection[Any], port: BankPort, payout: Any, reason: str) -> str:
    now = port.clock()
    mark(conn, payout.document_id, "unknown", now, reason=reason[:200],
         ask_at=now + timedelta(seconds=LADDER_S[0]))  # fmt: skip
    return str(payout_of(conn, payout.document_id).state)


def order_of(payout: Any) -> PaymentOrder:
    """The order that a bank gets; the same for a re-send. Refused: PAYEE_INVALID (no key opens it)."""
    payee = accounts.with_account(payout.payee)
    return PaymentOrder(
        reference=payout.reference, amount_fen=payout.amount_fen,
        debtor_account=payout.account_no, debtor_name=payout.account_name,
        creditor_account=payee["account_no"], creditor_name=payee["account_name"],
        creditor_bank=payee["bank_code"], creditor_bank_name=payee["bank_name"],
        execute_on=payout.due_on.isoformat(), purpose=PURPOSE,
    )  # fmt: skip


def payout_of(conn: psycopg.Connection[Any], document_id: int) -> Any:
    """A payout with our account at its bank. Refused: PAYOUT_UNKNOWN."""
    with conn.cursor(row_factory=namedtuple_row) as cursor:
        row: NamedTuple | None = cursor.execute(PAYOUT_SQL, (document_id,)).fetchone()
    if row is None:
        raise Refused(SettlementCode.PAYOUT_UNKNOWN, "document_id", str(document_id))
    return row
