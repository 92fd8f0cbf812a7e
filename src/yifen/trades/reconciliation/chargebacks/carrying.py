"""Chargebacks 退单 read and carried out, once whatever happens on the way: what two people agreed to is a message to
the hub like a channel's own; and noted, where the channel gives its payer the money."""

from datetime import datetime

import structlog
from psycopg.pq import TransactionStatus

from yifen.core.facts import reasons
from yifen.core.facts.codes import ResultCode
from yifen.core.facts.refused import Refused
from yifen.core.facts.sqlfiles import queries
from yifen.core.plugs import result_code
from yifen.core.wire.messages import Refund, Reverse, WireFault
from yifen.trades.reconciliation.chargebacks import rules
from yifen.trades.reconciliation.chargebacks.rules import (
    ChargedLine,
    ChargedPayment,
    PaymentChargeback,
)
from yifen.trades.reconciliation.repair.booking import RepairVerbs
from yifen.trades.reconciliation.repair.items import Connection

log = structlog.get_logger()
_SQL = queries(__package__)
TRIES_MAX = 10
"""Of one carrying out: the cut may come between, and the channel may have used a serial before."""


def find(conn: Connection, payment_id: int) -> ChargedPayment | None:
    """None: there is no such payment."""
    row = conn.execute(_SQL["payment"], {"payment": payment_id}).fetchone()
    return ChargedPayment(*row) if row else None


def lines(conn: Connection, found: ChargedPayment) -> list[ChargedLine]:
    """What is left of each, the first to go back first; [] where nothing is."""
    values = {"payment": found.payment_id, "left": found.left_fen}
    return [ChargedLine(*row) for row in conn.execute(_SQL["lines"], values).fetchall()]


def of_payment(conn: Connection, payment_id: int) -> list[PaymentChargeback]:
    """Newest first."""
    return [PaymentChargeback(*row) for row in conn.execute(_SQL["of_payment"], (payment_id,)).fetchall()]


def carry_out(conn: Connection, hub: RepairVerbs, chargeback_id: int, now: datetime) -> str:
    """Send what was agreed, once whatever happens on the way: the same message until the hub keeps an answer. Answers
    the state: done, refused, or doing (its biller decides, or the hub gave no answer)."""
    if conn.info.transaction_status != TransactionStatus.IDLE:
        raise RuntimeError("a chargeback is sent outside of any transaction")
    state = "again"
    for _try in range(TRIES_MAX):
        if state == "again":
            state = _follow(conn, chargeback_id, now, _send(conn, hub, chargeback_id))
    return "doing" if state == "again" else state


def _send(conn: Connection, hub: RepairVerbs, chargeback_id: int) -> ResultCode | None:
    """What the hub answered; None: it has its end."""
    row = conn.execute(_SQL["message"], (chargeback_id,)).fetchone()
    assert row is not None, chargeback_id
    channel, serial, original, fen, reason, note, verb, state = row
    if state != "doing":
        return None
    kind = Reverse if verb == Reverse.VERB else Refund
    try:
        return hub.give_back(channel, kind(serial=serial, original_serial=original, amount_fen=fen,
                                           reason=rules.told(reason, note)))[0]  # fmt: skip
    except WireFault as fault:
        return fault.code


def _follow(conn: Connection, chargeback_id: int, now: datetime, said: ResultCode | None) -> str:
    """By what the hub keeps of the serial."""
    row = conn.execute(_SQL["follow"], (chargeback_id, now, said)).fetchone()
    assert row is not None
    return str(row[0])


def unfinished(conn: Connection, book_id: int | None = None) -> list[int]:
    """Those that were agreed to and have no end."""
    return [row[0] for row in conn.execute(_SQL["unfinished"], {"book": book_id}).fetchall()]


def carry_unfinished(conn: Connection, hub: RepairVerbs, now: datetime, book_id: int) -> None:
    """All of a book that have no end, for the night. One that fails is logged and keeps nobody from the next."""
    for chargeback_id in unfinished(conn, book_id):
        try:
            carry_out(conn, hub, chargeback_id, now)
        except Exception:
            log.exception("a chargeback failed", chargeback=chargeback_id)


def given_outside(conn: Connection, chargeback_id: int, session: str, reference: str, now: datetime) -> None:
    """The channel gave its payer the money by this number of its own. Refused: CHARGEBACK_UNKNOWN,
    PERMISSION_MISSING, INPUT_INVALID (no number), CHARGEBACK_NOT_DUE."""
    number = reasons.remark(reference, "reference")
    row = conn.execute(_SQL["outside"], (session, chargeback_id, number, now)).fetchone()
    if row and row[0]:
        raise Refused(result_code(row[0]), "reference", str(chargeback_id))
