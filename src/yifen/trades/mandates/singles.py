"""Single debits: what is due is asked, the account is asked, the debit and its move are written down, the core posts
it, the hub books it. Whatever was interrupted, the money is booked once or goes back.

`advance` does the next thing for one; the payer's page and the worker both call it. Each step reads, asks outside of
any transaction, and writes by a function that asks the rows again.
"""

from datetime import date, datetime
from typing import Any, NamedTuple

import structlog
from psycopg.pq import TransactionStatus
from psycopg.types.json import Jsonb

from yifen.core.facts.codes import Code, ResultCode
from yifen.core.facts.refused import Refused
from yifen.core.facts.sqlfiles import queries
from yifen.core.plugs import result_code
from yifen.core.wire.messages import Charge, Line, Query, Reverse, WireFault
from yifen.core.wire.signed_port import NoPortAnswer
from yifen.hub.corebank import operations as core
from yifen.hub.corebank.codes import CoreCode
from yifen.hub.corebank.operations import Connection, Cores, MoveOrder
from yifen.hub.payments.local import LocalHub
from yifen.trades.mandates import rules
from yifen.trades.mandates.codes import MandateCode
from yifen.trades.mandates.kept import KeptMandate, find

log = structlog.get_logger()
_SQL = queries(__package__)
TAKE_MOST = 50


class DebitOutside(NamedTuple):
    """Whom a debit needs: the hub, the cores."""

    hub: LocalHub
    cores: Cores


class DebitLine(NamedTuple):
    """One payable, and what is debited for it."""

    payable: str
    title: str
    amount_fen: int


class Dues(NamedTuple):
    """What a customer owes now, as the hub says on the channel for debits."""

    lines: list[DebitLine]
    quote: str | None


class StandingSingle(NamedTuple):
    """A debit as the worker needs it."""

    single_id: int
    serial: str
    mandate_id: int
    channel_id: int
    channel: str
    biller: str
    biller_name: str
    customer: str
    number: str
    way: str
    lines: list[dict[str, Any]]
    amount_fen: int
    quote: str | None
    state: str
    code: int | None
    day: date
    payment_id: int | None
    noticed_at: datetime | None
    made_at: datetime
    taken_at: datetime | None
    is_sendable: bool


def dues(conn: Connection, hub: LocalHub, mandate: KeptMandate) -> Dues:
    """Refused: MANDATE_CHANNEL_MISSING, and what a query refuses."""
    row = conn.execute(_SQL["channel"], (mandate.institution_id,)).fetchone()
    if row is None:
        raise Refused(MandateCode.MANDATE_CHANNEL_MISSING)
    code, reply = hub.query(row[0], Query(biller=mandate.biller, account_no=mandate.customer))
    if code is not Code.OK:
        raise Refused(code, "customer")
    lines = [DebitLine(one.payable, one.title, one.due_fen) for one in reply.payables if one.due_fen > 0]
    return Dues(lines, reply.quote)


def chosen(found: Dues, payables: list[str], amount_fen: int) -> list[DebitLine]:
    """The named bills, all of what is due where none is named, whole. Refused: SINGLE_BILLS (another sum is due)."""
    lines = [line for line in found.lines if not payables or line.payable in payables]
    if not lines or len(lines) > 20 or (payables and len(lines) != len(set(payables))) or (
            sum(line.amount_fen for line in lines) != amount_fen):  # fmt: skip
        raise Refused(MandateCode.SINGLE_BILLS, "amount_fen")
    return lines


def tap(
    outside: DebitOutside, number: str, form: str, payables: list[str], amount_fen: int, now: datetime
) -> StandingSingle:
    """One-tap: the payer confirmed this on his own page; the same form again is the same debit. Refused:
    MANDATE_UNKNOWN, SINGLE_BILLS, as mandates_take_v1 and `check_debit`, CORE_AWAY, NOT_CALLED."""
    mandate = find(outside.cores.conn, number)
    key = rules.payer_key(outside.cores.ring, number, bytes(mandate.stop_hash))
    return _begin(outside, mandate, "tap", (number, key), {"form": form}, payables, amount_fen, now)


def asked(
    outside: DebitOutside, word_id: int, mandate: KeptMandate, payables: list[str], amount_fen: int, now: datetime
) -> StandingSingle:
    """No-feel: a partner's signed word asks for it, once. Refused: as `tap`."""
    return _begin(outside, mandate, "single_of_word", (word_id,), {}, payables, amount_fen, now)


def _begin(
    outside: DebitOutside, mandate: KeptMandate, statement: str, who: tuple[Any, ...], more: dict[str, Any],
    payables: list[str], amount_fen: int, now: datetime,
) -> StandingSingle:  # fmt: skip
    """The debit and its move, in one transaction, after hub and core were asked."""
    _outside(outside.cores.conn)
    conn, ring = outside.cores.conn, outside.cores.ring
    found = dues(conn, outside.hub, mandate)
    lines = chosen(found, payables, amount_fen)
    account_no = mandate.account_no(ring)
    _check_account(outside.cores, mandate, account_no, amount_fen)
    fields = more | {"mandate_id": mandate.mandate_id, "amount_fen": amount_fen, "quote": found.quote,
                     "lines": [line._asdict() for line in lines]}  # fmt: skip
    with conn.transaction():
        row = conn.execute(_SQL[statement], (*who, Jsonb(fields), now, now + rules.LOOK_AFTER)).fetchone()
        assert row is not None
        code, single_id, _serial = row
        if code:
            raise Refused(result_code(code), "number")
        one = single(conn, single_id)
        document = f"mandate_single:{single_id}"
        core.write(conn, ring, _move(conn, mandate, one.serial, document, account_no, one.amount_fen, one.day), now)
    return one


def _check_account(cores: Cores, mandate: KeptMandate, account_no: str, amount_fen: int) -> None:
    """Whether it may be debited now, as the core says. Refused: CORE_AWAY, NOT_CALLED, as `check_debit`."""
    port = cores.port(mandate.core_id)
    port.check_way()
    try:
        state = port.account(account_no)
    except NoPortAnswer:
        raise Refused(CoreCode.CORE_AWAY, "account_no") from None
    rules.check_debit(state, mandate.holder(cores.ring).name, mandate.kind, amount_fen)


def _move(
    conn: Connection, mandate: KeptMandate, serial: str, document: str, account_no: str, amount_fen: int, day: date,
    is_back: bool = False,
) -> MoveOrder:  # fmt: skip
    """From the account to the biller's transit account; what goes back the other way round, and is owed."""
    transit = core.transit_of(conn, mandate.core_id, mandate.biller_id)
    debit, credit = (transit, account_no) if is_back else (account_no, transit)
    return MoveOrder(mandate.core_id, serial, rules.DEBIT, document, mandate.institution_id, mandate.number, debit,
                     credit, amount_fen, day, mandate.biller_id, "internal" if is_back else "", owed=is_back,
                     summary=f"{mandate.biller} {mandate.customer}")  # fmt: skip


def single(conn: Connection, single_id: int) -> StandingSingle:
    """Refused: SINGLE_UNKNOWN."""
    row = conn.execute(_SQL["single"], (single_id,)).fetchone()
    if row is None:
        raise Refused(MandateCode.SINGLE_UNKNOWN)
    return StandingSingle(*row)


def by_serial(conn: Connection, serial: str) -> StandingSingle:
    """Refused: SINGLE_UNKNOWN."""
    row = conn.execute(_SQL["single_by_serial"], (serial,)).fetchone()
    return single(conn, row[0] if row else 0)


# --- to its end ----------------------------------------------------------------------------------


def settle(outside: DebitOutside, now: datetime) -> int:
    """Look at every debit that is due; answers how many. One that fails is tried again later."""
    conn = outside.cores.conn
    due = [row[0] for row in conn.execute(_SQL["due"], (now, list(rules.LADDER_S), TAKE_MOST)).fetchall()]
    for number in due:
        try:
            advance(outside, number, now)
        except Exception:  # one bad debit must not keep its neighbours from their money
            log.exception("a debit by mandate failed", single=number)
    return len(due)


def advance(outside: DebitOutside, single_id: int, now: datetime) -> str:
    """All that can be done for it now; answers its state."""
    conn = outside.cores.conn
    _outside(conn)
    before, found = "", single(conn, single_id)
    try:
        while found.state != before:
            before = found.state
            if before == "asked":
                _settle_move(outside.cores, found.serial, now)
                _follow(conn, found, now)
            elif before == "taken":
                _book(outside.hub, conn, found, now)
            elif before == "back_due":
                _undo(outside.cores, found, now)
            elif before == "booked":
                _give_back(outside.cores, found, now)
            found = single(conn, single_id)
    except (NoPortAnswer, Refused) as error:  # it stays, and is due again
        log.warning("a debit by mandate could not be settled", single=single_id, reason=str(error))
    return single(conn, single_id).state


def _settle_move(cores: Cores, serial: str, now: datetime) -> None:
    """What has no move was never asked for: `follow` says so."""
    try:
        core.settle(cores, serial, now)
    except Refused as refused:
        if refused.code is not Code.SERIAL_UNKNOWN:
            raise


def _follow(conn: Connection, found: StandingSingle, now: datetime) -> str:
    row = conn.execute(_SQL["follow"], (found.single_id, now)).fetchone()
    assert row is not None
    return str(row[0])


def _book(hub: LocalHub, conn: Connection, found: StandingSingle, now: datetime) -> None:
    """Charge the hub, always by the same serial; what it keeps of that serial decides, whatever it answers."""
    if _follow(conn, found, now) not in ("taken", "unseen"):
        return
    assert found.taken_at is not None
    try:
        code: ResultCode = hub.charge(found.channel, charge_of(found))[0]
    except WireFault as fault:
        code = fault.code
    state = _follow(conn, found, now)
    if state in ("taken", "unseen"):
        conn.execute(_SQL["said"], (found.single_id, int(code)))
    # The serial was never seen: from now on it is refused, should it still arrive.
    if state == "unseen" and (rules.is_refusal(code) or now >= found.taken_at + rules.GIVE_UP):
        hub.give_back(found.channel, Reverse(
            serial=rules.block_serial(found.serial), original_serial=found.serial, amount_fen=found.amount_fen,
            reason="debit given up"))  # fmt: skip
        _follow(conn, found, now)


def charge_of(found: StandingSingle) -> Charge:
    """The same message every time: another content under the serial would be refused."""
    return Charge(
        serial=found.serial, biller=found.biller, account_no=found.customer, amount_fen=found.amount_fen,
        lines=[Line(payable=line["payable"], amount_fen=line["amount_fen"]) for line in found.lines],
        quote=found.quote, paid_at=found.made_at,
    )  # fmt: skip


def _undo(cores: Cores, found: StandingSingle, now: datetime) -> None:
    """Nobody advances money, and nobody keeps it: what the hub will never book goes back whole."""
    try:
        core.undo(cores, found.serial, rules.DEBIT, found.number, found.day, now)
    except Refused as refused:
        if refused.code is not CoreCode.CORE_ORIGINAL_MISSING:
            raise
    _follow(cores.conn, found, now)


def _give_back(cores: Cores, found: StandingSingle, now: datetime) -> None:
    """What returns of its payment took back, each by a move of its own."""
    conn = cores.conn
    for back_id, serial, fen, mandate_id, day in conn.execute(_SQL["backs_due"], (found.single_id,)).fetchall():
        row = conn.execute(_SQL["mandate_by_id"], {"mandate": mandate_id}).fetchone()
        assert row is not None
        mandate = KeptMandate(*row)
        order = _move(conn, mandate, serial, f"mandate_back:{back_id}", mandate.account_no(cores.ring), fen, day, True)
        core.post(cores, order, now)
        conn.execute(_SQL["follow_back"], (back_id, now))


def _outside(conn: Connection) -> None:
    if conn.info.transaction_status != TransactionStatus.IDLE:
        raise RuntimeError("a core is asked outside of any transaction")


