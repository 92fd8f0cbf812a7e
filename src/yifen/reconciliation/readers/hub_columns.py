"""The hub's text file a million lines at a time: a block of detail lines as columns, ready for COPY.

Only what is beyond doubt goes this way: a block with anything unusual in it is read line by line
by `hub_file`, which names the breach. Both ways give the same rows; a test compares them.
"""

from collections.abc import Iterator
from datetime import datetime
from itertools import repeat
from typing import NamedTuple

CELLS = 11
_KINDS = {b"charge": b"sale", b"reverse": b"void", b"refund": b"refund"}
# What a text cell must not hold, and the backslash, which COPY reads in its own way.
_UNUSUAL = bytes([*range(10), *range(11, 32), 127, ord("\\")])
_TEXT_BYTES_MAX = 128
_NONE = b"\\N"
_CLOCKS = frozenset(
    b"%02d%02d%02d" % (hour, minute, second)
    for hour in range(24)
    for minute in range(60)
    for second in range(60)
)


class Block(NamedTuple):
    """Lines for COPY (without the file's id), and what they add up to."""

    copy: bytes
    lines: int
    charges: int
    charged_fen: int
    returned_fen: int


def block_of(lines: bytes, first_line: int) -> Block | None:
    """The block of these whole lines; None when they must be read one by one. UTF-8 only."""
    if lines.translate(None, _UNUSUAL) != lines:
        return None
    count = lines.count(b"\n")
    cells = lines.replace(b"\n", b"|").split(b"|")
    cells.pop()
    if len(cells) != count * CELLS or any(mark != b"D" for mark in set(cells[::CELLS])):
        return None
    try:
        lines.decode("utf-8")
    except UnicodeDecodeError:
        return None
    kinds, serials, originals, ids, billers, accounts, fen, paid, booked, theirs = (
        cells[place::CELLS] for place in range(1, CELLS)
    )
    if not (
        _texts(serials) and _texts(ids) and _texts(billers) and _texts(accounts)
        and _short(originals) and _short(theirs) and _numbers(fen)
        and _moments(paid) and _moments(booked) and set(kinds) <= _KINDS.keys()
    ):  # fmt: skip
        return None
    charged = list(map(b"charge".__eq__, kinds))
    if charged != [not original for original in originals]:
        return None
    charges, amounts = sum(charged), list(map(int, fen))
    total = sum(amounts)
    taken = total if charges == count else sum(
        amount for amount, charge in zip(amounts, charged, strict=True) if charge
    )  # fmt: skip
    rows = zip(
        map(b"%d".__mod__, range(first_line, first_line + count)),
        map(_KINDS.__getitem__, kinds), fen, repeat(b"0"), paid, serials,
        repeat(_NONE) if charges == count else [original or _NONE for original in originals],
        ids, accounts,
    )  # fmt: skip
    return Block(b"\n".join(map(b"\t".join, rows)), count, charges, taken, total - taken)


def _texts(column: list[bytes]) -> bool:
    return b"" not in column and _short(column)


def _short(column: list[bytes]) -> bool:
    return max(map(len, column)) <= _TEXT_BYTES_MAX


def _numbers(column: list[bytes]) -> bool:
    """Digits without a leading zero; a bare 0 is unusual enough."""
    joined = b"|" + b"|".join(column)
    return (
        b"" not in column
        and joined.replace(b"|", b"").isdigit()
        and b"|0" not in joined
        and max(map(len, column)) <= 15
    )


def _moments(column: list[bytes]) -> bool:
    if set(map(len, column)) != {14} or not b"".join(column).isdigit():
        return False
    if not {moment[8:] for moment in column} <= _CLOCKS:
        return False
    return all(map(_is_day, {moment[:8] for moment in column}))


def _is_day(text: bytes) -> bool:
    try:
        datetime.strptime(text.decode(), "%Y%m%d")  # noqa: DTZ007 a day, no moment
    except ValueError:
        return False
    return True


def chunks(lines: Iterator[bytes]) -> Iterator[bytes]:
    """Whole lines out of a stream's pieces; what stands behind the last LF comes last."""
    rest = b""
    for piece in lines:
        whole, found, tail = (rest + piece).rpartition(b"\n")
        if found:
            yield whole + found
        rest = tail if found else rest + piece
    if rest:
        yield rest
