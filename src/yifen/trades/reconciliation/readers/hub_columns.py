"""The hub's text file many lines at a time: a piece of detail lines as a block, by columns of numbers.

Only what is beyond doubt goes this way: a piece with anything unusual in it is read line by line
by `hub_file`, which names the breach. Both ways give the same rows; a test compares them.
"""

from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from yifen.core.facts.account_numbers import clean_account
from yifen.trades.reconciliation.readers.block import Block, Ints

CELLS = 11
BYTES_AT_ONCE = 1 << 20
_KIND, _SERIAL, _ORIGINAL, _ID, _BILLER, _ACCOUNT, _FEN, _PAID, _BOOKED, _THEIRS = range(1, CELLS)
_GIVEN = (_SERIAL, _ID, _BILLER, _ACCOUNT)
_TEXTS = (*_GIVEN, _ORIGINAL, _THEIRS)
_TEXT_BYTES_MAX = 128
_FEN_DIGITS_MAX = 15
_PAD = b"\0" * 16
Words = NDArray[np.uint64]


def _word(text: bytes) -> np.uint64:
    return np.uint64(int.from_bytes(text, "little"))


_CHARGE, _REVERSE, _REFUND = _word(b"charge|"), _word(b"reverse|"), _word(b"refund|")
_ZEROS, _HIGH, _SIXES = _word(b"0" * 8), _word(b"\xf0" * 8), _word(b"\x06" * 8)
_SIX, _SEVEN, _EIGHT = (np.uint64((1 << 8 * n) - 1) for n in (6, 7, 8))


def first_block(lines: bytes, first_line: int, offset: int) -> tuple[Block | None, bytes]:
    """A block of as many of these whole lines as can be: all, or all but the last, which is the
    tail in the file's last piece; and the lines that are left."""
    if (block := block_of(lines, first_line, offset)) is not None:
        return block, b""
    before = lines[: lines[:-1].rfind(b"\n") + 1]
    if before and (block := block_of(before, first_line, offset)) is not None:
        return block, lines[len(before) :]
    return None, lines


def block_of(lines: bytes, first_line: int, offset: int) -> Block | None:
    """The block of these whole lines, which begin at that byte of the file; None when they must be read one by
    one. UTF-8 only."""
    if not lines.startswith(b"D|") or not _usual(lines):
        return None
    padded = np.frombuffer(_PAD + lines + _PAD, np.uint8)
    raw = padded[len(_PAD) : -len(_PAD)]
    is_end = raw == ord("\n")
    found = np.flatnonzero(is_end | (raw == ord("|")))
    count = np.count_nonzero(is_end)
    if len(found) != count * CELLS or np.count_nonzero(raw < ord(" ")) != count:
        return None
    ends = np.ascontiguousarray(found.reshape(count, CELLS).T)
    begins = np.empty_like(ends)
    begins[1:] = ends[:-1] + 1
    begins[0, 0], begins[0, 1:] = 0, ends[-1, :-1] + 1
    sizes = ends - begins
    if not (
        is_end[ends[-1]].all()
        and (sizes[0] == 1).all() and (raw[begins[0]] == ord("D")).all()
        and sizes[_GIVEN, :].min() > 0 and sizes[_TEXTS, :].max() <= _TEXT_BYTES_MAX
    ):  # fmt: skip
        return None
    words = _words(padded)
    charged = _charged(words, begins[_KIND])
    fens = _numbers(words, begins[_FEN], sizes[_FEN])
    if (
        charged is None or fens is None or ((sizes[_ORIGINAL] == 0) != charged).any()
        or not _moments(words, begins[_PAID], sizes[_PAID])
        or not _moments(words, begins[_BOOKED], sizes[_BOOKED])
        or not _clean(lines, begins[_ACCOUNT], ends[_ACCOUNT])
    ):  # fmt: skip
        return None
    return Block(
        lines, np.arange(first_line, first_line + count), begins[0], ends[-1] - begins[0], lines,
        begins[_SERIAL], sizes[_SERIAL], np.where(charged, fens, -fens), np.zeros(count, np.int64), offset,
    )  # fmt: skip


def _usual(lines: bytes) -> bool:
    """No escape, and UTF-8."""
    if b"%" in lines or b"\x7f" in lines:
        return False
    try:
        return lines.isascii() or bool(lines.decode("utf-8"))
    except UnicodeDecodeError:
        return False


def _words(padded: NDArray[np.uint8]) -> Words:
    """At each byte of the lines' padding and theirs: it and the seven after it as one number, the
    first one lowest."""
    return np.ndarray((len(padded) - 7,), "<u8", padded.data, strides=(1,))


def _at(words: Words, places: Ints) -> Words:
    """The words at places of the lines."""
    found: Words = words[places + len(_PAD)]
    return found


def _charged(words: Words, begins: Ints) -> NDArray[np.bool_] | None:
    """Which lines are charges; None when one is of no kind."""
    kinds = _at(words, begins) & _SEVEN
    charged: NDArray[np.bool_] = kinds == _CHARGE
    others = kinds[~charged]
    if ((others != _REFUND) & ((_at(words, begins[~charged]) & _EIGHT) != _REVERSE)).any():
        return None
    return charged


def _digits(words: Words) -> bool:
    return bool(
        ((words & _HIGH) == _ZEROS).all() and (((words + _SIXES) & _HIGH) == _ZEROS).all()
    )


def _numbers(words: Words, begins: Ints, sizes: Ints) -> Ints | None:
    """Numbers without a leading zero; a bare 0 is unusual enough. None when one is none."""
    if sizes.min() < 1 or sizes.max() > _FEN_DIGITS_MAX or ((_at(words, begins) & np.uint64(255)) == ord("0")).any():
        return None
    ends = begins + sizes
    low = _last(_at(words, ends - 8), np.minimum(sizes, 8))
    if not _digits(low):
        return None
    if sizes.max() <= 8:
        return _value(low)
    high = _last(_at(words, ends - 16), np.maximum(sizes - 8, 0))
    return _value(high) * 100_000_000 + _value(low) if _digits(high) else None


def _last(words: Words, sizes: Ints) -> Words:
    """The last characters of words, zeros before them."""
    before = (8 * (8 - sizes)).astype(np.uint64)
    mask = np.where(before < 64, (np.uint64(1) << (before % np.uint64(64))) - np.uint64(1), np.uint64(2**64 - 1))
    return (words & ~mask) | (_ZEROS & mask)


def _value(words: Words) -> Ints:
    """Eight digits as a number."""
    halves = words - _ZEROS
    halves = halves * np.uint64(10) + (halves >> np.uint64(8))
    mask = np.uint64(0x000000FF000000FF)
    tens = (halves & mask) * np.uint64(0x000F424000000064)
    ones = ((halves >> np.uint64(16)) & mask) * np.uint64(0x0000271000000001)
    return ((tens + ones) >> np.uint64(32)).astype(np.int64)


def _moments(words: Words, begins: Ints, sizes: Ints) -> bool:
    """Are all of them 14 digits of a day and a time that there are?"""
    if (sizes != 14).any():
        return False
    days = _at(words, begins)
    others: Any = np.unique(days) if (days != days[0]).any() else days[:1]
    if not all(_is_day(int(day).to_bytes(8, "little")) for day in others):
        return False
    times = (_at(words, begins + 8) & _SIX) | (_ZEROS & ~_SIX)
    hours, minutes, seconds = (times & np.uint64(0xFFFF << 16 * n) for n in range(3))
    return (
        _digits(times)
        and bool((_value(_last_two(hours, 0)) < 24).all())
        and bool((_value(_last_two(minutes, 1)) < 60).all())
        and bool((_value(_last_two(seconds, 2)) < 60).all())
    )


def _last_two(words: Words, pair: int) -> Words:
    """Two digits of a word, the pair of that number, after six zeros."""
    moved = (words >> np.uint64(16 * pair)) << np.uint64(48)
    return moved | (_ZEROS & _SIX)


def _is_day(text: bytes) -> bool:
    try:
        return text.isdigit() and bool(date.fromisoformat(text.decode()))
    except ValueError:
        return False


def _clean(lines: bytes, begins: Ints, ends: Ints) -> bool:
    """Are the account numbers in their one form?"""
    if lines.isascii() and b" " not in lines:
        return True
    cells = {lines[begin:end].decode() for begin, end in zip(begins.tolist(), ends.tolist(), strict=True)}
    return all(clean_account(cell) == cell for cell in cells)
