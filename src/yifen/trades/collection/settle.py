"""The worker brings demands to their end: told, then paid at the opening behind their days, the core first and the hub
then; whatever was interrupted, money is booked once or goes back.

`advance` does the next thing for one. Each step reads, asks outside of any transaction, and writes by a function that
asks the rows again.
"""

from collections.abc import Callable
from datetime import date, datetime
from typing import NamedTuple

import structlog
from psycopg.pq import TransactionStatus

from yifen.core.facts.codes import ResultCode
from yifen.core.facts.refused import Refused
from yifen.core.facts.sqlfiles import queries
from yifen.core.wire.messages import Charge, Line, Reverse, WireFault
from yifen.core.wire.signed_port import NoPortAnswer
from yifen.hub.corebank import operations as core
from yifen.hub.corebank.operations import Connection, Cores, MoveOrder
from yifen.hub.corebank.rules import undo_serial
from yifen.hub.payments.local import LocalHub
from yifen.trades.collection import rules

log = structlog.get_logger()
_SQL = queries(__package__)
TAKE_MOST = 50


class Outside(NamedTuple):
    """Whom a demand needs: the cores, the hub, and who tells the payer (order id, now)."""

    cores: Cores
    hub: LocalHub
    tell: Callable[[int, datetime], None]


class StandingOrder(NamedTuple):
    """A demand as the worker needs it. `day`: the business day that is open in its book."""

    order_id: int
    biller_id: int
    biller: str
    number: str
    channel: str
    serial: str
    move_serial: str
    state: str
    told_on: date | None
    pay_at: datetime | None
    posted_at: datetime | None
    taken_fen: int | None
    institution_id: int
    core_id: int
    transit: str
    contract_no: str
    account_no: str
    account_sealed: bytes
    day: date


def settle(outside: Outside, now: datetime) -> int:
    """Look at every demand that is due; answers how many. One that fails is tried again later."""
    conn = outside.cores.conn
    due = [row[0] for row in conn.execute(_SQL["due"], (now, list(rules.LADDER_S), TAKE_MOST)).fetchall()]
    for order_id in due:
        try:
            advance(outside, order_id, now)
        except Exception:  # one bad demand must not keep its neighbours from their money
            log.exception("a collection order failed", order=order_id)
    return len(due)


def advance(outside: Outside, order_id: int, now: datetime) -> str:
    """All that can be done for it now; answers its state."""
    conn = outside.cores.conn
    if conn.info.transaction_status != TransactionStatus.IDLE:
        raise RuntimeError("a core is asked outside of any transaction")
    before, found = "", find(conn, order_id)
    if found.told_on is None and found.state in ("out", "told"):
        outside.tell(order_id, now)
        found = find(conn, order_id)
    try:
        while found.state != before:
            before = found.state
            _next(outside, found, now)
            found = find(conn, order_id)
    except (NoPortAnswer, Refused) as error:  # it stays, and is due again
        log.warning("a collection order could not be settled", order=order_id, reason=str(error))
    return find(conn, order_id).state


def _next(outside: Outside, found: StandingOrder, now: datetime) -> None:
    cores = outside.cores
    match found.state:
        case "told" if found.pay_at is not None and found.pay_at <= now:
            _ask(cores, found, now)
        case "paying":
            core.settle(cores, found.move_serial, now)
            cores.conn.execute(_SQL["follow"], (found.order_id, now))
        case "paid":
            _book(outside, found, now)
        case "backing":
            core.settle(cores, undo_serial(found.move_serial), now)
            cores.conn.execute(_SQL["follow"], (found.order_id, now))


def _ask(cores: Cores, found: StandingOrder, now: datetime) -> None:
    """Its state, and its move at the core, in one transaction."""
    account = account_of(cores, found)
    cores.port(found.core_id).check_way()
    with cores.conn.transaction():
        row = cores.conn.execute(_SQL["pay"], (found.order_id, now)).fetchone()
        if row is None or row[0] != "paying":
            return
        taken = find(cores.conn, found.order_id).taken_fen
        assert taken is not None
        core.write(cores.conn, cores.ring, move_of(found, account, taken), now)


def move_of(found: StandingOrder, account: str, fen: int) -> MoveOrder:
    """From the payer's account to the biller's transit account."""
    return MoveOrder(
        found.core_id,
        found.move_serial,
        rules.WHAT,
        f"collection_order:{found.order_id}",
        found.institution_id,
        rules.TELLER,
        account,
        found.transit,
        fen,
        found.day,
        found.biller_id,
        summary=f"托收 {found.number} {found.account_no}",
    )


def account_of(cores: Cores, found: StandingOrder) -> str:
    """The payer's account at the core, opened to be sent. KeyRingError."""
    return cores.ring.open(
        bytes(found.account_sealed), rules.contract_context(found.biller_id, found.contract_no)
    ).decode()


def _book(outside: Outside, found: StandingOrder, now: datetime) -> None:
    """Charge the hub, always by the same serial; what it keeps of that serial decides, whatever it answers."""
    if _by_the_record(outside.cores, found, now) not in ("paid", "unseen"):
        return
    assert found.posted_at is not None
    try:
        code: ResultCode = outside.hub.charge(found.channel, charge_of(outside.cores.conn, found))[0]
    except WireFault as fault:
        code = fault.code
    state = _by_the_record(outside.cores, found, now)
    # The serial was never seen: from now on it is refused, should it still arrive.
    if state == "unseen" and (rules.is_refusal(code) or now >= found.posted_at + rules.GIVE_UP):
        outside.hub.give_back(
            found.channel,
            Reverse(
                serial=f"R{found.serial}",
                original_serial=found.serial,
                amount_fen=found.taken_fen or 0,
                reason="collection given up",
            ),
        )
        _by_the_record(outside.cores, found, now)


def charge_of(conn: Connection, found: StandingOrder) -> Charge:
    """The same message every time: another content under the serial would be refused."""
    posted = found.posted_at
    assert posted is not None
    lines = conn.execute(_SQL["lines_taken"], (found.order_id,)).fetchall()
    return Charge(
        serial=found.serial,
        biller=found.biller,
        account_no=found.account_no,
        amount_fen=found.taken_fen or 0,
        lines=[Line(payable=ref, amount_fen=fen) for ref, fen in lines],
        paid_at=posted,
    )


def _by_the_record(cores: Cores, found: StandingOrder, now: datetime) -> str:
    """Where it stands; what is to go back is written down with that."""
    with cores.conn.transaction():
        row = cores.conn.execute(_SQL["booked"], (found.order_id, now)).fetchone()
        assert row is not None
        if row[0] == "backing" and found.state != "backing":
            core.write_undo(cores.conn, cores.ring, found.move_serial, rules.WHAT, rules.TELLER, found.day, now)
    return str(row[0])


def find(conn: Connection, order_id: int) -> StandingOrder:
    """One that is there."""
    row = conn.execute(_SQL["standing"], (order_id,)).fetchone()
    assert row is not None
    return StandingOrder(*row)
