"""Bringing deductions to their end: whatever was interrupted, the money is booked once or given back.

`advance` does the next thing for one; the clerk's page and the worker both call it. Each step reads, asks outside of
any transaction, and writes by a function that asks the rows again.
"""

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

import structlog
from psycopg.pq import TransactionStatus

from yifen.core.facts.codes import ResultCode
from yifen.core.facts.refused import Refused
from yifen.core.facts.secrets import KeyRing
from yifen.core.facts.sqlfiles import queries
from yifen.core.wire.bank_port import Deduction, DeductionBack
from yifen.core.wire.messages import Charge, Line, Reverse, WireFault
from yifen.core.wire.signed_port import NoPortAnswer
from yifen.hub.payments.local import LocalHub
from yifen.trades.deductions import rules
from yifen.trades.deductions.codes import DeductionCode
from yifen.trades.deductions.operations import Connection, StandingDeduction, debtor_of, find
from yifen.trades.deductions.port import BankWord, DeductionPort

log = structlog.get_logger()
_SQL = queries(__package__)
TAKE_MOST = 50


class BankOutside(NamedTuple):
    """Whom a deduction needs: the hub, the bank's port of a channel (None: it has none now), the ring."""

    hub: LocalHub
    port: Callable[[int], DeductionPort | None]
    ring: KeyRing


def settle(conn: Connection, outside: BankOutside, now: datetime) -> int:
    """Look at every deduction that is due; answers how many. One that fails is tried again later."""
    numbers = [row[0] for row in conn.execute(_SQL["due"], (now, list(rules.LADDER_S), TAKE_MOST)).fetchall()]
    for number in numbers:
        try:
            advance(conn, outside, number, now)
        except Exception:  # one bad deduction must not keep its neighbours from their money
            log.exception("a deduction failed", deduction=number)
    return len(numbers)


def advance(conn: Connection, outside: BankOutside, number: str, now: datetime, is_new: bool = False) -> str:
    """All that can be done for it now; answers its state. `is_new`: nobody asked the bank yet."""
    if conn.info.transaction_status != TransactionStatus.IDLE:
        raise RuntimeError("a bank is asked outside of any transaction")
    before, found = "", find(conn, number)
    try:
        while found.state != before:
            before = found.state
            if before == "asked":
                _ask(conn, outside, found, now, is_new)
            elif before == "taken":
                _book(conn, outside.hub, found, now)
            _give_back(conn, outside, number, now)
            found = find(conn, number)
    except (NoPortAnswer, Refused) as error:  # it stays, and is due again
        log.warning("a deduction could not be settled", deduction=number, reason=str(error))
    return find(conn, number).state


def _ask(conn: Connection, outside: BankOutside, found: StandingDeduction, now: datetime, is_new: bool) -> None:
    """Ask the bank what became of it; what it never saw is sent again in its time, never guessed about."""
    port = _port(outside, found)
    word = None if is_new else port.query(found.deduction_no, found.amount_fen)
    if word is None or word.status.state == "not_found":
        if not found.is_sendable or now >= found.made_at + rules.SEND_WITHIN:
            conn.execute(_SQL["give_up"], (found.deduction_no, int(DeductionCode.BANK_SILENT), now))
            return
        account_no, name = debtor_of(outside.ring, found)
        word = port.deduct(Deduction(found.deduction_no, found.amount_fen, account_no, name,
                                     f"{found.biller} {found.account_no}"))  # fmt: skip
    if word.status.state in ("taken", "refused"):
        _answered(conn, outside, found, word, now)


def _book(conn: Connection, hub: LocalHub, found: StandingDeduction, now: datetime) -> None:
    """Charge the hub, always by the same serial; what it keeps of that serial decides, whatever it answers."""
    if _by_the_record(conn, found, now) not in ("taken", "unseen"):
        return
    assert found.taken_at is not None
    try:
        code: ResultCode = hub.charge(found.channel, charge_of(found))[0]
    except WireFault as fault:
        code = fault.code
    state = _by_the_record(conn, found, now)
    if state in ("taken", "unseen"):
        conn.execute(_SQL["said"], (found.deduction_no, int(code)))
    # The serial was never seen: from now on it is refused, should it still arrive.
    if state == "unseen" and (rules.is_refusal(code) or now >= found.taken_at + rules.GIVE_UP):
        hub.give_back(found.channel, Reverse(
            serial=rules.block_serial(found.deduction_no), original_serial=found.deduction_no,
            amount_fen=found.amount_fen, reason="deduction given up"))  # fmt: skip
        _by_the_record(conn, found, now)


def charge_of(found: StandingDeduction) -> Charge:
    """The same message every time: another content under the serial would be refused."""
    return Charge(
        serial=found.deduction_no, biller=found.biller, account_no=found.account_no, amount_fen=found.amount_fen,
        lines=[Line(payable=line.payable, amount_fen=line.amount_fen) for line in found.lines],
        quote=found.quote, paid_at=found.taken_at or found.made_at,
    )  # fmt: skip


def _by_the_record(conn: Connection, found: StandingDeduction, now: datetime) -> str:
    row = conn.execute(_SQL["booked"], (found.deduction_no, now)).fetchone()
    assert row is not None
    return str(row[0])


def _give_back(conn: Connection, outside: BankOutside, number: str, now: datetime) -> None:
    """All that is due of it, each by its own number, which is always the same."""
    for back_no, fen in conn.execute(_SQL["backs_due"], (number,)).fetchall():
        found = find(conn, number)
        word = _port(outside, found).back(DeductionBack(number, back_no, fen, f"{found.biller} {found.account_no}"))
        if word.status.state in ("back", "refused"):
            _answered(conn, outside, found, word, now)


def _answered(conn: Connection, outside: BankOutside, found: StandingDeduction, word: BankWord, now: datetime) -> None:
    """The bank's word and what follows from it, in one transaction."""
    said = word.status
    sealed = outside.ring.seal(word.signed, answer_context(found.deduction_no))
    conn.execute(_SQL["answered"], (found.deduction_no, said.state, said.number, said.amount_fen, said.bank_serial,
                                    said.reason[:100], sealed, now))  # fmt: skip


def _port(outside: BankOutside, found: StandingDeduction) -> DeductionPort:
    port = outside.port(found.channel_id)
    if port is None:
        raise Refused(DeductionCode.PORT_MISSING, "channel", found.channel)
    return port


def answer_context(number: str) -> str:
    """What a kept answer is bound to."""
    return f"deduction_answer:{number}"
