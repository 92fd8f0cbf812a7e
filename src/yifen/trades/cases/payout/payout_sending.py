"""Approved payouts sent by the bank's port, and the bank asked what became of them.

A payout is `sent` in the books, and its money taken off the sub-account, before its first byte leaves; whatever
happens then, the bank is asked before anything is sent again, and only what it never saw is sent once more, by the
same reference.
"""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import psycopg
import structlog

from yifen.core.facts.bank_accounts import opened_account
from yifen.core.facts.codes import Code
from yifen.core.facts.secrets import KeyRing, KeyRingError
from yifen.core.facts.sqlfiles import queries
from yifen.core.partners.roster import key_context
from yifen.core.plugs import result_code
from yifen.core.wire.bank_client import BankPort
from yifen.core.wire.bank_port import PaymentOrder, PaymentStatus
from yifen.core.wire.keys import Key
from yifen.core.wire.signed_port import TIMEOUT_S, NoPortAnswer

log = structlog.get_logger()
LADDER_S = (10, 30, 60, 300, 900, 3600)
PAID_S, PAID_TRIES = 3600, 72  # a paid one may still come back 退汇: asked about for three days
_SQL = queries(__package__)
Connection = psycopg.Connection[Any]
PortOf = Callable[[int], BankPort | None]


class PayoutOrder(NamedTuple):
    """A payout as its bank is told; payee's account and name sealed. Without them it goes to who paid (`who`, sealed,
    of a statement's line)."""

    reference: str
    amount_fen: int
    state: str
    resent: bool
    tries: int
    words: str
    number: str
    court: str
    main_no: str
    account_no: str
    account_name: str
    bank_name: str
    bank_code: str
    sent_on: Any
    file_id: int | None = None
    line_no: int | None = None
    who: bytes | None = None


def work(
    conn: Connection, ring: KeyRing, ports: PortOf, clock: Callable[[], datetime],
    ending: Callable[[], bool] = lambda: False,
) -> None:  # fmt: skip
    """What is approved is sent, what is not decided is asked about; one fault holds up no other. `conn` in autocommit:
    what is sent is written down before it leaves."""
    for statement, step in (("to_send", send), ("to_ask", ask)):
        for application_id, bank_id in conn.execute(_SQL[statement], {"now": clock()}).fetchall():
            if ending():
                return
            try:
                port = ports(bank_id)
                if port is not None:
                    step(conn, ring, port, application_id, clock())
            except Exception:
                if conn.closed:
                    raise
                log.exception("a payout of case money failed", application=application_id)


def send(conn: Connection, ring: KeyRing, port: BankPort, application_id: int, at: datetime) -> None:
    """An approved one, if it may leave now."""
    soon = at + timedelta(seconds=2 * port.timeout_s + LADDER_S[0])
    (code,) = conn.execute(_SQL["send"], (application_id, soon, at)).fetchall()[0]
    if code:
        log.warning("a payout of case money is not sent", application=application_id, code=result_code(code).name)
        return
    _submit(conn, ring, port, application_id, at)


def ask(conn: Connection, ring: KeyRing, port: BankPort, application_id: int, at: datetime) -> None:
    """What became of it; what the bank never saw is sent once more, never twice."""
    order = _order(conn, application_id)
    try:
        status = port.query(order.reference, order.amount_fen)
    except NoPortAnswer as reason:
        _unsure(conn, application_id, order, False, str(reason), at)
        return
    if status.state != "not_found":
        _take(conn, ring, port, application_id, order, status, at)
    elif order.state == "paid":
        log.error("the bank does not know a payout that it said is paid", payout=order.reference)
        _unsure(conn, application_id, order, False, "", at)
    elif _unsure(conn, application_id, order, True, "the bank does not know it", at):
        _submit(conn, ring, port, application_id, at)


def _submit(conn: Connection, ring: KeyRing, port: BankPort, application_id: int, at: datetime) -> None:
    order = _order(conn, application_id)
    try:
        status = port.submit(told_order(ring, order))
    except (NoPortAnswer, KeyRingError) as reason:  # what no key opens was not sent: ask, then once more
        _unsure(conn, application_id, order, False, str(reason), at)
        return
    _take(conn, ring, port, application_id, order, status, at)


def told_order(ring: KeyRing, order: PayoutOrder) -> PaymentOrder:
    """The order that a bank gets; the same for a re-send. KeyRingError."""
    if order.who:
        name, number, _words = json.loads(ring.open(bytes(order.who), f"court_row:{order.file_id}:{order.line_no}"))
    else:
        name, number = opened_account(ring, order.account_name), opened_account(ring, order.account_no)
    return PaymentOrder(
        reference=order.reference, amount_fen=order.amount_fen, debtor_account=order.main_no, debtor_name=order.court,
        creditor_account=number, creditor_name=name, creditor_bank=order.bank_code,
        creditor_bank_name=order.bank_name, execute_on=order.sent_on.isoformat(),
        purpose=f"{order.number} 案款" if order.number else "不明款退回",
    )  # fmt: skip


def _take(
    conn: Connection, ring: KeyRing, port: BankPort, application_id: int, order: PayoutOrder, status: PaymentStatus,
    at: datetime,
) -> None:  # fmt: skip
    """The bank's word is kept as it was signed, and booked."""
    answer = port.last
    kept = [answer.status, dict(answer.headers), answer.body.decode()] if answer else []
    sealed = ring.seal(json.dumps(kept).encode(), f"court_answer:{application_id}")
    (code,) = conn.execute(_SQL["told"], (
        order.reference, status.state, status.amount_fen, status.bank_serial, status.return_serial, status.reason,
        sealed, _next(order, status.state, at), at)).fetchall()[0]  # fmt: skip
    if code != Code.OK:
        log.error("the bank's word does not fit", payout=order.reference, said=status.state, code=code)


def _unsure(
    conn: Connection, application_id: int, order: PayoutOrder, resend: bool, reason: str, at: datetime
) -> bool:
    """Whether it may be sent once more now."""
    ask_at = _next(order, order.state, at)
    return bool(conn.execute(_SQL["unsure"], (application_id, resend, reason, ask_at, at)).fetchall()[0][0])


def _next(order: PayoutOrder, state: str, at: datetime) -> datetime | None:
    """When the bank is asked next; None: no more."""
    if state in ("done", "paid"):
        return at + timedelta(seconds=PAID_S) if order.tries < PAID_TRIES else None
    return at + timedelta(seconds=LADDER_S[min(order.tries, len(LADDER_S) - 1)])


def _order(conn: Connection, application_id: int) -> PayoutOrder:
    return PayoutOrder(*conn.execute(_SQL["order"], (application_id,)).fetchall()[0])


def port_of(
    conn: Connection, ring: KeyRing, bank_id: int, clock: Callable[[], datetime], timeout_s: float = TIMEOUT_S
) -> BankPort | None:
    """The port of a bank with an endpoint and a valid shared key; None: payouts are made by hand, and the statement
    shows them."""
    row = conn.execute(_SQL["bank_port"], (bank_id, clock(), clock())).fetchone()
    if row is None:
        return None
    endpoint, code, version, sealed = row
    key = Key(partner=code, version=version, algorithm="hmac-sha256", secret=ring.open(bytes(sealed),
                                                                                       key_context(code, version)))
    return BankPort(endpoint, key, clock, timeout_s)
