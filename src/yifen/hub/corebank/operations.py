"""Moves of money at a core: written down before the core hears of them, never sent twice as two, never forgotten.

`post` and `undo` begin one, `settle` finds out what became of one that gave no answer. None raises because a core is
silent, and none is called inside a transaction: what was asked is committed first. The serial is the key for ever.
`write` and `write_undo` are their first halves, for a caller who commits them with what they are of; `settle` follows.
`write_pack` is that of many at once, which are sent, asked about and answered as one, by the pack's serial.
"""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple, cast

import psycopg
import structlog
from psycopg.pq import TransactionStatus
from psycopg.types.json import Jsonb

from yifen.core.facts.codes import Code, ResultCode
from yifen.core.facts.refused import Refused
from yifen.core.facts.secrets import KeyRing, KeyRingError
from yifen.core.facts.sqlfiles import queries
from yifen.core.plugs import result_code
from yifen.core.wire.core_port import AccountKind, CorePack, CorePosting, CoreUndo
from yifen.core.wire.signed_port import NoPortAnswer, NotCalled
from yifen.hub.corebank import accounts, rules, told
from yifen.hub.corebank.codes import CoreCode
from yifen.hub.corebank.port import CorePort, CoreWord, PackWord

Connection = psycopg.Connection[Any]
log = structlog.get_logger()
_SQL = queries(__package__)
TAKE_MOST = 50
_REFUSED: dict[str, ResultCode] = {
    "clash": Code.SERIAL_REUSED, "gone": CoreCode.CORE_ORIGINAL_MISSING, "unfit": CoreCode.CORE_UNFIT,
}  # fmt: skip


class Cores(NamedTuple):
    """What a move needs: an autocommitting connection, the port of a core by its id, the ring."""

    conn: Connection
    port: Callable[[int], CorePort]
    ring: KeyRing


class CoreBank(NamedTuple):
    """A core and its own accounts."""

    core_id: int
    code: str
    name: str
    cash_account: str
    clearing_account: str
    sundry_account: str
    income_account: str

    def cash_box(self, teller: str) -> str:
        """A teller's own cash account 现金尾箱."""
        return f"{self.cash_account}-{teller}"


class MoveOrder(NamedTuple):
    """One posting to be asked for. `what`: the transaction code; `document`: of what it is, `counter_entry:17`;
    `kind`: of the account that is debited, "" any; `needs_pin`: its owner's, which is kept nowhere; `owed`: the hub
    gave it back already."""

    core_id: int
    serial: str
    what: str
    document: str
    institution_id: int
    teller: str
    debit: str
    credit: str
    amount_fen: int
    day: date
    biller_id: int | None = None
    kind: str = ""
    needs_pin: bool = False
    owed: bool = False
    cheque_no: str = ""
    cheque_on: date | None = None
    summary: str = ""


class Moved(NamedTuple):
    """What became of a move: done, refused, undone; unknown: ask again. `code`: why it is refused or unknown."""

    serial: str
    state: str
    code: ResultCode
    reason: str = ""
    core_serial: str = ""


class KeptMove(NamedTuple):
    """A move as it is kept. `undoes`: the serial of the one that it takes back; its accounts are bound to that."""

    serial: str
    core_id: int
    what: str
    teller: str
    day: date
    debit_sealed: bytes
    credit_sealed: bytes
    amount_fen: int
    kind: str
    needs_pin: bool
    cheque_no: str
    cheque_on: date | None
    summary: str
    undoes: str | None
    state: str
    code: int | None
    reason: str
    core_serial: str
    is_unsent: bool
    pack: str | None


class KeptPack(NamedTuple):
    """Moves that are asked for at once. `state`: asked, unknown, done: each of them is decided."""

    serial: str
    core_id: int
    items: int
    state: str
    code: int | None
    is_unsent: bool


def core_of(conn: Connection, institution_id: int) -> CoreBank | None:
    """In which core an institution books; None: in none, its desks book in the hub alone."""
    row = conn.execute(_SQL["core_of"], (institution_id,)).fetchone()
    return CoreBank(*row) if row else None


def transit_of(conn: Connection, core_id: int, biller_id: int) -> str:
    """The biller's transit account 过渡户. Refused: CORE_PAIR_MISSING."""
    row = conn.execute(_SQL["transit_of"], (core_id, biller_id)).fetchone()
    if row is None:
        raise Refused(CoreCode.CORE_PAIR_MISSING, "biller")
    return str(row[0])


def post(cores: Cores, order: MoveOrder, now: datetime, pin: str = "") -> Moved:
    """Ask the core for it. The same order again is the same move: answered as it stands, asked about while it is not
    known. Refused: SERIAL_REUSED (the serial is another move's), NOT_CALLED."""
    _outside(cores)
    cores.port(order.core_id).check_way()
    write(cores.conn, cores.ring, order, now)
    return settle(cores, order.serial, now, pin)


def undo(
    cores: Cores, serial: str, what: str, teller: str, day: date, now: datetime, document: str | None = None
) -> Moved:
    """Take a move back, whole, whatever is known of it; answers what became of its undo. Again is the same undo. What
    the core never had is blocked there, and refused here: nothing is left of it. `document`: of the undo, if not the
    move's own. Refused: CORE_ORIGINAL_MISSING (there is no such move, or it was refused)."""
    _outside(cores)
    write_undo(cores.conn, cores.ring, serial, what, teller, day, now, document)
    return settle(cores, rules.undo_serial(serial), now)


def write(conn: Connection, ring: KeyRing, order: MoveOrder, now: datetime) -> None:
    """The move's row, in the caller's transaction, unless it is there already. Refused: SERIAL_REUSED, CORE_UNFIT (its
    document, as it stands, does not ask for it)."""
    state = _write(conn, ring, [order], now)[0]
    if state in _REFUSED:
        raise Refused(_REFUSED[state], "serial")


def write_pack(conn: Connection, ring: KeyRing, serial: str, orders: Sequence[MoveOrder], now: datetime) -> None:
    """The rows of up to 1,000 new moves without a PIN, asked for at once under a serial of the pack's own. The core
    debits them in their order. A database error: one of them is there already, or its document does not ask for it."""
    _write(conn, ring, orders, now, serial)


def _write(
    conn: Connection, ring: KeyRing, orders: Sequence[MoveOrder], now: datetime, pack: str | None = None
) -> list[str]:
    """What became of each."""
    columns = [_columns(ring, order) for order in orders]
    sealed: tuple[list[bytes], list[bytes], list[bytes]] = ([], [], [])
    for order, row in zip(orders, columns, strict=True):
        context = accounts.move_context(order.serial)
        plain = (order.debit.encode(), order.credit.encode(), told.of_posting(row, order.debit, order.credit))
        for kept, one in zip(sealed, plain, strict=True):
            kept.append(ring.seal(one, context))
    found = conn.execute(_SQL["ask"], (Jsonb(columns), *sealed, now, now + rules.FIRST_LOOK, pack)).fetchone()
    assert found is not None
    return list(found[0])


def write_undo(
    conn: Connection, ring: KeyRing, serial: str, what: str, teller: str, day: date, now: datetime,
    document: str | None = None,
) -> None:  # fmt: skip
    """The same of an undo, which follows from its document. Refused: CORE_ORIGINAL_MISSING, CORE_UNFIT (what it is of
    stands)."""
    sealed = ring.seal(told.of_undo(serial, what, teller, day), accounts.move_context(serial))
    values = (serial, what, document, teller, day, sealed, now, now + rules.FIRST_LOOK)
    row = conn.execute(_SQL["ask_undo"], values).fetchone()
    assert row is not None
    if row[0] in _REFUSED:
        raise Refused(_REFUSED[row[0]], "serial")


def settle(cores: Cores, serial: str, now: datetime, pin: str = "") -> Moved:
    """Ask the core for what was written and never sent, or find out what became of it: asked by its serial, and sent
    again only where the core never saw it, nothing is in flight and it needs no PIN. One that does is blocked there,
    and refused: it may be done anew. One whose accounts cannot be read is refused before it is sent."""
    found = find(cores.conn, serial)
    if found.pack is not None and found.state in rules.OPEN:
        settle_pack(cores, found.pack, now)
        return moved(find(cores.conn, serial))
    if found.state not in rules.OPEN:
        return moved(found)
    if found.is_unsent and not found.undoes:
        try:
            _posting(cores.ring, found)
        except KeyRingError as error:  # it would wait for ever; `verify` and the night name it
            log.error("a move at a core cannot be read: it ends, nothing was sent", move=serial, reason=str(error))
            _call(cores, "unread", (serial, now))
            return moved(find(cores.conn, serial))
    if found.is_unsent and _call(cores, "sending", (serial, None, now)):
        return _block(cores, found, now) if found.needs_pin and not pin else _send(cores, found, now, pin)
    _outside(cores)
    try:
        said = cores.port(found.core_id).query(serial, found.amount_fen)
    except NoPortAnswer as reason:
        return _silent(cores, found, now, reason)
    if said.status.state != "not_found":
        return _heard(cores, found, said, now)
    if not _call(cores, "sending", (serial, now - rules.IN_FLIGHT, now)):
        return _silent(cores, found, now, NoPortAnswer("it may be in flight"))
    return _block(cores, found, now) if found.needs_pin else _send(cores, found, now)


def settle_pack(cores: Cores, serial: str, now: datetime) -> str:
    """The same of a pack: answers its state; done: each of its moves is decided."""
    found = _pack(cores.conn, serial)
    if found.state not in rules.OPEN:
        return found.state
    try:
        if found.is_unsent and _call(cores, "sending", (serial, None, now)):
            return _pack_heard(cores, found, _send_pack(cores, found), now)
        _outside(cores)
        said = cores.port(found.core_id).query_pack(serial)
        if said.status.state == "not_found" and _call(cores, "sending", (serial, now - rules.IN_FLIGHT, now)):
            said = _send_pack(cores, found)
        return _pack_heard(cores, found, said, now)
    except NoPortAnswer as reason:
        log.warning("a pack at a core is not known", pack=serial, reason=str(reason))
        code = Code.NOT_CALLED if isinstance(reason, NotCalled) else CoreCode.CORE_AWAY
        return str(_call(cores, "unknown", (serial, int(code), now, now + rules.FIRST_LOOK)))


def _send_pack(cores: Cores, found: KeptPack) -> PackWord:
    moves = [KeptMove(*row) for row in cores.conn.execute(_SQL["pack_moves"], (found.serial,)).fetchall()]
    return cores.port(found.core_id).pack(CorePack(found.serial, [_posting(cores.ring, one) for one in moves]))


def _pack_heard(cores: Cores, found: KeptPack, word: PackWord, now: datetime) -> str:
    """NoPortAnswer: it says nothing yet, or not of each move what a core can say of it."""
    state: str = word.status.state
    if state == "done":
        state = str(_call(cores, "said", (found.serial, Jsonb(rules.codes()), Jsonb(word.signed), now)))
    if state != "done":
        raise NoPortAnswer(state)
    return state


def _pack(conn: Connection, serial: str) -> KeptPack:
    row = conn.execute(_SQL["pack"], (serial,)).fetchone()
    if row is None:
        raise Refused(Code.SERIAL_UNKNOWN, "serial")
    return KeptPack(*row)


def settle_of(cores: Cores, document: str, now: datetime) -> list[Moved]:
    """The same of all moves of a document that nobody knows of yet."""
    serials = cores.conn.execute(_SQL["moves_of"], (document,)).fetchall()
    return [settle(cores, row[0], now) for row in serials]


def settle_due(cores: Cores, now: datetime) -> int:
    """Look at every move that is due; answers how many. One that fails is tried again later."""
    serials = [row[0] for row in cores.conn.execute(_SQL["due"], (now, list(rules.LADDER_S), TAKE_MOST)).fetchall()]
    for serial in serials:
        try:
            if cores.conn.execute(_SQL["pack"], (serial,)).fetchone():
                settle_pack(cores, serial, now)
            else:
                settle(cores, serial, now)
        except Exception:  # one bad move must not keep its neighbours
            log.exception("a move at a core failed", move=serial)
    return len(serials)


def find(conn: Connection, serial: str) -> KeptMove:
    """Refused: SERIAL_UNKNOWN."""
    row = conn.execute(_SQL["move"], (serial,)).fetchone()
    if row is None:
        raise Refused(Code.SERIAL_UNKNOWN, "serial")
    return KeptMove(*row)


def moved(found: KeptMove) -> Moved:
    """As it stands; one that was asked and not answered yet is unknown."""
    code: ResultCode = result_code(found.code) if found.code else Code.OK
    if found.state == "asked":
        return Moved(found.serial, "unknown", CoreCode.CORE_AWAY)
    return Moved(found.serial, found.state, code, found.reason, found.core_serial)


def _columns(ring: KeyRing, order: MoveOrder) -> dict[str, Any]:
    """Of the row, all but what is sealed."""
    return {
        "serial": order.serial, "core_id": order.core_id, "what": order.what, "document": order.document,
        "biller_id": order.biller_id, "institution_id": order.institution_id, "teller": order.teller,
        "debit_lookup": accounts.lookup(ring, order.debit), "debit_shown": accounts.shown(order.debit),
        "credit_lookup": accounts.lookup(ring, order.credit), "credit_shown": accounts.shown(order.credit),
        "amount_fen": order.amount_fen, "kind": order.kind, "needs_pin": order.needs_pin, "owed": order.owed,
        "cheque_no": order.cheque_no, "cheque_on": order.cheque_on and order.cheque_on.isoformat(),
        "summary": order.summary, "day": order.day.isoformat(),
    }  # fmt: skip


def _send(cores: Cores, found: KeptMove, now: datetime, pin: str = "") -> Moved:
    _outside(cores)
    port = cores.port(found.core_id)
    try:
        said = port.undo(_undo(found)) if found.undoes else port.post(_posting(cores.ring, found), pin)
        if said.status.state == "repeated":
            said = port.query(found.serial, found.amount_fen)
    except NoPortAnswer as reason:
        return _silent(cores, found, now, reason)
    return _heard(cores, found, said, now)


def _block(cores: Cores, found: KeptMove, now: datetime) -> Moved:
    """Undo what the core never saw, so that it cannot arrive any more; had it arrived meanwhile, it is undone."""
    undone = undo(cores, found.serial, found.what, found.teller, found.day, now)
    log.info("a move with a PIN is not sent again", move=found.serial, undo=undone.state)
    return moved(find(cores.conn, found.serial))


def _posting(ring: KeyRing, found: KeptMove) -> CorePosting:
    """The same message every time, but for the PIN."""
    debit, credit = (ring.open(bytes(sealed), accounts.move_context(found.serial)).decode()
                     for sealed in (found.debit_sealed, found.credit_sealed))  # fmt: skip
    return CorePosting(
        found.serial, debit, credit, found.amount_fen, cast(AccountKind, found.kind), "", found.cheque_no,
        found.cheque_on.isoformat() if found.cheque_on else "", found.summary, found.teller, found.day.isoformat(),
    )  # fmt: skip


def _undo(found: KeptMove) -> CoreUndo:
    assert found.undoes is not None
    return CoreUndo(found.serial, found.undoes, found.amount_fen, found.summary, found.teller, found.day.isoformat())


def _heard(cores: Cores, found: KeptMove, word: CoreWord, now: datetime) -> Moved:
    """The core's word, as it signed it: what it makes of the move is read out of that where it is kept."""
    said = word.status
    if said.state in ("processing", "not_found", "repeated"):
        return _silent(cores, found, now, NoPortAnswer(said.state))
    _call(cores, "said", (found.serial, Jsonb(rules.codes()), Jsonb(word.signed), now))
    return moved(find(cores.conn, found.serial))


def _silent(cores: Cores, found: KeptMove, now: datetime, reason: NoPortAnswer) -> Moved:
    log.warning("a move at a core is not known", move=found.serial, reason=str(reason))
    code = Code.NOT_CALLED if isinstance(reason, NotCalled) else CoreCode.CORE_AWAY
    _call(cores, "unknown", (found.serial, int(code), now, now + rules.FIRST_LOOK))
    return moved(find(cores.conn, found.serial))


def _call(cores: Cores, name: str, values: tuple[Any, ...]) -> Any:
    """The answer of one of the functions, in a transaction of its own."""
    _outside(cores)
    row = cores.conn.execute(_SQL[name], values).fetchone()
    assert row is not None
    return row[0]


def _outside(cores: Cores) -> None:
    if cores.conn.info.transaction_status != TransactionStatus.IDLE or not cores.conn.autocommit:
        raise RuntimeError("a core is asked outside of any transaction")
