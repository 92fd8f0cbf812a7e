"""The bank's side of an entry: who pays is asked of the core first, the posting is written with the entry, and what the
hub refuses or takes back goes back by a move of its own.

Nothing of it is done for an institution without a core. A core is called outside of transactions; what begins with
`write` is inside, so that an entry and its move are there together or not at all.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import NamedTuple

from yifen.core.access.models import User
from yifen.core.facts.bilingual import Bilingual
from yifen.core.facts.codes import Code
from yifen.core.facts.masking import masked_name
from yifen.core.facts.refused import Refused
from yifen.core.ring import key_ring
from yifen.core.wire.signed_port import NoPortAnswer
from yifen.face.plain import plain_connection
from yifen.hub.corebank import operations as moves
from yifen.hub.corebank.codes import CoreCode
from yifen.hub.corebank.jobs import cores_of
from yifen.hub.corebank.operations import CoreBank, Cores, Moved, MoveOrder
from yifen.hub.corebank.rules import check_cheque, check_payer
from yifen.trades.counter import queries
from yifen.trades.counter.codes import CounterCode
from yifen.trades.counter.models import CoreLeg, Entry, PayKind, Shift
from yifen.trades.counter.orders import DeskOrder

KINDS = {PayKind.CASH: "internal", PayKind.PERSONAL: "personal", PayKind.CHEQUE: "cheque",
         PayKind.CORPORATE: "corporate"}  # fmt: skip
"""Of what kind the account must be that is debited."""
PIN = re.compile("[0-9]{6}")
SIX_DIGITS = Bilingual("密码为 6 位数字", "a PIN has six digits")
WITH_PIN = frozenset({PayKind.PERSONAL, PayKind.CORPORATE})


class CorePayer(NamedTuple):
    """Whose account pays, as the core told."""

    core_id: int
    account_no: str
    transit: str
    holder: str = ""  # masked
    cheque_no: str = ""
    cheque_on: date | None = None


@contextmanager
def reached() -> Iterator[Cores]:
    """The cores, by this request's connection."""
    with plain_connection() as conn:
        yield cores_of(conn)


def core_for(institution_id: int) -> CoreBank | None:
    """The core that an institution's desks book in."""
    with plain_connection() as conn:
        return moves.core_of(conn, institution_id)


def payer_of(teller: User, order: DeskOrder) -> CorePayer | None:
    """Asks the core, outside of any transaction, whether this account may pay; None: there is no core here. The balance
    is for the posting itself. Refused: SHIFT_NOT_OPEN, BILLER_ELSEWHERE …, CORE_PAIR_MISSING, CORE_AWAY, NOT_CALLED,
    INPUT_INVALID, CHEQUE_LATE, and as `check_payer` refuses."""
    shift = queries.open_shift_of(teller)
    if shift is None:
        raise Refused(CounterCode.SHIFT_NOT_OPEN)
    with reached() as cores:
        core = moves.core_of(cores.conn, shift.institution_id)
        if core is None:
            return None
        biller = queries.biller_for(shift.institution_id, shift.channel, order.biller)
        cores.port(core.core_id).check_way()
        transit, paid = moves.transit_of(cores.conn, core.core_id, biller.pk), order.payment
        if paid.kind == PayKind.CASH:
            return CorePayer(core.core_id, core.cash_box(teller.login), transit)
        return _asked(cores, core, shift, order, transit)


def _asked(cores: Cores, core: CoreBank, shift: Shift, order: DeskOrder, transit: str) -> CorePayer:
    paid = order.payment
    cheque_no = paid.cheque_no if paid.kind == PayKind.CHEQUE else ""
    if paid.kind == PayKind.CHEQUE:
        check_cheque(paid.cheque_on, shift.business_day)
    try:
        state = cores.port(core.core_id).account(paid.from_account, cheque_no)
    except NoPortAnswer:
        raise Refused(CoreCode.CORE_AWAY, "from_account") from None
    check_payer(state, KINDS[paid.kind], order.amount_fen, cheque_no)
    return CorePayer(core.core_id, paid.from_account, transit, masked_name(state.name), cheque_no,
                     paid.cheque_on if cheque_no else None)  # fmt: skip


def write_leg(entry: Entry, payer: CorePayer | None) -> None:
    """Who pays this draft; another way of paying it replaces what was there."""
    if payer is None:
        return
    sealed = key_ring().seal(payer.account_no.encode(), leg_context(entry.pk))
    CoreLeg.objects.update_or_create(entry=entry, defaults={
        "core_id": payer.core_id, "account_sealed": sealed, "transit": payer.transit, "holder": payer.holder,
        "cheque_no": payer.cheque_no, "cheque_on": payer.cheque_on})  # fmt: skip


def payer_as_before(entry: Entry) -> CorePayer | None:
    """Who was to pay this entry."""
    leg = leg_of(entry)
    if leg is None:
        return None
    return CorePayer(leg.core_id, _account(leg), leg.transit, leg.holder, leg.cheque_no, leg.cheque_on)


def leg_of(entry: Entry) -> CoreLeg | None:
    return CoreLeg.objects.filter(entry=entry).first()


def leg_context(entry_id: int) -> str:
    """To what the sealed account is bound, as the plug has it."""
    return f"counter_core:{entry_id}"


def needs_pin(entry: Entry) -> bool:
    return entry.pay_kind in WITH_PIN and leg_of(entry) is not None


def write_payment(entry: Entry, pin: str, now: datetime) -> None:
    """The posting of an entry that is being sent, written with it. Refused: INPUT_INVALID (no PIN of six digits: the
    core would count it as a wrong one), FORM_STALE (a core has come, or gone, since it was drafted)."""
    leg, ring = leg_of(entry), key_ring()
    with plain_connection() as conn:
        core = moves.core_of(conn, entry.institution_id)
        if (core and core.core_id) != (leg and leg.core_id):
            raise Refused(Code.FORM_STALE)
        if leg is None:
            return
        has_pin = entry.pay_kind in WITH_PIN
        if has_pin and not PIN.fullmatch(pin):
            raise Refused(Code.INPUT_INVALID, "pin", SIX_DIGITS)
        moves.write(conn, ring, MoveOrder(
            leg.core_id, entry.serial, entry.code, document_of(entry), entry.institution_id, entry.teller.login,
            _account(leg), leg.transit, entry.amount_fen, entry.business_day, entry.biller_id,
            KINDS[PayKind(entry.pay_kind)], has_pin, False, leg.cheque_no, leg.cheque_on, entry.account_no), now)


def settle_payment(entry: Entry, now: datetime, pin: str = "") -> Moved | None:
    """What became of an entry's posting, asked now; None: it has none, for there is no core. It is written with the
    entry that is sent: where it is not there, the core was asked for nothing."""
    if leg_of(entry) is None:
        return None
    with reached() as cores:
        try:
            return moves.settle(cores, entry.serial, now, pin)
        except Refused as refused:
            if refused.code is not Code.SERIAL_UNKNOWN:
                raise
            return Moved(entry.serial, "refused", CoreCode.CORE_NOT_POSTED)


def write_back(original: Entry, by: Entry, now: datetime) -> None:
    """A payment that does not stand: its posting is undone, whatever is known of it. Cash that another teller gives
    back leaves his own box."""
    leg = leg_of(original)
    if leg is None:
        return
    with plain_connection() as conn:
        found = moves.find(conn, original.serial)
        if found.state in ("refused", "undone"):
            return
        if original.pay_kind == PayKind.CASH and by.teller_id != original.teller_id and found.state == "done":
            _write_return(by, leg, now)
            return
        login = queries.login_of(by.teller_id)
        moves.write_undo(conn, key_ring(), original.serial, by.code, login, by.business_day, now, document_of(by))


def write_refund(original: Entry, by: Entry, now: datetime) -> None:
    """Money of an earlier day goes back from the transit account, whole or in part."""
    leg = leg_of(original)
    if leg is not None:
        _write_return(by, leg, now)


def _write_return(by: Entry, leg: CoreLeg, now: datetime) -> None:
    with plain_connection() as conn:
        core = moves.core_of(conn, by.institution_id)
        is_cash, login = by.pay_kind == PayKind.CASH, queries.login_of(by.teller_id)
        to = core.cash_box(login) if is_cash and core else _account(leg)
        moves.write(conn, key_ring(), MoveOrder(
            leg.core_id, by.serial, by.code, document_of(by), by.institution_id, login, leg.transit, to,
            by.amount_fen, by.business_day, by.biller_id, "internal", False, True, summary=by.account_no), now)


def settle_back(entry: Entry, now: datetime) -> None:
    """Asks the core for what was written for this entry; what it does not answer the worker asks for."""
    with reached() as cores:
        moves.settle_of(cores, document_of(entry), now)


def document_of(entry: Entry) -> str:
    """As a move names it."""
    return f"counter_entry:{entry.pk}"


def _account(leg: CoreLeg) -> str:
    return key_ring().open(bytes(leg.account_sealed), leg_context(leg.entry_id)).decode()
