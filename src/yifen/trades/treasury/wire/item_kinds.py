"""Kinds of values in treasury messages: how a text is read and written, and the code of one that is wrong."""

import re
from collections.abc import Callable
from datetime import date
from typing import NamedTuple

from yifen.core.facts.money import MAX_FEN, AmountError, format_yuan, parse_yuan
from yifen.core.wire.kinds import FORBIDDEN
from yifen.core.wire.moments import day_of, day_text
from yifen.trades.treasury.codes import TreasuryCode as C

ItemValue = str | int | date
_CONTROL = re.compile(f"[{FORBIDDEN}]")
_AMOUNT = re.compile(r"-?(?:0|[1-9][0-9]{0,12})(?:\.[0-9]{1,2})?")


class ItemKind(NamedTuple):
    """`read`: ValueError for a text that is none. `write` gives the one form in which we send it."""

    type: type
    read: Callable[[str], ItemValue]
    write: Callable[[ItemValue], str]
    code: C = C.PAPER_FIELD

    def text(self, value: ItemValue) -> str:
        """As it is sent; only what would be read alike. ValueError."""
        if type(value) is not self.type:
            raise ValueError("of another type")
        text = self.write(value)
        if self.read(text) != value:
            raise ValueError("not to be written")
        return text


def _shaped(pattern: str, code: C = C.PAPER_FIELD) -> ItemKind:
    whole = re.compile(pattern)

    def read(text: str) -> str:
        if whole.fullmatch(text) is None:
            raise ValueError(f"not of the form {pattern}")
        return text

    return ItemKind(str, read, str, code)


def _words(bytes_most: int) -> ItemKind:
    """Any text without controls, so long in GBK at most."""

    def read(text: str) -> str:
        if _CONTROL.search(text) or text != text.strip(" "):
            raise ValueError("controls, or blanks around it")
        if len(text.encode("gb18030")) > bytes_most:
            raise ValueError(f"more than {bytes_most} bytes")
        return text

    return ItemKind(str, read, str, C.PAPER_LONG)


def _day(text: str) -> date:
    if not re.fullmatch(r"[0-9]{8}", text):
        raise ValueError("no day like 20261130")
    return day_of(text)


def _yuan(text: str) -> int:
    if not _AMOUNT.fullmatch(text) or (text.startswith("-") and not text.strip("-0.")):
        raise ValueError("no amount like 150.00")
    try:
        return parse_yuan(text, signed=True)
    except AmountError as error:
        raise ValueError(str(error)) from None


def _yuan_text(fen: ItemValue) -> str:
    assert isinstance(fen, int)
    if abs(fen) > MAX_FEN:
        raise ValueError("too large")
    return format_yuan(fen)


def _count(text: str) -> int:
    if not re.fullmatch(r"0|[1-9][0-9]{0,8}", text):
        raise ValueError("no count")
    return int(text)


KINDS: dict[str, ItemKind] = {
    "code": _shaped(r"[0-9A-Za-z_.:/-]{1,42}"),
    "number": _shaped(r"[0-9A-Za-z_-]{1,19}"),  # of a voucher: less than 20
    "account": _shaped(r"[0-9A-Za-z*-]{1,40}"),
    "bank": _shaped(r"[0-9]{12}", C.PAPER_BANK_NO),
    "treasury": _shaped(r"[0-9]{10}", C.PAPER_TREASURY_NO),
    "year": _shaped(r"20[0-9]{2}"),
    "month": _shaped(r"0[1-9]|1[0-2]"),
    "flag": _shaped(r"[0-9]"),
    "pack": _shaped(r"[0-9]{8}"),
    "message": _shaped(r"100|103|001|111|112|121|122"),  # PayMsgNo: how the money went
    "digits4": _shaped(r"[0-9]{4}"),
    "digits20": _shaped(r"[0-9]{1,20}"),
    "name": _words(119),
    "purpose": _words(199),
    "words": _words(254),
    "day": ItemKind(date, _day, lambda day: day_text(day) if isinstance(day, date) else ""),
    "amount": ItemKind(int, _yuan, _yuan_text, C.PAPER_AMOUNT),
    "count": ItemKind(int, _count, str),
}
