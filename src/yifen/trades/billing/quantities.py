"""Quantities as people write them, and as thousandths (`_milli`). Pure."""

import re
from decimal import Decimal

MILLI_MAX = 10**17
"""No service uses more in a period (`billing_most_milli_v1`)."""
_NUMBER = re.compile(r"[0-9]{1,12}(\.[0-9]{1,8})?")


def milli_of(text: str) -> int | None:
    """1234.5 → 1234500; None: it is no number, or finer than a thousandth."""
    found = _NUMBER.fullmatch(text)
    if found is None:
        return None
    whole, _, part = text.partition(".")
    part = part.rstrip("0")
    return int(whole) * 1000 + int(part.ljust(3, "0")) if len(part) <= 3 else None


def factor_of(text: str) -> Decimal | None:
    """A factor above zero, with four decimals at most; None: it is none."""
    if _NUMBER.fullmatch(text) is None:
        return None
    found = Decimal(text)
    return found if 0 < found < 10_000 and found == round(found, 4) else None


def shown(milli: int | None) -> str:
    """1234500 → 1,234.5"""
    if milli is None:
        return ""
    whole, part = divmod(abs(milli), 1000)
    tail = f".{part:03d}".rstrip("0") if part else ""
    return f"{'-' if milli < 0 else ''}{whole:,}{tail}"
