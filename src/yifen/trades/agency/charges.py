"""1078: the commission that an agreement's month came to, taken from the company's account and receipted. What it is,
settlement reckoned (P11); nothing is reckoned here."""

from datetime import date, datetime
from typing import Any, NamedTuple

from yifen.core.access import second
from yifen.core.access.edge import Access
from yifen.core.access.second import Change, Decision, Signature
from yifen.core.documents.figures import grouped_yuan
from yifen.core.facts.codes import Code, ResultCode
from yifen.core.facts.plug import Text
from yifen.core.facts.refused import Refused
from yifen.core.facts.sqlfiles import queries
from yifen.core.plugs import result_code
from yifen.core.ring import key_ring
from yifen.hub.corebank import operations as core
from yifen.hub.corebank.codes import CoreCode
from yifen.hub.corebank.operations import Connection, Cores, MoveOrder
from yifen.hub.corebank.rules import undo_serial
from yifen.trades.agency.accounts import settlement_account
from yifen.trades.agency.codes import AgencyCode
from yifen.trades.agency.deposits import DeskPlace, give_back, own_connection
from yifen.trades.agency.following import follow

CHARGE = "1078"
ACT = "agency.uncharge"
_SQL = queries(__package__)


class OwedMonth(NamedTuple):
    """Of an agreement's month: what it came to, what of it is still owed; is the month settled to its end?"""

    biller_id: int
    biller: str
    agreement_id: int
    fee_fen: int
    owed_fen: int
    is_complete: bool


class ChargeNow(NamedTuple):
    """What became of it. Its serial is the receipt's number."""

    serial: str
    state: str
    code: ResultCode
    amount_fen: int


def owed(conn: Connection, unit: str, month: date, institution_id: int) -> OwedMonth:
    """Refused: DEPOSIT_UNKNOWN (no company of this county has the unit), CHARGE_NOTHING (it has no agreement)."""
    row = conn.execute(_SQL["company_of"], (unit, institution_id)).fetchone()
    if row is None:
        raise Refused(AgencyCode.DEPOSIT_UNKNOWN, "unit")
    found = conn.execute(_SQL["owed"], (row[0], month)).fetchone()
    if found is None:
        raise Refused(AgencyCode.CHARGE_NOTHING, "month")
    return OwedMonth(row[0], row[1], *found)


def due(conn: Connection, unit: str, month: date, institution_id: int) -> OwedMonth:
    """What is to be charged, asked before anybody is asked whether. Refused: CHARGE_DONE, CHARGE_MONTH_OPEN,
    CHARGE_NOTHING, and as `owed`."""
    found = owed(conn, unit, month, institution_id)
    row = conn.execute(_SQL["charge_refused"], (found.biller_id, month)).fetchone()
    if row and row[0]:
        raise Refused(result_code(row[0]), "month")
    return found


def charge(cores: Cores, place: DeskPlace, unit: str, month: date, now: datetime) -> ChargeNow:
    """Once for an agreement and month. Outside of any transaction. Refused: CORE_MISSING, NOT_CALLED, and as `due`."""
    conn = cores.conn
    owing = owed(conn, unit, month, place.institution_id)
    bank = core.core_of(conn, place.institution_id)
    if bank is None:
        raise Refused(CoreCode.CORE_MISSING)
    cores.port(bank.core_id).check_way()
    with conn.transaction():
        row = conn.execute(_SQL["ask_charge"], (place.session, owing.biller_id, month, now)).fetchone()
        assert row is not None
        code, charge_id, serial, fen = row
        if code:
            raise Refused(result_code(code), "month")
        order = MoveOrder(bank.core_id, serial, CHARGE, f"agency_charge:{charge_id}", place.institution_id,
                          place.teller, settlement_account(cores, owing.biller_id), bank.income_account, fen,
                          place.day, owing.biller_id,
                          summary=f"{CHARGE} {month:%Y-%m}")  # fmt: skip
        core.write(conn, cores.ring, order, now)
    core.settle(cores, serial, now)
    follow(conn, "charge", charge_id, now)
    return charge_now(conn, serial)


def charge_now(conn: Connection, serial: str) -> ChargeNow:
    """Refused: CHARGE_NOT_BOOKED (there is none)."""
    row = conn.execute(_SQL["charge_now"], (serial,)).fetchone()
    if row is None:
        raise Refused(AgencyCode.CHARGE_NOT_BOOKED, "serial")
    state, code, fen = row
    return ChargeNow(serial, state, result_code(code) if code else Code.OK, fen)


def charge_here(conn: Connection, serial: str, institution_id: int) -> tuple[str, date] | None:
    """Whose, of which month, if it was charged at this outlet."""
    row = conn.execute(_SQL["charge_here"], (serial, institution_id)).fetchone()
    return (row[0], row[1]) if row else None


def may_back(conn: Connection, serial: str) -> bool:
    """Whether it is booked, and its day is still open."""
    row = conn.execute(_SQL["back_charge_now"], {"serial": serial}).fetchone()
    return bool(row and row[0] and row[1])


def take_back(cores: Cores, access: Access, serial: str, signature: Signature, reason: str, now: datetime) -> ChargeNow:
    """On its own day, with a supervisor's word. Refused: CHARGE_NOT_BOOKED, DEPOSIT_DAY_OVER, and as
    `second.on_the_spot`."""
    if charge_now(cores.conn, serial).state != "reversed":
        second.on_the_spot(access, ACT, serial, {"serial": serial}, signature, now, reason=reason)
        core.settle(cores, undo_serial(serial), now)
    return charge_now(cores.conn, serial)


def view(content: dict[str, Any]) -> list[Change]:
    """Refused: CHARGE_NOT_BOOKED."""
    found = charge_now(own_connection(), content["serial"])
    if found.state != "booked":
        raise Refused(AgencyCode.CHARGE_NOT_BOOKED, "serial")
    yuan = grouped_yuan(found.amount_fen)
    return [
        Change("serial", Text("流水号", "Serial"), found.serial, found.serial),
        Change("amount", Text("手续费（元）", "Commission (yuan)"), yuan, yuan),
        Change("state", Text("状态", "State"), Text("已收", "Charged"), Text("已冲正", "Taken back")),
    ]


def run(content: dict[str, Any], decision: Decision) -> None:
    """The hub's book, and the undo that is owed at the core."""
    give_back(key_ring(), "back_charge", content["serial"], CHARGE, decision)
