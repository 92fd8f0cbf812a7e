"""Fields of SWIFT statements (MT940, MT942) taken apart by the tables of the mt-940 package, which keep mark, amount
and references as they stand; what the package makes of them is its own, and is left out."""

import logging
import re
from typing import Any

import mt940

from yifen.core.facts.money import parse_yuan

# The package logs a field that it cannot read, with a person's account in it: who asked is told enough.
logging.getLogger("mt940").addHandler(logging.NullHandler())
logging.getLogger("mt940").propagate = False

_TABLES = mt940.models.Transactions(options=mt940.Options.all())  # keeps nothing: only its options
_ENTRY, _BALANCE = mt940.tags.Statement(), mt940.tags.FinalOpeningBalance()
_COMMA = re.compile(r"[0-9]{1,13},[0-9]{0,2}")


class SwiftFieldWrong(ValueError):
    """It is not as SWIFT writes it."""


def entry_parts(text: str) -> dict[str, str]:
    """Of :61: — year, month, day, entry_month, entry_day, status, amount, id, customer_reference, bank_reference,
    extra_details; empty where it has none. SwiftFieldWrong."""
    return _parts(_ENTRY, text)


def balance_parts(text: str) -> dict[str, str]:
    """Of :60F:, :62F: and their like — status, year, month, day, currency, amount. SwiftFieldWrong."""
    return _parts(_BALANCE, text)


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
