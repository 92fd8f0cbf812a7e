"""Pure decisions of the POS door: what fields say, which code goes with which field 39, what is paid of an account."""

from collections.abc import Callable, Sequence
from hashlib import sha256
from typing import NamedTuple

from yifen.core.facts.codes import Code, ResultCode
from yifen.core.facts.refused import Refused
from yifen.core.wire.messages import LINES_MAX, Line
from yifen.core.wire.pos_frames import cut
from yifen.core.wire.replies import PayableView
from yifen.hub.pos.codes import PosCode

Fields = dict[str, str]
SALE, VOID, REFUND = "22", "23", "25"
"""The first two digits of field 60."""
SIGN_ON, SIGN_OFF, ECHO, UPLOAD, UPLOADED = ("001", "003", "004"), "002", "301", "201", ("202", "207")
"""Its network code, behind the batch."""
STATUS, PARAMETERS, PARAMETERS_END = "362", "360", "361"
"""Of our own parameters: 0820 asks whether there are newer ones, 0800 takes them, 0800 says that they were taken."""
OF_ACQUIRER = {"0820": ("372", "382"), "0800": ("370", "371", "380", "381", "390", "391")}
"""What a card's acquirer tells: keys and parameters of chip cards, and the blacklist 黑名单, each with its end."""
NOTHING_NEW, ALL_TOLD = "0", "1"
"""How field 62 of an answer begins; 2 (of an acquirer): more follows."""
LADDER_S = (5, 10, 20, 40, 80, 160, 300, 600)
"""An undo that found nobody is tried again, later and later."""

FIELD_39: dict[ResultCode, str] = {
    Code.OK: "00", Code.BUSY: "96", Code.UNAVAILABLE: "96", Code.FAULT: "96",
    PosCode.POS_TERMINAL_UNKNOWN: "97", PosCode.POS_TERMINAL_STOPPED: "58", PosCode.POS_MAC_WRONG: "A0",
    PosCode.POS_SIGN_ON_FIRST: "77", PosCode.POS_BATCH_OTHER: "77", PosCode.POS_TRACE_REUSED: "94",
    PosCode.POS_NOT_SUPPORTED: "40", PosCode.POS_FIELD_MISSING: "30", PosCode.POS_UNKNOWN: "98",
    PosCode.POS_ORIGINAL_UNKNOWN: "25", PosCode.POS_ORIGINAL_UNFIT: "12", PosCode.POS_ACQUIRER_AWAY: "91",
    PosCode.POS_BATCH_CLOSED: "12", PosCode.POS_CARD_REFUSED: "05", PosCode.POS_CARD_SHORT: "51",
    PosCode.POS_CARD_PIN: "55", PosCode.POS_CARD_INVALID: "14", PosCode.POS_CARD_STOPPED: "41",
    PosCode.POS_CARD_LIMIT: "61", Code.ACCOUNT_UNKNOWN: "25", Code.PAYABLE_UNKNOWN: "25", Code.AMOUNT_WRONG: "13",
    Code.AMOUNT_ABOVE_LEFT: "13", Code.BALANCE_SHORT: "12", Code.MONEY_TIED: "12",
    Code.BILLER_SUSPENDED: "57", Code.NOT_ADMITTED: "57", Code.CHANNEL_CLOSED: "57",
    Code.PARTNER_SUSPENDED: "57", Code.OVER_PAYMENT_LIMIT: "61", Code.OVER_DAY_LIMIT: "61",
    Code.BILLER_OUTAGE: "91", Code.BILLER_UNAVAILABLE: "91",
}  # fmt: skip
_CARDS: dict[str, PosCode] = {
    "51": PosCode.POS_CARD_SHORT, "55": PosCode.POS_CARD_PIN, "75": PosCode.POS_CARD_PIN, "38": PosCode.POS_CARD_PIN,
    "99": PosCode.POS_CARD_PIN, "14": PosCode.POS_CARD_INVALID, "54": PosCode.POS_CARD_INVALID,
    "33": PosCode.POS_CARD_INVALID, "41": PosCode.POS_CARD_STOPPED, "43": PosCode.POS_CARD_STOPPED,
    "34": PosCode.POS_CARD_STOPPED, "61": PosCode.POS_CARD_LIMIT, "65": PosCode.POS_CARD_LIMIT,
}  # fmt: skip
REFUSED = frozenset({
    *_CARDS, "01", "02", "03", "04", "05", "06", "07", "12", "13", "15", "19", "21", "25", "30", "31", "36", "37", "40",
    "42", "52", "53", "57", "58", "59", "62", "63", "64", "66", "67", "77", "79", "90", "91", "92", "93", "97", "A0",
})  # fmt: skip
"""Of an acquirer, about a sale: nothing stands. What is neither this nor 00 (10 and 11 approve otherwise than asked)
may stand, and is undone."""
LATER = frozenset({"09", "22", "68", "79", "90", "91", "92", "96", "98", "A0"})
"""Of an undo: it may be asked again."""
TAKEN_BACK = frozenset({Code.OK, Code.ORIGINAL_UNKNOWN_BLOCKED, Code.ORIGINAL_NOT_BOOKED})
"""Of the hub: by this very undo nothing of the payment stands. What another one took back (ALREADY_REVERSED) went its
own way, and the card is not paid twice."""


class Kind60(NamedTuple):
    """Field 60: kind of transaction, batch, network code."""

    kind: str
    batch: int
    network: str


class Original(NamedTuple):
    """Field 61: batch and trace of the original."""

    batch: int
    trace: int


class Totals(NamedTuple):
    """Half of field 48 of a settlement."""

    debit_count: int
    debit_fen: int
    credit_count: int
    credit_fen: int


def field_39(code: ResultCode) -> str:
    """How a terminal is told."""
    return FIELD_39.get(code, "96" if code.meaning.retryable else "05")


def code_of(field39: str) -> ResultCode:
    """What an acquirer's answer is called here."""
    return Code.OK if field39 == "00" else _CARDS.get(field39, PosCode.POS_CARD_REFUSED)


def told(code: ResultCode) -> str:
    """Field 56: the number and its Chinese words, for the terminal's screen and slip."""
    return cut(f"{code:04d} {code.meaning.zh}", 40).rstrip()


def number(fields: Fields, name: str, first: int = 0, digits: int = 0) -> int:
    """A number in a field, or in some of its digits. Refused: POS_FIELD_MISSING."""
    text = fields.get(name, "")
    part = text[first : first + digits] if digits else text
    if not part or len(part) < digits or not part.isdecimal():
        raise Refused(PosCode.POS_FIELD_MISSING, name)
    return int(part)


def amount(fields: Fields) -> int:
    """Refused: POS_FIELD_MISSING, AMOUNT_WRONG (nothing)."""
    fen = number(fields, "4")
    if fields.get("49") != "156":  # whoever names an amount names its currency
        raise Refused(PosCode.POS_FIELD_MISSING, "49")
    if fen == 0:
        raise Refused(Code.AMOUNT_WRONG, "4")
    return fen


def kind_60(fields: Fields) -> Kind60:
    """Refused: POS_FIELD_MISSING."""
    number(fields, "60", 0, 8)
    text = fields["60"]
    return Kind60(text[:2], int(text[2:8]), text[8:11])


def original_61(fields: Fields) -> Original:
    """Refused: POS_FIELD_MISSING."""
    return Original(number(fields, "61", 0, 6), number(fields, "61", 6, 6))


def totals_48(fields: Fields) -> Totals:
    """Home and foreign cards together. Refused: POS_FIELD_MISSING."""
    number(fields, "48", 0, 62)
    halves = (fields["48"][:31], fields["48"][31:62])
    parts = [[int(half[:12]), int(half[12:15]), int(half[15:27]), int(half[27:30])] for half in halves]
    debit_fen, debit_count, credit_fen, credit_count = (sum(pair) for pair in zip(*parts, strict=True))
    return Totals(debit_count, debit_fen, credit_count, credit_fen)


def items_48(fields: Fields) -> list[tuple[int, int]]:
    """(trace, fen) of an upload: a count, then for each the kind of card 2, the trace 6, the card 20, the amount 12.
    Refused: POS_FIELD_MISSING."""
    text, count = fields.get("48", ""), number(fields, "48", 0, 2)
    parts = [text[2 + 40 * at : 42 + 40 * at] for at in range(count)]
    if any(len(part) < 40 or not (part[2:8] + part[28:]).isdecimal() for part in parts):
        raise Refused(PosCode.POS_FIELD_MISSING, "48")
    return [(int(part[2:8]), int(part[28:])) for part in parts]


def _whole_62(fields: Fields) -> str:
    return _gbk(fields.get("62", ""))


def _after_actn(fields: Fields) -> str:
    text = _gbk(fields.get("62", ""))
    return text[4:19] if text.startswith("ACTN") else ""


def _tag_5f01(fields: Fields) -> str:
    """Tags of two bytes, lengths of one."""
    data, at = bytes.fromhex(fields.get("62", "")), 0
    while at + 3 <= len(data):
        value = data[at + 3 : at + 3 + data[at + 2]]
        if data[at : at + 2] == b"\x5f\x01" and len(value) == data[at + 2]:
            return _gbk(value.hex())
        at += 3 + data[at + 2]
    return ""


ACCOUNTS: dict[str, Callable[[Fields], str]] = {
    "62": _whole_62, "62-actn": _after_actn, "62-5f01": _tag_5f01,
    "48": lambda fields: fields.get("48", ""),
    "63": lambda fields: _gbk(fields.get("63", "")),
}  # fmt: skip
"""Where a terminal's program writes the account number: all of 62; 62 behind `ACTN`; tag 5F01 in 62; 48; 63."""


def parameters(version: int, merchant_name: str) -> bytes:
    """Field 62 of a download: that this is all, the version, and each parameter by its number of two digits and its
    value of fixed length: seconds until a time-out, how often it is tried, no tip, no card typed by hand, the
    merchant's name."""
    name = cut(merchant_name, 40).encode("gb18030")
    return f"{ALL_TOLD}{version:06d}1260133180200".encode() + b"22" + name


def account(fields: Fields, account_in: str) -> str:
    """Refused: POS_FIELD_MISSING."""
    found = ACCOUNTS[account_in](fields).strip()
    if not 0 < len(found) <= 40 or not found.isprintable():
        raise Refused(PosCode.POS_FIELD_MISSING, account_in[:2])
    return found


def _gbk(data: str) -> str:
    try:
        return bytes.fromhex(data).decode("gb18030").strip("\0 ")
    except ValueError:
        return ""


def card(fields: Fields) -> str:
    """Its number; "" where there is none, or its track is sealed: the acquirer reads it."""
    found = fields.get("2", "") or fields.get("35", "").partition("D")[0]
    return found if found.isdecimal() and 13 <= len(found) <= 19 else ""


def shown_card(fields: Fields) -> str:
    """First six and last four; "" where no number can be read."""
    found = card(fields)
    return f"{found[:6]}{'*' * (len(found) - 10)}{found[-4:]}" if found else ""


def content(*values: object) -> bytes:
    """Tells a sale that came twice from another one of the same trace."""
    return sha256(repr(values).encode()).digest()


def lines_of(payables: Sequence[PayableView], amount_fen: int) -> list[Line]:
    """What an amount pays, in the order in which the account owes it; whole ones whole. Refused: ALREADY_PAID (there is
    nothing to pay), AMOUNT_WRONG."""
    if not payables:
        raise Refused(Code.ALREADY_PAID, "account_no")
    left, lines = amount_fen, []
    for one in payables[:LINES_MAX]:
        part = min(left, one.due_fen if one.mode == "exact" else one.max_fen)
        if part == 0 and one.due_fen == 0 and left:
            continue
        if left == 0:
            break
        if part < (one.due_fen if one.mode == "exact" else one.min_fen):
            raise Refused(Code.AMOUNT_WRONG, "4")
        lines.append(Line(payable=one.payable, amount_fen=part))
        left -= part
    if left or not lines:
        raise Refused(Code.AMOUNT_WRONG, "4")
    return lines


def due_fen(payables: Sequence[PayableView]) -> int:
    """What a query tells in field 4."""
    return sum(one.due_fen for one in payables)
