"""Pure decisions of the core port: serials, what a refusal is called, when a silent move is asked again."""

from datetime import date, timedelta

from yifen.core.facts.bilingual import Bilingual
from yifen.core.facts.codes import Code, ResultCode
from yifen.core.facts.refused import Refused
from yifen.core.wire.core_port import AccountState
from yifen.hub.corebank.codes import CoreCode

KEY_LEAST, KEY_MOST = 20, 200
KEY_SHAPE = Bilingual("密钥为 20 至 200 位 ASCII 字符", "the key has 20 to 200 ASCII signs")
LADDER_S = (5, 10, 20, 40, 80, 160, 300, 600)
"""A move that nobody knows of is asked about again, later and later."""
FIRST_LOOK = timedelta(seconds=45)
"""A move whose process died is looked at then: by that time a call of it has ended."""
IN_FLIGHT = timedelta(seconds=30)
"""So long after it was sent, a message may still arrive: it is not sent again."""
CHEQUE_DAYS = 10
"""A cheque is presented within 10 days from the day it was written (支付结算办法)."""
OPEN = frozenset({"asked", "unknown"})

_WHY: dict[str, CoreCode] = {
    "no_account": CoreCode.CORE_NO_ACCOUNT, "wrong_kind": CoreCode.CORE_WRONG_KIND,
    "closed": CoreCode.CORE_CLOSED, "frozen": CoreCode.CORE_FROZEN, "lost": CoreCode.CORE_LOST,
    "replaced": CoreCode.CORE_LOST, "name_differs": CoreCode.CORE_NAME_DIFFERS,
    "pin_wrong": CoreCode.CORE_PIN_WRONG, "short": CoreCode.CORE_SHORT, "no_cheque": CoreCode.CHEQUE_UNKNOWN,
    "cheque_used": CoreCode.CHEQUE_USED, "cheque_lost": CoreCode.CHEQUE_STOPPED,
    "cheque_returned": CoreCode.CHEQUE_STOPPED, "cheque_void": CoreCode.CHEQUE_STOPPED,
    "cheque_late": CoreCode.CHEQUE_LATE, "original_missing": CoreCode.CORE_ORIGINAL_MISSING,
    "blocked": CoreCode.CORE_NOT_POSTED,
}  # fmt: skip
FIELDS: dict[ResultCode, str] = {
    CoreCode.CORE_NO_ACCOUNT: "from_account", CoreCode.CORE_WRONG_KIND: "from_account",
    CoreCode.CORE_CLOSED: "from_account", CoreCode.CORE_FROZEN: "from_account", CoreCode.CORE_LOST: "from_account",
    CoreCode.CORE_NAME_DIFFERS: "from_account", CoreCode.CORE_SHORT: "from_account", CoreCode.CORE_PIN_WRONG: "pin",
    CoreCode.CHEQUE_UNKNOWN: "cheque_no", CoreCode.CHEQUE_USED: "cheque_no", CoreCode.CHEQUE_STOPPED: "cheque_no",
    CoreCode.CHEQUE_LATE: "cheque_on",
}  # fmt: skip
"""Which field of a form a refusal is about."""
_CHEQUES = {1: None, 2: CoreCode.CHEQUE_STOPPED, 3: CoreCode.CHEQUE_STOPPED, 4: CoreCode.CHEQUE_STOPPED,
            5: CoreCode.CHEQUE_USED}  # fmt: skip


def code_of(why: str) -> CoreCode:
    """What a core's code of refusal is called here."""
    return _WHY.get(why, CoreCode.CORE_REFUSED)


def codes() -> dict[str, int]:
    """What every code of refusal that is known is called here, by number."""
    return {why: int(code) for why, code in _WHY.items()}


def undo_serial(serial: str) -> str:
    """A move has one undo, so it has one serial: trying again is the same undo."""
    return f"{serial}U"


def check_cheque(written: date | None, day: date) -> None:
    """Refused: INPUT_INVALID (no date), CHEQUE_LATE."""
    if written is None:
        raise Refused(Code.INPUT_INVALID, "cheque_on")
    if not timedelta(0) <= day - written <= timedelta(days=CHEQUE_DAYS):
        raise Refused(CoreCode.CHEQUE_LATE, "cheque_on")


def check_payer(state: AccountState, kind: str, amount_fen: int, cheque_no: str = "") -> None:
    """Whether this account may pay, in the order of the core's own checks; the balance counts where it is told.
    Refused: CORE_NO_ACCOUNT, CORE_WRONG_KIND, CORE_LOST, CORE_CLOSED, CORE_FROZEN, CORE_PIN_WRONG,
    CHEQUE_UNKNOWN, CHEQUE_STOPPED, CHEQUE_USED, CORE_SHORT."""
    cheque = _CHEQUES.get(state.cheque, CoreCode.CHEQUE_UNKNOWN) if cheque_no else None
    short = state.free_fen is not None and state.free_fen < amount_fen
    for fails, code in (
        (not state.found, CoreCode.CORE_NO_ACCOUNT), (state.kind != kind, CoreCode.CORE_WRONG_KIND),
        (state.medium != 0, CoreCode.CORE_LOST), (not state.open, CoreCode.CORE_CLOSED),
        (state.frozen, CoreCode.CORE_FROZEN), (state.pin == "wrong", CoreCode.CORE_PIN_WRONG),
        (cheque is not None, cheque), (short, CoreCode.CORE_SHORT),
    ):  # fmt: skip
        if fails and code is not None:
            raise Refused(code, FIELDS[code])


def check_named(state: AccountState, name: str, field: str) -> None:
    """Whether the account is open and held in this name, blanks around it aside. Refused: CORE_NO_ACCOUNT,
    CORE_CLOSED, CORE_NAME_DIFFERS."""
    if not state.found:
        raise Refused(CoreCode.CORE_NO_ACCOUNT, field)
    if not state.open:
        raise Refused(CoreCode.CORE_CLOSED, field)
    if state.name.strip() != name.strip():
        raise Refused(CoreCode.CORE_NAME_DIFFERS, field)
