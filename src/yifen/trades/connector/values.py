"""What stands in a utility's columns, read as ours: amounts to fen, days in any usual spelling, text of any code page.
What cannot be read exactly is refused, never rounded or guessed. Pure."""

import re
from collections.abc import Mapping as Named
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from yifen.core.facts.days import ZONE
from yifen.core.facts.money import MAX_FEN, AmountError, format_yuan, parse_fen, parse_yuan
from yifen.trades.connector.mapping import CodePage, Unit

_DAY = re.compile(r"(\d{4})(?:[-/.年](\d{1,2})[-/.月](\d{1,2})日?|(\d{2})(\d{2}))(?:[T ]?[0-9:.+Z-]*)?")
_FULL = re.compile(r"\d{4}\D?\d{2}\D?\d{2}\D?([01]\d|2[0-3])\D?[0-5]\d\D?[0-5]\d")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\ufffe\uffff]")


class ValueUnread(ValueError):
    """A column holds what the mapping does not say; names the column, never the value."""


def column(row: Named[str, Any], name: str) -> Any:
    """By its name in small or large letters: databases differ in which they tell."""
    for known, value in row.items():
        if known.lower() == name.lower():
            return value
    raise ValueUnread(f"there is no column {name}")


def fen_of(row: Named[str, Any], name: str, unit: Unit) -> int:
    """Of NULL 0. ValueUnread: finer than a fen, no number, beyond bounds."""
    value = column(row, name)
    if value is None:
        return 0
    try:
        text = f"{_decimal(value):f}"
        if unit == "yuan":
            return parse_yuan(text, signed=True)
        whole, _, rest = text.partition(".")
        if rest.strip("0"):
            raise ValueUnread(f"{name} is finer than one fen")
        return parse_fen(whole, signed=True)
    except (AmountError, InvalidOperation, ValueError):
        raise ValueUnread(f"{name} is no amount in {unit}") from None


def _decimal(value: Any) -> Decimal:
    """A binary fraction is what its shortest spelling says: 12.3, where the database keeps it in no other way."""
    if isinstance(value, bytes):
        value = value.decode("ascii")
    if isinstance(value, bool) or not isinstance(value, (int, Decimal, str)):
        value = repr(value)
    if isinstance(value, str):
        value = value.strip().replace(",", "")
    found = Decimal(value)
    if not found.is_finite() or abs(found) > MAX_FEN:
        raise ValueUnread("beyond bounds")
    return found


def moment_of(row: Named[str, Any], name: str, page: CodePage) -> datetime:
    """By the clock of Beijing; of a mere day its beginning."""
    value = column(row, name)
    if isinstance(value, datetime):
        return (value.astimezone(ZONE).replace(tzinfo=None) if value.tzinfo else value).replace(microsecond=0)
    found = day_of(row, name, page)
    if found is None:
        raise ValueUnread(f"{name} is empty")
    clock = "" if isinstance(value, date) else text_of(row, name, page)
    digits = re.sub(r"\D", "", clock)[8:14] if _FULL.match(clock) else ""
    hour, minute, second = (int(digits[at : at + 2] or 0) for at in (0, 2, 4))
    return datetime.combine(found, time(hour, minute, second))


def day_of(row: Named[str, Any], name: str, page: CodePage) -> date | None:
    """2026-11-30, 20261130, 2026/11/30, 2026年11月30日, with or without a time behind it; None: NULL or blank."""
    value = column(row, name)
    if isinstance(value, datetime):
        return (value.astimezone(ZONE) if value.tzinfo else value).date()
    if value is None or isinstance(value, date):
        return value
    text = text_of(row, name, page).strip()
    if not text:
        return None
    found = _DAY.fullmatch(text)
    if found is None:
        raise ValueUnread(f"{name} is no day")
    year, month, day, month2, day2 = found.groups()
    try:
        return date(int(year), int(month or month2), int(day or day2))
    except ValueError:
        raise ValueUnread(f"{name} is no day") from None


def text_of(row: Named[str, Any], name: str, page: CodePage, most: int = 0) -> str:
    """Without blanks around it (of CHAR columns). ValueUnread: not of its code page, too long, control characters."""
    value = column(row, name)
    if value is None:
        return ""
    try:
        if isinstance(value, (bytes, bytearray, memoryview)):
            value = bytes(value).decode(page.charset)
        elif page.declared and isinstance(value, str):
            value = value.encode(page.declared).decode(page.charset)
    except UnicodeError:
        raise ValueUnread(f"{name} is not written in {page.charset}") from None
    text = str(value).strip()
    if (most and len(text) > most) or _CONTROL.search(text):
        raise ValueUnread(f"{name} has control characters, or more than {most}")
    return text


def given(text: str, page: CodePage) -> str:
    """A text of ours as the database wants it bound."""
    return text.encode(page.charset).decode(page.declared) if page.declared else text


def moment(at: datetime) -> dict[str, Any]:
    """By the clock of Beijing, in the spellings that columns have."""
    local = at.astimezone(ZONE).replace(microsecond=0, tzinfo=None)
    return {"at": local, "day": local.date(), "day8": f"{local:%Y%m%d}", "time14": f"{local:%Y%m%d%H%M%S}"}


def whole_day(day: date) -> dict[str, Any]:
    """From its first moment to the first of the next."""
    since = datetime.combine(day, time())
    return {"day": day, "day8": f"{day:%Y%m%d}", "since": since, "until": since + timedelta(days=1)}


def is_one_of(row: Named[str, Any], name: str, words: Sequence[str | int | bool], page: CodePage) -> bool:
    """Does the column say one of these?"""
    return column(row, name) in words or text_of(row, name, page) in map(str, words)


def amount(fen: int, prefix: str = "") -> dict[str, Any]:
    """In fen, and in yuan with two decimals."""
    return {f"{prefix}fen": fen, f"{prefix}yuan": Decimal(format_yuan(fen))}
