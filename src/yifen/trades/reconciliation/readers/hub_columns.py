"""The hub's text file a million lines at a time: a block of detail lines as columns, ready for COPY.

Only what is beyond doubt goes this way: a block with anything unusual in it is read line by line
by `hub_file`, which names the breach. Both ways give the same rows; a test compares them.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from functools import partial
from itertools import repeat
from typing import BinaryIO, NamedTuple

from yifen.core.facts.account_numbers import clean_account
from yifen.trades.reconciliation.readers.lines import LINE_BYTES_MAX

CELLS = 11
BYTES_AT_ONCE = 1 << 18
_KINDS = {b"charge": b"sale", b"reverse": b"void", b"refund": b"refund"}
# What a text cell must not hold, the backslash, which COPY reads in its own way, and the escape.
_UNUSUAL = bytes([*range(10), *range(11, 32), 127, *b"\\%"])
_TEXT_BYTES_MAX = 128
_NONE = b"\\N"


class Block(NamedTuple):
    """Lines for COPY into `recon_row`, and what they add up to."""

    copy: bytes
    lines: int
    charges: int
    charged_fen: int
    returned_fen: int

    @property
    def net_fen(self) -> int:
        return self.charged_fen - self.returned_fen


def first_block(lines: bytes, first_line: int, cell: bytes) -> tuple[Block | None, bytes]:
    """A block of as many of these whole lines as can be: all, or all but the last, which is the
    tail in the file's last piece; and the lines that are left."""
    if (block := block_of(lines, first_line, cell)) is not None:
        return block, b""
    before = lines[: lines[:-1].rfind(b"\n") + 1]
    if before and (block := block_of(before, first_line, cell)) is not None:
        return block, lines[len(before) :]
    return None, lines


def block_of(lines: bytes, first_line: int, cell: bytes) -> Block | None:
    """The block of these whole lines, each begun by `cell`, the file's id; None when they must be
    read one by one. UTF-8 only."""
    if lines.translate(None, _UNUSUAL) != lines or not _decodes(lines):
        return None
    count = lines.count(b"\n")
    cells = lines.replace(b"\n", b"|").split(b"|")
    cells.pop()
    if len(cells) != count * CELLS or cells[::CELLS].count(b"D") != count:
        return None
    kinds, serials, originals, ids, billers, accounts, fen, paid, booked, theirs = (
        cells[place::CELLS] for place in range(1, CELLS)
    )
    if not (
        all(b"" not in column for column in (serials, ids, billers, accounts, fen))
        and _short(lines, (serials, originals, ids, billers, accounts, theirs))
        and _numbers(fen) and _moments(booked) and set(kinds) <= _KINDS.keys() and _clean(accounts)
    ):  # fmt: skip
        return None
    at = _moments(paid)
    charges = kinds.count(b"charge")
    if at is None or charges != originals.count(b""):
        return None
    amounts = list(map(int, fen))
    total = sum(amounts)
    fronts: Iterable[bytes]
    if charges == count:
        taken, fronts = total, repeat(_front(cell, b"charge", b""), count)
    else:
        if any((kind == b"charge") != (not original) for kind, original in zip(kinds, originals, strict=True)):
            return None
        taken = sum([fen for fen, kind in zip(amounts, kinds, strict=True) if kind == b"charge"])
        fronts = map(partial(_front, cell), kinds, originals)
    numbers = map(b"%d".__mod__, range(first_line, first_line + count))
    rows = map(b"\t".join, zip(fronts, numbers, fen, at, serials, ids, accounts, strict=True))
    return Block(b"\n".join(rows) + b"\n", count, charges, taken, total - taken)


def _front(cell: bytes, kind: bytes, original: bytes) -> bytes:
    """The columns that most lines of a file share."""
    return b"\t".join((cell, _KINDS[kind], b"0", original or _NONE, _NONE))


def _decodes(lines: bytes) -> bool:
    try:
        lines.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _short(lines: bytes, columns: tuple[list[bytes], ...]) -> bool:
    """Cells of at most 128 bytes, which short lines have anyway."""
    if max(map(len, lines.split(b"\n"))) <= _TEXT_BYTES_MAX:
        return True
    return all(max(map(len, column)) <= _TEXT_BYTES_MAX for column in columns)


def _clean(column: list[bytes]) -> bool:
    """Account numbers in their one form."""
    joined = b"|".join(column)
    if joined.isascii() and b" " not in joined:
        return True
    return all(clean_account(one) == one for one in joined.decode("utf-8").split("|"))


def _numbers(column: list[bytes]) -> bool:
    """Digits without a leading zero; a bare 0 is unusual enough."""
    joined = b"|" + b"|".join(column)
    return (
        joined.replace(b"|", b"").isdigit()
        and b"|0" not in joined
        and max(map(len, column)) <= 15
    )


def _moments(column: list[bytes]) -> list[bytes] | None:
    """The moments with a T before the time, as COPY reads them; None when one is none, or when they
    are of several days. Each place of the fourteen is a stride of the joined digits."""
    joined, count = b"".join(column), len(column)
    day = column[0][:8]
    if (
        set(map(len, column)) != {14}
        or not joined.isdigit()
        or any(joined[n::14].count(day[n]) != count for n in range(8))
        or not _is_day(day)
    ):
        return None
    tens, ones = joined[8::14], joined[9::14]
    if tens.translate(None, b"012") or (b"2" in tens and not _hours(tens, ones)):
        return None
    if joined[10::14].translate(None, b"012345") or joined[12::14].translate(None, b"012345"):
        return None
    return (b"|" + b"|".join(column)).replace(b"|" + day, b"|" + day + b"T")[1:].split(b"|")


def _hours(tens: bytes, ones: bytes) -> bool:
    return not any(ten == ord("2") and one > ord("3") for ten, one in zip(tens, ones, strict=True))


def _is_day(text: bytes) -> bool:
    try:
        date.fromisoformat(text.decode())
    except ValueError:
        return False
    return True


def whole_lines(stream: BinaryIO) -> Iterator[bytes]:
    """The stream in pieces that end with a line: the first line alone, which is the head; a line
    that is too long, or without an end, as it is."""
    if first := stream.readline(LINE_BYTES_MAX):
        yield first
    rest = b""
    while piece := stream.read(BYTES_AT_ONCE):
        whole, found, tail = (rest + piece).rpartition(b"\n")
        if found:
            yield whole + found
        rest = tail
        if len(rest) > LINE_BYTES_MAX:
            break
    if rest:
        yield rest
