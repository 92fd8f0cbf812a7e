"""Batches are brought to their end: checked, debited in the bank's window pack by pack, booked by the hub.

Each step reads what the rows say, asks outside of any transaction, and writes by a function that asks the rows again;
so whoever is killed between two of them leaves a batch that goes on where it was.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

import structlog

from yifen.core.facts.codes import ResultCode
from yifen.core.facts.days import ZONE
from yifen.core.facts.refused import Refused
from yifen.core.facts.secrets import KeyRing, KeyRingError
from yifen.core.facts.sqlfiles import queries
from yifen.core.wire.core_port import PACK_MOST
from yifen.core.wire.messages import Charge, Line, WireFault
from yifen.hub.corebank import accounts
from yifen.hub.corebank import operations as cores_at
from yifen.hub.corebank.operations import Connection, Cores, MoveOrder
from yifen.hub.payments.local import LocalHub
from yifen.trades.debits.codes import DebitCode
from yifen.trades.debits.files import Batch, account_of, find, holder_of, opened

log = structlog.get_logger()
_SQL = queries(__package__)
WHAT, TELLER = "DEBIT", "batch"
CHECK_MOST, FRESH_MOST = 200, 200
MINE = timedelta(minutes=5)
"""So long one worker has a batch to himself, unless it says otherwise."""
SOON = timedelta(seconds=20)
"""When a batch is looked at again whose core, hub or window is not there."""


class DebitSides(NamedTuple):
    """Whom a batch needs: the cores, and the hub."""

    cores: Cores
    hub: LocalHub


def run_due(sides: DebitSides, clock: Callable[[], datetime], ending: Callable[[], bool] = lambda: False) -> int:
    """Every batch that is due; answers how many. One that fails is tried again later."""
    conn, now = sides.cores.conn, clock()
    give_back(sides, now)
    numbers = [row[0] for row in conn.execute(_SQL["due"], (now, now + MINE)).fetchall()]
    for number in numbers:
        try:
            advance(sides, number, clock, ending)
        except Exception:  # one bad batch must not keep its neighbours
            log.exception("a batch of debits failed", batch=number)
            conn.execute(_SQL["later"], (number, now + SOON))
    return len(numbers)


def advance(
    sides: DebitSides, batch_id: int, clock: Callable[[], datetime], ending: Callable[[], bool] = lambda: False
) -> str:
    """All that can be done for it now; answers its state."""
    conn = sides.cores.conn
    while not ending():
        batch, now = find(conn, batch_id), clock()
        conn.execute(_SQL["later"], (batch_id, now + MINE))
        if batch.state == "checking":
            check(conn, sides.cores.ring, batch, now)
        elif batch.state not in ("waiting", "running") or not _step(sides, batch, now):
            break
    conn.execute(_SQL["later"], (batch_id, clock() + SOON))
    return find(conn, batch_id).state


def check(conn: Connection, ring: KeyRing, batch: Batch, now: datetime) -> None:
    """The next rows: of each its mandate, or why it has none; then whether all are checked."""
    with conn.transaction():
        rows = conn.execute(_SQL["unchecked"], (batch.batch_id, CHECK_MOST, now)).fetchall()
        found = [_mandate_of(ring, batch, list(group)) for _, group in groupby(rows, itemgetter(0))]
        places = [place for place, _ in groupby(rows, itemgetter(0))]
        if rows:
            mandates, codes = zip(*found, strict=True)
            conn.execute(_SQL["check"], (batch.batch_id, places, list(mandates), [int(one) for one in codes], now))
        if len(places) < CHECK_MOST:
            conn.execute(_SQL["checked"], (batch.batch_id, now))


def _mandate_of(ring: KeyRing, batch: Batch, rows: list[tuple[Any, ...]]) -> tuple[int | None, ResultCode | int]:
    """The first mandate at this core whose account and holder are those that the row names, if it names any."""
    _, first, sealed, *_ = rows[0]
    try:
        account, name = opened(ring, first, sealed)[:2] if sealed else ("", "")
        known = [row[3:] for row in rows if row[3] is not None and row[5] == batch.core_id]
        lookups = accounts.lookups(ring, account) if account else []
        his = [row for row in known if not account or row[3] in lookups]
        if not known or not his:
            return None, 0 if not known else DebitCode.DEBIT_ACCOUNT_DIFFERS  # 0: the function says that there is none
        for mandate_id, number, _core, _lookup, holder in his:
            if not name or holder_of(ring, number, holder).strip() == name.strip():
                return mandate_id, 0
    except KeyRingError as error:
        log.error("a row or mandate cannot be read", item=first, reason=str(error))
        return None, DebitCode.DEBIT_UNREADABLE
    return None, DebitCode.DEBIT_NAME_DIFFERS


def _step(sides: DebitSides, batch: Batch, now: datetime) -> bool:
    """The next thing of one that runs; False: nothing can be done now."""
    cores, number = sides.cores, batch.batch_id
    conn = cores.conn
    packs = conn.execute(_SQL["packs_open"], (number,)).fetchall()
    if any(cores_at.settle_pack(cores, pack, now) != "done" for (pack,) in packs):
        return False
    if conn.execute(_SQL["follow"], (number, now)).fetchone() != (0,):
        return True
    if _book(sides, batch, now) or _back(cores, batch, now):
        return True
    is_open = conn.execute(_SQL["open"], (number, now)).fetchone() == (True,)
    if is_open and (_fresh(conn, number, now) or _send(cores, batch, now)):
        return True
    conn.execute(_SQL["done"], (number, now))
    return False


def _fresh(conn: Connection, number: int, now: datetime) -> bool:
    return conn.execute(_SQL["fresh"], (number, FRESH_MOST, now)).fetchone() != (0,)


def _send(cores: Cores, batch: Batch, now: datetime) -> bool:
    """The next pack: its items, its moves and the pack are one transaction; the core hears of them afterwards."""
    conn, pack = cores.conn, None
    with conn.transaction():
        rows = conn.execute(_SQL["pack"], (batch.batch_id, PACK_MOST, now)).fetchall()
        orders, unread = [], []
        for pack, serial, fen, customer, number, sealed, core_id, institution, biller, transit, day in rows:
            if pack is None:
                continue
            try:
                debit = account_of(cores.ring, number, sealed)
            except KeyRingError as error:
                log.error("a mandate's account cannot be read", item=serial, reason=str(error))
                unread.append(serial)
                continue
            orders.append(MoveOrder(core_id, serial, WHAT, f"debit_item:{serial}", institution, TELLER, debit, transit,
                                    fen, day,
                                    biller, summary=f"{batch.biller} {customer}"))  # fmt: skip
        if unread:
            conn.execute(_SQL["unread"], (batch.batch_id, unread, now))
        names = {row[0] for row in rows if row[0]}
        if orders:
            (pack,) = names
            cores_at.write_pack(conn, cores.ring, pack, orders, now)
    if rows and orders:
        cores_at.settle_pack(cores, next(iter(names)), now)
    return bool(rows)


def _book(sides: DebitSides, batch: Batch, now: datetime) -> bool:
    """The hub books what the payers have paid, always by the same serial; what it keeps of that serial decides."""
    conn, last, decided = sides.cores.conn, "", 0
    while rows := conn.execute(_SQL["posted"], (batch.batch_id, last)).fetchall():
        last = rows[-1][0]
        try:
            sides.hub.charge_all(batch.channel, [charge_of(batch, *row) for row in rows])
        except WireFault as fault:
            log.warning("debits could not be booked", batch=batch.serial, reason=str(fault))
        told = conn.execute(_SQL["booked"], (batch.batch_id, [row[0] for row in rows], now)).fetchone()
        decided += told[0] if told else 0
    return bool(decided)


def charge_of(
    batch: Batch, serial: str, customer: str, fen: int, refs: list[str], fens: list[int], at: datetime
) -> Charge:
    """The same message every time: another content under the serial would be refused."""
    lines = [Line(payable=ref, amount_fen=part) for ref, part in zip(refs, fens, strict=True)]
    return Charge(serial=serial, biller=batch.biller, account_no=customer, amount_fen=fen, lines=lines, paid_at=at)


def _back(cores: Cores, batch: Batch, now: datetime) -> bool:
    """What the core took and the hub will not have goes back there."""
    serials = [row[0] for row in cores.conn.execute(_SQL["back"], (batch.batch_id,)).fetchall()]
    return any([_undo(cores, serial, now) for serial in serials])


def give_back(sides: DebitSides, now: datetime) -> None:
    """What was taken back of payments that were booked goes back to the accounts that paid."""
    for (serial,) in sides.cores.conn.execute(_SQL["returned"]).fetchall():
        _undo(sides.cores, serial, now)


def _undo(cores: Cores, serial: str, now: datetime) -> bool:
    try:
        # One that the core refuses waits for people: asked again at once, the batch's turn would never end.
        return cores_at.undo(cores, serial, WHAT, TELLER, now.astimezone(ZONE).date(), now).state == "done"
    except Refused as refused:
        log.error("a debit could not be given back", item=serial, code=refused.code.name)
        return False


