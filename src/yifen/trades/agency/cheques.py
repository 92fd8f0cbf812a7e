"""Cheques of other banks: a receipt is stamped, the exchange takes them, and only the next session without a return
makes money of them."""

from datetime import date, datetime
from typing import NamedTuple

from psycopg.types.json import Jsonb

from yifen.core.facts import reasons
from yifen.core.facts.codes import ResultCode
from yifen.core.facts.refused import Refused
from yifen.core.facts.sqlfiles import queries
from yifen.core.plugs import result_code
from yifen.hub.corebank import operations as core
from yifen.hub.corebank.codes import CoreCode
from yifen.hub.corebank.operations import Connection, Cores, MoveOrder
from yifen.hub.corebank.rules import undo_serial
from yifen.trades.agency import rules
from yifen.trades.agency.codes import AgencyCode
from yifen.trades.agency.deposits import PAY, DeskPlace, look_up
from yifen.trades.agency.following import follow

_SQL = queries(__package__)


class ChequeIn(NamedTuple):
    """A cheque as it is handed in with its slip 进账单. `drawer_bank`: its number 行号."""

    unit: str
    number: str
    drawer_bank: str
    drawer: str
    cheque_no: str
    written_on: date
    amount_fen: int


class SeenCheques(NamedTuple):
    """What whoever closes a session was shown that it collects."""

    cheques: int
    fen: int


def accept(conn: Connection, place: DeskPlace, cheque: ChequeIn, now: datetime) -> int:
    """Its number; nothing is booked. Refused: DEPOSIT_UNKNOWN, DEPOSIT_PAID, CHEQUE_LATE_HERE, CHEQUE_BANK_UNKNOWN,
    CHEQUE_HERE_ALREADY, the admission's codes."""
    on: dict[ResultCode, str] = {AgencyCode.CHEQUE_BANK_UNKNOWN: "drawer_bank",
                                 AgencyCode.DEPOSIT_UNKNOWN: "amount"}  # the slip is there  # fmt: skip
    rules.check_cheque(cheque.written_on, place.day)
    slip = look_up(conn, cheque.unit, cheque.number, place.institution_id)
    fields = cheque._asdict() | {"written_on": cheque.written_on.isoformat(), "biller_id": slip.biller_id}
    row = conn.execute(_SQL["accept_cheque"], (place.session, Jsonb(fields), now)).fetchone()
    assert row is not None
    if row[0]:
        code = result_code(row[0])
        raise Refused(code, on.get(code, "cheque_no"))
    return int(row[1])


def open_session(conn: Connection, session: str, now: datetime) -> int:
    """The county of whoever's `session` this is begins the next session of the exchange; answers its number. Refused:
    PERMISSION_MISSING, SESSION_OPEN, SESSION_CLOSED."""
    row = conn.execute(_SQL["open_session"], (session, now)).fetchone()
    assert row is not None
    if row[0]:
        raise Refused(result_code(row[0]), "session")
    return int(row[1])


def present(conn: Connection, session: str, now: datetime) -> int:
    """All that wait in his county go out in the session that is open; answers how many. Refused: PERMISSION_MISSING,
    SESSION_NONE."""
    row = conn.execute(_SQL["present"], (session, now)).fetchone()
    assert row is not None
    if row[0] < 0:
        raise Refused(result_code(-row[0]), "session")
    return int(row[0])


def close_session(cores: Cores, exchange_id: int, session: str, seen: SeenCheques, now: datetime) -> int:
    """The open session ends, its returns said, by another person than opened it, who saw these cheques; what an earlier
    one presented is collected: clearing → 其他应解汇款. Answers how many. Refused: PERMISSION_MISSING, SESSION_NONE,
    SESSION_ALONE, FORM_STALE (others are to be collected), CORE_MISSING, NOT_CALLED."""
    conn = cores.conn
    bank = core.core_of(conn, exchange_id)
    if bank is None:
        raise Refused(CoreCode.CORE_MISSING)
    cores.port(bank.core_id).check_way()
    with conn.transaction():
        rows = conn.execute(_SQL["close_session"], (session, *seen, now)).fetchall()
        if rows and rows[0][0] < 0:
            raise Refused(result_code(-rows[0][0]), "session")
        for cheque_id, serial in rows:
            found = conn.execute(_SQL["cheque_money"], (cheque_id,)).fetchone()
            assert found is not None
            order = MoveOrder(bank.core_id, serial, PAY, f"agency_cheque:{cheque_id}", exchange_id, "exchange",
                              bank.clearing_account, bank.sundry_account, found[0], found[1], kind="internal",
                              summary=serial)  # fmt: skip
            core.write(conn, cores.ring, order, now)
    for cheque_id, serial in rows:
        core.settle(cores, serial, now)
        follow(conn, "cheque", cheque_id, now)
    return len(rows)


def come_back(cores: Cores, cheque_id: int, why: str, session: str, teller: str, now: datetime) -> str:
    """A return 退票 with the reason on its slip; answers the cheque's state. Collected money goes back to the exchange.
    Refused: REASON_MISSING, OUT_OF_SCOPE, CHEQUE_NOT_PRESENTED, CHEQUE_APPLIED."""
    conn, reason = cores.conn, reasons.reason(why, "reason")
    with conn.transaction():
        row = conn.execute(_SQL["return_cheque"], (session, cheque_id, reason, now)).fetchone()
        assert row is not None
        code, state = row
        if code:
            raise Refused(result_code(code), "cheque")
        if state != "refunding":
            return str(state)
        found = conn.execute(_SQL["cheque_undo"], (cheque_id,)).fetchone()
        assert found is not None
        serial, day = found
        core.write_undo(conn, cores.ring, serial, PAY, teller, day, now)
    core.settle(cores, undo_serial(serial), now)
    return follow(conn, "cheque", cheque_id, now)
