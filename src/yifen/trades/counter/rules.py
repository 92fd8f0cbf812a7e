"""Pure decisions of the counter: serials, change, what is in the drawer, what may be shown."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from yifen.core.documents.figures import grouped_yuan
from yifen.core.facts.codes import Code
from yifen.core.facts.masking import masked_number
from yifen.core.facts.money import MAX_FEN
from yifen.core.facts.refused import Refused
from yifen.trades.counter.codes import CounterCode

DENOMINATIONS_FEN = (10_000, 5_000, 2_000, 1_000, 500, 100, 50, 10, 5, 2, 1)
"""券别: notes and coins of the renminbi that may be in a drawer."""

PIECES_MAX = 1_000_000
CASH_FEN_MAX = 1_000_000_000
"""Ten million yuan: more is no cash that somebody counted at a counter."""
UNSURE = frozenset({Code.UNAVAILABLE, Code.FAULT, Code.PROCESSING})
"""Codes that leave it open whether the payment was booked: confirm, or send the same serial again."""

_ACCOUNT = re.compile(r"[0-9A-Za-z*-]{4,32}")


def serial_of(business_day: date, shift_id: int, number: int) -> str:
    """The serial of the shift's nth entry, `20261123-17-0003`: readable, and never twice."""
    return f"{business_day:%Y%m%d}-{shift_id}-{number:04d}"


def reversal_serial(serial: str) -> str:
    """A payment has one reversal, so it has one serial: trying again is the same reversal."""
    return f"{serial}R"


def refund_serial(serial: str, number: int) -> str:
    """Of the nth refund of a payment; a try that the hub refused has used its serial up."""
    return f"{serial}T{number}"


def back_lines(lines: Sequence[Mapping[str, Any]], given_fen: int, fen: int) -> list[dict[str, Any]]:
    """What of each line of a payment goes back with `fen`, as the hub takes it: from the last line backwards,
    behind what was given back before."""
    found, skip = [], given_fen
    for line in reversed(lines):
        skipped = min(skip, line["amount_fen"])
        part = min(line["amount_fen"] - skipped, fen)
        skip, fen = skip - skipped, fen - part
        if part:
            found.append({**line, "amount_fen": part})
    return found[::-1]


def change_fen(amount_fen: int, tendered_fen: int) -> int:
    """What the payer gets back, in fen. Refused: CASH_SHORT, INPUT_INVALID (no such cash)."""
    if tendered_fen > CASH_FEN_MAX:
        raise Refused(Code.INPUT_INVALID, "tendered", f"≤ {grouped_yuan(CASH_FEN_MAX)}")
    if tendered_fen < amount_fen:
        raise Refused(CounterCode.CASH_SHORT, "tendered")
    return tendered_fen - amount_fen


def masked_account(account: str) -> str:
    """6222001234567890 → 6222********7890 (X3). Refused: INPUT_INVALID when it is no account."""
    if not _ACCOUNT.fullmatch(account):
        raise Refused(Code.INPUT_INVALID, "from_account")
    return masked_number(account, head=4)


def counted_fen(counted: Mapping[int, int]) -> int:
    """The sum of a cash count (value in fen → pieces). Refused: INPUT_INVALID for a value that does
    not exist, or more pieces than a drawer holds."""
    for value_fen, pieces in counted.items():
        if value_fen not in DENOMINATIONS_FEN or not 0 <= pieces <= PIECES_MAX:
            raise Refused(Code.INPUT_INVALID, f"pieces_{value_fen}")
    return sum(value_fen * pieces for value_fen, pieces in counted.items())


def expected_fen(opening_fen: int, taken_fen: int, given_fen: int) -> int:
    """What should be in the drawer: what was there, what was collected, what was given back."""
    return opening_fen + taken_fen - given_fen


def total_fen(amounts_fen: Iterable[int]) -> int:
    """The sum of what is chosen. Refused: NOTHING_CHOSEN, AMOUNT_WRONG beyond what one payment may
    be."""
    amounts = list(amounts_fen)
    if not amounts:
        raise Refused(Code.NOTHING_CHOSEN, "bills")
    if min(amounts) <= 0 or sum(amounts) > MAX_FEN:
        raise Refused(Code.AMOUNT_WRONG, "bills")
    return sum(amounts)
