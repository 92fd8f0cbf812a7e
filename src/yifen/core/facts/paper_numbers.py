"""Numbers of papers as people type them: one reader for every field that takes one."""

import re
from collections.abc import Sequence

FULL_WIDTH = str.maketrans("０１２３４５６７８９－～，；", "0123456789-~,;")
DIGITS_MAX = 12


def number_of(typed: str) -> int | None:
    """A paper's number as people type it: with its leading zeros or without, in half or full width."""
    text = typed.translate(FULL_WIDTH).strip()
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= DIGITS_MAX else None


def numbers_typed(typed: str, known: Sequence[str]) -> tuple[str, ...]:
    """Several, one behind the other: each as the paper that is `known` has it, another one as it was typed."""
    whole: dict[int | None, str] = {number_of(number): number for number in known}
    found: list[str] = re.split(r"[,，;；、\s]+", typed.strip())
    return tuple(one if one in known else whole.get(number_of(one), one) for one in found if one)
