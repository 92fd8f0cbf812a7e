"""4628 电力方缴费 and 4629: a company's own deposit. The core first, the hub then; back the other way round."""

from datetime import date, datetime
from hashlib import sha256
from typing import Any, NamedTuple

from django.db import connection
from psycopg.types.json import Jsonb

from yifen.core.access import second
from yifen.core.access.edge import Access
from yifen.core.access.second import Change, Decision, Signature
from yifen.core.documents.figures import grouped_yuan
from yifen.core.facts.codes import Code, ResultCode
from yifen.core.facts.plug import Text
from yifen.core.facts.refused import Refused
from yifen.core.facts.secrets import KeyRing
from yifen.core.facts.sqlfiles import queries
from yifen.core.plugs import result_code
from yifen.core.ring import key_ring
from yifen.core.wire.signed_port import NoPortAnswer
from yifen.face.plain import Plain
from yifen.hub.corebank import operations as core
from yifen.hub.corebank.codes import CoreCode
from yifen.hub.corebank.operations import Connection, CoreBank, Cores, MoveOrder
from yifen.hub.corebank.rules import check_cheque, check_payer, undo_serial
from yifen.hub.night import DrawerPart
from yifen.trades.agency import rules
from yifen.trades.agency.codes import AgencyCode
from yifen.trades.agency.following import follow

PAY, BACK = "4628", "4629"
ACT = "agency.unpay"
CASH, CHEQUE, INTERNAL = "cash", "cheque", "internal"
_SQL = queries(__package__)


class FoundSlip(NamedTuple):
    """A slip of a company of this county. `paid`: it was deposited already."""

    biller_id: int
    amount_fen: int
    payer: str
    core_id: int
    transit: str
    contracting_id: int
    merchant: str
    paid: bool


class DeskPlace(NamedTuple):
    """Where it is done: the teller with his open shift, of which business day, and the session that proves it."""

    institution_id: int
    channel_id: int
    shift_id: int
    teller_id: int
    teller: str
    day: date
    session: str


class DepositOrder(NamedTuple):
    """A deposit as the teller confirms it. `means`: cash, cheque (of this bank: account, number, date), internal (an
    other bank's cheque that was collected)."""

    unit: str
    number: str
    means: str
    account_no: str = ""
    cheque_no: str = ""
    cheque_on: date | None = None


class DepositNow(NamedTuple):
    """What became of it: asked (not known yet), booked, refused with its code."""

    serial: str
    state: str
    code: ResultCode
    amount_fen: int


class DepositHere(NamedTuple):
    """One of an outlet's."""

    unit: str
    number: str
    amount_fen: int
    state: str
    deposit_id: int


def receive(conn: Connection, session: str, biller_id: int, body: bytes, now: datetime) -> int:
    """Take in a company's file of slips, by whose `session` this is; what is there already stays. Answers how many are
    new. Refused: PERMISSION_MISSING, SLIPS_UNREADABLE (also of a unit that is not the company's), SLIP_DIFFERS (nothing
    of it was taken)."""
    found = rules.slips(body)
    units = {unit for (unit,) in conn.execute(_SQL["units"], (biller_id,)).fetchall()}
    for line, one in enumerate(found, 2):
        if one.unit not in units:
            own = ", ".join(sorted(units)) or "-"
            raise rules.unreadable(line, f"核算单位 {one.unit} 不是该收费单位的（4692 登记的是 {own}）",
                                   f"unit {one.unit} is not the company's (4692 has {own})")  # fmt: skip
    digest = sha256(body).digest()
    with conn.transaction():
        new = 0
        for one in found:
            row = conn.execute(_SQL["add_slip"], (session, biller_id, *one, digest, now)).fetchone()
            if row is None or row[0] is None:
                raise Refused(Code.PERMISSION_MISSING)
            new += row[0]
            there = conn.execute(_SQL["slip_amount"], (biller_id, one.unit, one.number)).fetchone()
            if there is None or there[0] != one.amount_fen:
                raise Refused(AgencyCode.SLIP_DIFFERS, "file", f"{one.unit} {one.number}")
    return new


def look_up(conn: Connection, unit: str, number: str, institution_id: int) -> FoundSlip:
    """What the company says is to be deposited. Refused: DEPOSIT_UNKNOWN, DEPOSIT_PAID."""
    row = conn.execute(_SQL["slip"], (unit, number, institution_id)).fetchone()
    if row is None:
        raise Refused(AgencyCode.DEPOSIT_UNKNOWN, "number")
    found = FoundSlip(*row)
    if found.paid:
        raise Refused(AgencyCode.DEPOSIT_PAID, "number")
    return found


def pay(cores: Cores, place: DeskPlace, order: DepositOrder, now: datetime) -> DepositNow:
    """Deposit it; the same again in the same shift is the same one. Outside of any transaction. Refused: CORE_MISSING,
    DEPOSIT_UNKNOWN, DEPOSIT_PAID, CHEQUE_NOT_COLLECTED, INPUT_INVALID, NOT_CALLED, the
    admission's codes."""
    conn = cores.conn
    bank = core.core_of(conn, place.institution_id)
    if bank is None:
        raise Refused(CoreCode.CORE_MISSING)
    if order.means == CHEQUE and not (order.account_no and order.cheque_no and order.cheque_on):
        raise Refused(Code.INPUT_INVALID, "cheque_no")
    row = conn.execute(_SQL["slip"], (order.unit, order.number, place.institution_id)).fetchone()
    if row is None:
        raise Refused(AgencyCode.DEPOSIT_UNKNOWN, "number")
    slip = FoundSlip(*row)
    cores.port(slip.core_id).check_way()
    with conn.transaction():
        deposit_id, serial = _ask(conn, place, order, slip, now)
        core.write(conn, cores.ring, move_of(bank, place, order, slip, deposit_id, serial), now)
    core.settle(cores, serial, now)
    follow(conn, "deposit", deposit_id, now)
    return deposit_now(conn, serial)


def check_own_cheque(cores: Cores, place: DeskPlace, order: DepositOrder) -> None:
    """Asks the core, before anything is written, whether this cheque pays it, as 4623 does. Refused: DEPOSIT_UNKNOWN,
    DEPOSIT_PAID, CORE_AWAY, NOT_CALLED, and as `check_cheque` and `check_payer` refuse."""
    slip = look_up(cores.conn, order.unit, order.number, place.institution_id)
    check_cheque(order.cheque_on, place.day)
    port = cores.port(slip.core_id)
    port.check_way()
    try:
        state = port.account(order.account_no, order.cheque_no)
    except NoPortAnswer:
        raise Refused(CoreCode.CORE_AWAY, "from_account") from None
    check_payer(state, CHEQUE, slip.amount_fen, order.cheque_no)


def _ask(
    conn: Connection, place: DeskPlace, order: DepositOrder, slip: FoundSlip, now: datetime
) -> tuple[int, str]:
    fields = {"unit": order.unit, "number": order.number, "biller_id": slip.biller_id, "amount_fen": slip.amount_fen,
              "means": order.means}  # fmt: skip
    found = conn.execute(_SQL["ask_deposit"], (place.session, Jsonb(fields), now)).fetchone()
    assert found is not None
    code, deposit_id, serial = found
    if code:
        raise Refused(result_code(code), "number")
    return int(deposit_id), str(serial)


def move_of(
    bank: CoreBank, place: DeskPlace, order: DepositOrder, slip: FoundSlip, deposit_id: int, serial: str
) -> MoveOrder:
    """How it moves at the core: cash box, the drawer's account, or 其他应解汇款, to the company's transit account."""
    debit = {CASH: bank.cash_box(place.teller), CHEQUE: order.account_no, INTERNAL: bank.sundry_account}[order.means]
    return MoveOrder(
        slip.core_id, serial, PAY, f"agency_deposit:{deposit_id}", place.institution_id, place.teller, debit,
        slip.transit, slip.amount_fen, place.day, slip.biller_id, CHEQUE if order.means == CHEQUE else "internal",
        cheque_no=order.cheque_no if order.means == CHEQUE else "",
        cheque_on=order.cheque_on if order.means == CHEQUE else None, summary=f"{PAY} {order.unit} {order.number}",
    )  # fmt: skip


def deposit_now(conn: Connection, serial: str) -> DepositNow:
    """Refused: DEPOSIT_UNKNOWN."""
    row = conn.execute(_SQL["deposit_now"], (serial,)).fetchone()
    if row is None:
        raise Refused(AgencyCode.DEPOSIT_UNKNOWN, "serial")
    state, code, fen = row
    return DepositNow(serial, state, result_code(code) if code else Code.OK, fen)


def deposit_here(conn: Connection, serial: str, institution_id: int) -> DepositHere | None:
    """One that was taken at this outlet."""
    row = conn.execute(_SQL["deposit_here"], (serial, institution_id)).fetchone()
    return DepositHere(*row) if row else None


# --- 4629 ------------------------------------------------------------------------------------------


def take_back(
    cores: Cores, access: Access, serial: str, signature: Signature, reason: str, now: datetime
) -> DepositNow:
    """With a supervisor's word, on its own day, in the shift that took it: here first, then at the core, which is told
    until it did so. Refused: DEPOSIT_UNKNOWN, DEPOSIT_NOT_BOOKED, DEPOSIT_DAY_OVER, and as
    `second.on_the_spot` refuses."""
    found = deposit_now(cores.conn, serial)
    if found.state != "reversed":
        second.on_the_spot(access, ACT, serial, {"serial": serial}, signature, now, reason=reason)
        core.settle(cores, undo_serial(serial), now)
    return deposit_now(cores.conn, serial)


def check_back(conn: Connection, serial: str, teller_id: int) -> None:
    """Before a supervisor is asked. Refused: DEPOSIT_UNKNOWN, DEPOSIT_NOT_BOOKED, DEPOSIT_DAY_OVER."""
    row = conn.execute(_SQL["back_deposit_now"], {"serial": serial, "teller": teller_id}).fetchone()
    is_booked, may = row or (None, None)
    if not may or not is_booked:
        raise Refused(AgencyCode.DEPOSIT_UNKNOWN if row is None else AgencyCode.DEPOSIT_DAY_OVER if is_booked
                      else AgencyCode.DEPOSIT_NOT_BOOKED, "number")  # fmt: skip


def view(content: dict[str, Any]) -> list[Change]:
    """What it is and will be. Refused: DEPOSIT_UNKNOWN, DEPOSIT_NOT_BOOKED."""
    found = deposit_now(own_connection(), content["serial"])
    if found.state != "booked":
        raise Refused(AgencyCode.DEPOSIT_NOT_BOOKED, "serial")
    yuan = grouped_yuan(found.amount_fen)
    return [
        Change("serial", Text("流水号", "Serial"), found.serial, found.serial),
        Change("amount", Text("金额（元）", "Amount (yuan)"), yuan, yuan),
        Change("state", Text("状态", "State"), Text("已入账", "Booked"), Text("已冲正", "Taken back")),
    ]


def run(content: dict[str, Any], decision: Decision) -> None:
    """The hub's book, and the undo that is owed at the core, in one transaction."""
    give_back(key_ring(), "back_deposit", content["serial"], BACK, decision)


def give_back(ring: KeyRing, statement: str, serial: str, what: str, decision: Decision) -> None:
    """Taken back here, and the undo of its move written down. Refused: as the statement's code says."""
    conn = own_connection()
    row = conn.execute(_SQL[statement], (serial, decision.now)).fetchone()
    assert row is not None
    if row[0]:
        raise Refused(result_code(row[0]), "serial")
    day = conn.execute(_SQL["day_of_move"], (serial,)).fetchone()
    assert day is not None
    core.write_undo(conn, ring, serial, what, decision.maker.login, day[0], decision.now)


def own_connection() -> Connection:
    """The page's own connection, in its transaction."""
    connection.ensure_connection()
    return Plain(connection.connection)  # type: ignore[return-value]


def drawer(shift_id: int) -> DrawerPart:
    """Cash deposits that went into and out of a teller's drawer, and all others of the shift for its report."""
    conn = own_connection()
    rows = conn.execute(_SQL["drawer"], {"shift": shift_id}).fetchall()
    undecided = conn.execute(_SQL["drawer_undecided"], (shift_id,)).fetchone()
    return DrawerPart(tuple((code, kind, count, int(fen), is_back) for code, kind, count, fen, is_back in rows),
                      undecided[0] if undecided else 0)  # fmt: skip
