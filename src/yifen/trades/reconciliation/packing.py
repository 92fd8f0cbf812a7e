"""Where each line of a large file stands, packed: lines whose serials fall into one slot lie together, with what
they add up to.

A run compares slots, and opens only those that differ (sql/match_v1.sql, packs_v1.sql). A line of our own form
stays where it stands in the file's bytes; of any other the same form is kept beside them.
"""

import struct
from collections.abc import Callable, Iterator
from hashlib import sha256
from typing import Any

import numpy as np

from yifen.trades.reconciliation import marks
from yifen.trades.reconciliation.readers.block import Block, Ints

SLOTS = 1 << 14
LINES_AT_ONCE = 1 << 20
PIECES_AT_ONCE = 5 << 10  # of a COPY: a pack has five
PART_BYTES = 1 << 20
_HEAD, _END = b"PGCOPY\n\xff\r\n\0" + bytes(8), b"\xff\xff"
# A tuple of ten columns, each after its bytes; an array of bigints is of type 20.
_FIXED, _SIZE = struct.Struct(">hiqiiiiiqiqiQiQi32s"), struct.Struct(">i")
_ARRAY, _BIGINT, _ELEMENT = struct.Struct(">iiiii"), 20, np.dtype([("size", ">i4"), ("value", ">i8")])
_TEXT = struct.Struct(">hiqiii")


class Packs:
    """Takes blocks of one file; `packs` and `texts` get what COPY takes of them. `in_place`: offsets of blocks
    are those of the file's bytes."""

    def __init__(
        self, file_id: int, seed: int, in_place: bool, packs: Callable[[bytes], None], texts: Callable[[bytes], None]
    ) -> None:
        self._file_id, self._seed, self._in_place = file_id, seed, in_place
        self._packs, self._texts = packs, texts
        self._taken: list[tuple[marks.Marks, Ints, Ints, Ints, Ints]] = []
        self._lines = 0
        self._text, self._text_no = bytearray(), 0

    def add(self, block: Block) -> None:
        hashes = marks.texts(block.serials, block.serial_at, block.serial_bytes, self._seed)
        self._taken.append((hashes, block.line_nos, self._places(block), block.fens, block.fees))
        self._lines += block.lines
        if self._lines >= LINES_AT_ONCE:
            self._flush()

    def end(self) -> None:
        """There are no more."""
        self._flush()
        self._flush_text()

    def _places(self, block: Block) -> Ints:
        """Part, place and bytes of each line in one number; of the text that is kept beside, it is negative."""
        if block.offset is None or not self._in_place:
            beside: Ints = ~self._kept(block.text, block.line_at, block.line_bytes)
            return beside
        begins = block.offset + block.line_at
        part = begins // PART_BYTES
        places: Ints = _place(part, begins % PART_BYTES, block.line_bytes)
        for number in np.flatnonzero((begins + block.line_bytes - 1) // PART_BYTES != part).tolist():
            begin, size = int(block.line_at[number]), int(block.line_bytes[number])
            line = block.text[begin : begin + size + 1]  # half of it stands in the next part
            places[number] = ~self._kept(line, 0, size)
        return places

    def _kept(self, text: bytes, at: Any, size: Any) -> Any:
        """The places of lines of a text that is kept beside the bytes."""
        if len(self._text) >= PART_BYTES:
            self._flush_text()
        places = _place(self._text_no, len(self._text) + at, size)
        self._text += text
        return places

    def _flush_text(self) -> None:
        if self._text:
            body = bytes(self._text)
            self._texts(_HEAD + _TEXT.pack(3, 8, self._file_id, 4, self._text_no, len(body)) + body + _END)
            self._text, self._text_no = bytearray(), self._text_no + 1

    def _flush(self) -> None:
        if self._taken:
            hashes, line_nos, places, fens, fees = map(np.concatenate, zip(*self._taken, strict=True))
            self._taken, self._lines = [], 0
            for some in packed(self._file_id, hashes, line_nos, places, fens, fees):
                self._packs(some)


def _place(part: Any, at: Any, size: Any) -> Any:
    return part << 44 | at << 20 | size


def packed(
    file_id: int, hashes: marks.Marks, line_nos: Ints, places: Ints, fens: Ints, fees: Ints
) -> Iterator[bytes]:
    """The packs of these lines, as COPY takes them, some at a time: the server takes those while the next are made. A
    key is a line's number, and of its hash what is not the slot."""
    slots = (hashes & np.uint64(SLOTS - 1)).astype(np.uint16)
    order = np.argsort(slots, kind="stable")
    hashes, fens, fees, slots = hashes[order], fens[order], fees[order], slots[order]
    begins = np.flatnonzero(np.diff(slots, prepend=SLOTS))
    keys = (hashes >> np.uint64(33) << np.uint64(32)).astype(np.int64) | line_nos[order]
    figures = zip(
        begins.tolist(), [*begins[1:].tolist(), len(order)], slots[begins].tolist(),
        np.add.reduceat(fens, begins).tolist(), np.add.reduceat(fees, begins).tolist(),
        np.bitwise_xor.reduceat(marks.numbers(fens, hashes), begins).tolist(),
        np.bitwise_xor.reduceat(marks.numbers(fees, hashes), begins).tolist(), strict=True,
    )  # fmt: skip
    found, columns = [_HEAD], (_elements(keys), _elements(places[order]))
    for begin, end, slot, fen, fee, mark, fee_mark in figures:
        if len(found) > PIECES_AT_ONCE:
            yield b"".join([*found, _END])
            found = [_HEAD]
        count = end - begin
        head, size = _ARRAY.pack(1, 0, _BIGINT, count, 1), _ELEMENT.itemsize
        arrays = [head + column[size * begin : size * end] for column in columns]
        digest = sha256(b"".join(arrays)).digest()
        found.append(_FIXED.pack(
            10, 8, file_id, 4, slot, 4, count, 8, fen, 8, fee, 8, mark, 8, fee_mark, 32, digest))  # fmt: skip
        for array in arrays:
            found += (_SIZE.pack(len(array)), array)
    yield b"".join([*found, _END])


def _elements(values: Ints) -> bytes:
    """Of an array, as the server takes them."""
    elements = np.empty(len(values), _ELEMENT)
    elements["size"], elements["value"] = 8, values
    return elements.tobytes()
