"""A phone bank's menu 电话银行 as rules: a key comes in; out come what is said and what is to be done. No clock
and no wire is in here."""

from typing import NamedTuple

from yifen.core.facts.account_numbers import ACCOUNT_MAX
from yifen.core.facts.plug import Text
from yifen.hub.simulators import phone_words as words

LANGUAGE, SERVICE, ACCOUNT, CONFIRM, OVER = "language", "service", "account", "confirm", "over"
ASK, PAY = "ask", "pay"
MISSED_MAX = 3  # a prompt is said again so often; then the phone is hung up
SERVICES_MAX = 8  # keys 1 to 8


class PhoneService(NamedTuple):
    """What a key of the second menu pays."""

    biller: str
    fee: Text


class PhoneBill(NamedTuple):
    """What is due of an account, the oldest first; `least_fen`: so much of it at least is paid at a time."""

    payable: str
    fen: int
    least_fen: int


class PhoneCall(NamedTuple):
    """How far a call is. `missed`: silences and wrong keys since the last key that meant something. `pays`: of what is
    due what one payment takes, `limit_fen` where that is not all of it."""

    services: tuple[PhoneService, ...]
    at: str = LANGUAGE
    english: bool = False
    missed: int = 0
    service: PhoneService | None = None
    account_no: str = ""  # as far as it was keyed in
    due_fen: int = 0
    pays: tuple[PhoneBill, ...] = ()
    limit_fen: int = 0

    @property
    def pays_fen(self) -> int:
        return sum(bill.fen for bill in self.pays)


class PhoneStep(NamedTuple):
    """What follows: `said` in order, then `act`: ask what is due, pay it, or wait for a key."""

    call: PhoneCall
    said: tuple[Text, ...]
    act: str = ""


def begin(services: tuple[PhoneService, ...]) -> PhoneStep:
    """Somebody called."""
    return _at(PhoneCall(services), LANGUAGE)


def prompt(call: PhoneCall) -> tuple[Text, ...]:
    """What is asked at this place."""
    match call.at:
        case "language":
            return words.LANGUAGE
        case "service":
            keys = [(key, one.fee) for key, one in enumerate(call.services, 1)]
            return (Text("，".join(f"{fee.zh}请按 {key}" for key, fee in keys) + "；重听请按 9，结束请挂机。",
                         ", ".join(f"for {fee.en} press {key}" for key, fee in keys).capitalize()
                         + "; to hear it again 9, or hang up."),)  # fmt: skip
        case "account":
            return (words.ACCOUNT,)
    assert call.service is not None
    due_said = words.amount_due(call.account_no, call.service.fee, call.due_fen)
    if not call.limit_fen:
        return (due_said, words.CONFIRM)
    return (words.limit(call.limit_fen), due_said, words.part(len(call.pays), call.pays_fen), words.CONFIRM)


def pressed(call: PhoneCall, key: str) -> PhoneStep:
    """A key: 0 to 9, * or #."""
    match call.at, key:
        case "language", "1" | "2":
            return _at(call._replace(english=key == "2"), SERVICE)
        case "service" | "confirm", "9":
            return _at(call, call.at)
        case "service", _ if key.isdecimal() and 0 < int(key) <= len(call.services):
            return _at(call._replace(service=call.services[int(key) - 1], account_no=""), ACCOUNT)
        case "account", "*":
            return _at(call._replace(account_no=""), ACCOUNT if call.account_no else SERVICE)
        case "account", "#" if call.account_no:
            return PhoneStep(call._replace(missed=0), (words.WAIT,), ASK)
        case "account", _ if key.isdecimal() and len(call.account_no) < ACCOUNT_MAX:
            return PhoneStep(call._replace(account_no=call.account_no + key, missed=0), ())
        case "confirm", "1":
            return PhoneStep(call._replace(missed=0), (words.WAIT,), PAY)
        case "confirm", "2":
            return _at(call, SERVICE, words.CANCELLED)
    return _missed(call, words.WRONG)


def silent(call: PhoneCall) -> PhoneStep:
    """No key came for as long as the bank waits."""
    return _missed(call)


def due(call: PhoneCall, bills: tuple[PhoneBill, ...], limit_fen: int | None = None) -> PhoneStep:
    """What the account owes; over the limit of one payment, that and how much of it can be paid."""
    fen = sum(bill.fen for bill in bills)
    if not fen:
        return _at(call, SERVICE, words.NOTHING_DUE)
    if limit_fen is None or fen <= limit_fen:
        return _at(call._replace(due_fen=fen, pays=bills, limit_fen=0), CONFIRM)
    pays = fitting(bills, limit_fen)
    if not pays:
        assert call.service is not None
        due_said = words.amount_due(call.account_no, call.service.fee, fen)
        return _at(call._replace(account_no=""), SERVICE, words.limit(limit_fen), due_said, words.ELSEWHERE)
    return _at(call._replace(due_fen=fen, pays=pays, limit_fen=limit_fen), CONFIRM)


def fitting(bills: tuple[PhoneBill, ...], limit_fen: int) -> tuple[PhoneBill, ...]:
    """The oldest that fit whole, or, where not even the first does and it may be paid by parts, as much of it."""
    found = list[PhoneBill]()
    for bill in bills:
        if bill.fen > limit_fen - sum(one.fen for one in found):
            break
        found.append(bill)
    if not found and bills[0].least_fen <= limit_fen:
        return (bills[0]._replace(fen=limit_fen),)
    return tuple(found)


def not_told(call: PhoneCall, why: Text, another: bool = False) -> PhoneStep:
    """What is due is not known: `another` number may be keyed in, or another service chosen."""
    return _at(call._replace(account_no=""), ACCOUNT if another else SERVICE, why)


def paid(call: PhoneCall, said: Text) -> PhoneStep:
    """What became of the payment; the caller may go on."""
    return _at(call._replace(account_no="", due_fen=0, pays=(), limit_fen=0), SERVICE, said)


def _at(call: PhoneCall, place: str, *before: Text) -> PhoneStep:
    call = call._replace(at=place, missed=0)
    return PhoneStep(call, (*before, *prompt(call)))


def _missed(call: PhoneCall, *before: Text) -> PhoneStep:
    if call.missed == MISSED_MAX:
        return PhoneStep(call._replace(at=OVER), (*before, words.BYE))
    call = call._replace(missed=call.missed + 1, account_no="" if call.at == ACCOUNT else call.account_no)
    return PhoneStep(call, (*before, *prompt(call)))
