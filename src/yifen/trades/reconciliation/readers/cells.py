"""One cell of a file to its value: exact amounts, times that exist, serials without blanks."""

import re
from datetime import date, datetime, time
from decimal import Decimal
from typing import NoReturn

from yifen.core.facts.money import MAX_FEN, AmountError, parse_fen, parse_yuan
from yifen.trades.reconciliation.codes import FileCode
from yifen.trades.reconciliation.reasons import told
from yifen.trades.reconciliation.rows import FileError

TEXT_MAX = 128
_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}")
_COUNT = re.compile(r"([0-9]{1,12})(?:\.0{1,2})?")
_EXACT = re.compile(r"-?[0-9]{1,13}(?:\.[0-9]{1,5})?")
_SERIAL = re.compile(r"[^\s\x00-\x20\x7f]{1,128}")


def yuan(line_no: int, column: str, text: str, *, signed: bool = False) -> int:
    """Fen of an amount in yuan; FILE_AMOUNT_INVALID when it is none or finer than one fen."""
    try:
        return parse_yuan(text, signed=signed)
    except AmountError as error:
        raise FileError(line_no, column, error.args[0], FileCode.FILE_AMOUNT_INVALID) from error


def fen(line_no: int, column: str, text: str, *, signed: bool = False) -> int:
    """Fen of an amount in fen; FILE_AMOUNT_INVALID."""
    try:
        return parse_fen(text, signed=signed)
    except AmountError as error:
        raise FileError(line_no, column, error.args[0], FileCode.FILE_AMOUNT_INVALID) from error


def exact(line_no: int, column: str, text: str) -> int:
    """Hundred-thousandths of a yuan with a sign, as WeChat writes fees; FILE_AMOUNT_INVALID."""
    if not _EXACT.fullmatch(text):
        reason = told("not an amount of up to 5 decimals: {!r}", text[:40])
        raise FileError(line_no, column, reason, FileCode.FILE_AMOUNT_INVALID)
    return int(Decimal(text).scaleb(5))


def within_bounds(line_no: int, column: str, amount_fen: int) -> int:
    """The amount itself; FILE_AMOUNT_INVALID beyond what one field may hold."""
    if abs(amount_fen) > MAX_FEN:
        raise FileError(line_no, column, told("beyond {} fen", MAX_FEN), FileCode.FILE_AMOUNT_INVALID)
    return amount_fen


def count(line_no: int, column: str, text: str) -> int:
    """A number of lines: "20", and "20.0" as WeChat prints it; FILE_TOTAL_COUNT."""
    found = _COUNT.fullmatch(text)
    if found is None:
        raise FileError(line_no, column, told("not a count: {!r}", text[:40]), FileCode.FILE_TOTAL_COUNT)
    return int(found[1])


def moment(line_no: int, column: str, text: str) -> datetime:
    """Wall clock "2019-07-25 08:35:41"; FILE_TIME_INVALID."""
    if not _MOMENT.fullmatch(text):
        _no_time(line_no, column, text)
    return _parsed(line_no, column, text)


def compact_moment(line_no: int, column: str, text: str) -> datetime:
    """Wall clock "20190725083541"; FILE_TIME_INVALID."""
    if not re.fullmatch(r"[0-9]{14}", text):
        _no_time(line_no, column, text)
    return _parsed(line_no, column, f"{text[:8]}T{text[8:]}")


def day(line_no: int, column: str, text: str) -> date:
    """A date "20190725" or "2019-07-25"; FILE_TIME_INVALID."""
    if not re.fullmatch(r"[0-9]{8}|[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        _no_time(line_no, column, text)
    return _parsed(line_no, column, text).date()


_WRITTEN = re.compile(
    r"([0-9]{4})([-/])([0-9]{1,2})\2([0-9]{1,2})(?:[ T]([0-9]{1,2}):([0-9]{2})(?::([0-9]{2}))?)?"
)
_CLOCK = re.compile(r"([0-9]{2}):?([0-9]{2}):?([0-9]{2})|([0-9]{1,2}):([0-9]{2})")


def written_day(line_no: int, column: str, text: str) -> date:
    """A date as exports write it: 20260725, 2026-07-25, 2026/7/25, a time after it; FILE_TIME_INVALID."""
    if found := _WRITTEN.fullmatch(text):
        text = f"{found[1]}-{found[3]:0>2}-{found[4]:0>2}"
    return day(line_no, column, text)


def written_moment(line_no: int, column: str, text: str, near: date | None) -> datetime:
    """A time as exports write it: 20260725083541, 2026-07-25 08:35:41, 2026/7/25 8:35, and 0725083541,
    whose year is the one that brings it nearest to the day `near`; FILE_TIME_INVALID."""
    if (found := _WRITTEN.fullmatch(text)) and found[5]:
        plain = f"{found[1]}-{found[3]:0>2}-{found[4]:0>2} {found[5]:0>2}:{found[6]}:{found[7] or '00'}"
        return moment(line_no, column, plain)
    if re.fullmatch(r"[0-9]{10}", text) and near is not None:
        return _nearest(line_no, column, text, near)
    return compact_moment(line_no, column, text)


def written_clock(line_no: int, column: str, text: str) -> time:
    """A time of day: 083541, 08:35:41, 8:35; FILE_TIME_INVALID."""
    found = _CLOCK.fullmatch(text)
    if found is None:
        _no_time(line_no, column, text)
    hours, minutes, seconds = found[1] or found[4], found[2] or found[5], found[3] or "00"
    return _parsed(line_no, column, f"2000-01-01T{hours:0>2}:{minutes}:{seconds}").time()


def _nearest(line_no: int, column: str, text: str, near: date) -> datetime:
    """The 29th of February exists in some of the years only."""
    found = []
    for year in (near.year - 1, near.year, near.year + 1):
        try:
            found.append(datetime.fromisoformat(f"{year:04}{text[:4]}T{text[4:]}"))
        except ValueError:
            continue
    if not found:
        _no_time(line_no, column, text)
    return min(found, key=lambda at: abs((at.date() - near).days))


def serial(line_no: int, column: str, text: str) -> str:
    """A serial of 1 to 128 characters without blanks; FILE_SERIAL_MISSING."""
    if not _SERIAL.fullmatch(text):
        reason = told("not a serial: {!r}", text[:40])
        raise FileError(line_no, column, reason, FileCode.FILE_SERIAL_MISSING)
    return text


def clean(text: str) -> str:
    """Free text for a row: every run of blanks (tabs too) one space, at most 128 characters."""
    return " ".join(text.split())[:TEXT_MAX]


def _parsed(line_no: int, column: str, text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        _no_time(line_no, column, text)


def _no_time(line_no: int, column: str, text: str) -> NoReturn:
    raise FileError(line_no, column, told("no such time: {!r}", text[:40]), FileCode.FILE_TIME_INVALID)
