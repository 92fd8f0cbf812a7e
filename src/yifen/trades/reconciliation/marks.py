"""PostgreSQL's hashes of many values at once, so that both sides of a match are marked alike.

`texts` is its hashtextextended(serial, seed), `numbers` its hashint8extended(fen, seed); a test compares them.
Where a server counts otherwise (big-endian) nothing agrees at first sight, and every line is joined.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from yifen.trades.reconciliation.readers.block import Ints

Halves = NDArray[np.uint32]
Marks = NDArray[np.uint64]
_BEGIN = 0x9E3779B9 + 3923095
_ROUND = (4, 6, 8, 16, 19, 4)
_LAST = (14, 11, 25, 16, 4, 14, 24)


def texts(buffer: bytes, at: Ints, sizes: Ints, seed: int) -> Marks:
    """Of each text in the buffer, by its place and bytes."""
    found = np.empty(len(at), np.uint64)
    padded = buffer + b"\0" * 4
    words = np.ndarray((len(padded) - 3,), "<u4", padded, strides=(1,))
    for size in np.unique(sizes).tolist():
        which: Any = slice(None) if size == sizes[0] and (sizes == size).all() else np.flatnonzero(sizes == size)
        found[which] = _of_size(words, at[which], size, seed)
    return found


def numbers(values: Ints, seeds: Marks) -> Marks:
    """Of each number with a seed of its own, none of them 0."""
    whole = values.view(np.uint64)
    low, high = whole.astype(np.uint32), (whole >> np.uint64(32)).astype(np.uint32)
    a, b, c = (np.full(len(values), _low(_BEGIN + 4), np.uint32) for _ in range(3))
    _seeded(a, b, c, seeds)
    a += low ^ np.where(values >= 0, high, ~high)
    return _ended(a, b, c)


def _of_size(words: Halves, at: Ints, size: int, seed: int) -> Marks:
    a, b, c = (np.full(len(at), _low(_BEGIN + size), np.uint32) for _ in range(3))
    _seeded(a, b, c, np.full(1, seed & (2**64 - 1), np.uint64))
    rest = size
    while rest >= 12:
        a += words[at]
        b += words[at + 4]
        c += words[at + 8]
        _mix(a, b, c)
        at, rest = at + 12, rest - 12
    for half, place in ((a, 0), (b, 4), (c, 8)):
        if (left := min(rest - place, 4)) > 0:
            word = words[at + place]
            word = word & np.uint32((1 << 8 * left) - 1)
            half += word << np.uint32(8) if half is c else word  # c's lowest byte is left out
    return _ended(a, b, c)


def _seeded(a: Halves, b: Halves, c: Halves, seeds: Marks) -> None:
    a += (seeds >> np.uint64(32)).astype(np.uint32)
    b += seeds.astype(np.uint32)
    _mix(a, b, c)


def _mix(a: Halves, b: Halves, c: Halves) -> None:
    for turn in _ROUND:
        a -= c
        a ^= _turned(c, turn)
        c += b
        a, b, c = b, c, a


def _ended(a: Halves, b: Halves, c: Halves) -> Marks:
    for turn in _LAST:
        c ^= b
        c -= _turned(b, turn)
        a, b, c = b, c, a
    # after seven turns the names have moved on by one
    a, b, c = c, a, b
    return (b.astype(np.uint64) << np.uint64(32)) | c


def _turned(value: Halves, turn: int) -> Halves:
    return (value << np.uint32(turn)) | (value >> np.uint32(32 - turn))


def _low(value: int) -> int:
    return value & 0xFFFFFFFF
