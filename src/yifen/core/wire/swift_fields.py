"""Fields of SWIFT statements (MT940, MT942) taken apart by the tables of the mt-940 package, which keep mark, amount
and references as they stand; what the package makes of them is its own, and is left out."""

import logging
import re
from calendar import monthrange
from typing import Any

import mt940

from yifen.core.facts.money import parse_yuan

# The package logs a field that it cannot read, with a person's account in it: who asked is told enough.
logging.getLogger("mt940").addHandler(logging.NullHandler())
logging.getLogger("mt940").propagate = False

_TABLES = mt940.models.Transactions(options=mt940.Options.all())  # keeps nothing: only its options
_ENTRY, _BALANCE = mt940.tags.Statement(), mt940.tags.FinalOpeningBalance()
_UNTYPED = re.compile(r"([0-9 ]{6,10}R?[DC][A-Z]?[0-9]{1,13},[0-9]{0,2})(NONREF)")
_COMMA = re.compile(r"[0-9]{1,13},[0-9]{0,2}")


class SwiftFieldWrong(ValueError):
    """It is not as SWIFT writes it."""


def entry_parts(text: str) -> dict[str, str]:
    """Of :61: — year, month, day, entry_month, entry_day, status, amount, id, customer_reference, bank_reference,
    extra_details; empty where it has none. Some banks leave the type out before NONREF: there it is NMSC, so that the
    reference is not "EF". SwiftFieldWrong."""
    return _parts(_ENTRY, _UNTYPED.sub(r"\1NMSC\2", text, count=1))


def balance_parts(text: str) -> dict[str, str]:
    """Of :60F:, :62F: and their like — status, year, month, day, currency, amount. SwiftFieldWrong."""
    return _parts(_BALANCE, text)


def value_day(parts: dict[str, str]) -> str:
    """Of an entry's parts, as yyyyMMdd: 30 (and 29) February, of the 30/360 way of counting interest, is the month's
    last day."""
    year, month, day = f"20{parts['year']}", parts["month"], parts["day"]
    if month == "02" and day in ("29", "30"):
        day = str(monthrange(int(year), 2)[1])
    return f"{year}{month}{day}"


def comma_fen(text: str) -> int:
    """Fen of an amount with a comma. SwiftFieldWrong: it is none; AmountError: too large."""
    if not _COMMA.fullmatch(text):
        raise SwiftFieldWrong(text[:40])
    return parse_yuan(text.replace(",", ".").removesuffix("."))


def _parts(table: Any, text: str) -> dict[str, str]:
    try:
        found: dict[str, str | None] = table.parse(_TABLES, text)
    except RuntimeError:
        raise SwiftFieldWrong(text[:40]) from None
    return {name: value or "" for name, value in found.items()}
