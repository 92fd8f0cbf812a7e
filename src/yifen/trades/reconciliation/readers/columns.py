"""Lines of a file as columns of cells: each column is read by one step, where its cells are ordinary.

Whatever is unusual is read cell by cell by `cells`. A breach that is met among many lines is not yet told:
the lines are then read one by one, each as columns of one cell, so that the first line with a breach names
it, by its first column. So there is one way to read a row, and it is written once.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial
from io import BytesIO
from itertools import compress
from typing import BinaryIO, Protocol, TypeVar

from yifen.trades.reconciliation.codes import FileCode
from yifen.trades.reconciliation.readers import cells
from yifen.trades.reconciliation.readers.lines import FileLines, decoded, whole_lines
from yifen.trades.reconciliation.reasons import told
from yifen.trades.reconciliation.rows import FileError, Row

T = TypeVar("T")
Read = Callable[[int, str, str], T]
"""What `cells` has: line, column and text to the value, or FileError."""

_YUAN = re.compile(r"(?:[0-9]{1,13}\.[0-9]{2}\n)*+")
_SIGNED = re.compile(r"(?:-?[0-9]{1,13}\.[0-9]{2}\n)*+")
_EXACT = re.compile(r"(?:-?[0-9]{1,13}\.[0-9]{5}\n)*+")
_DIGITS = b"0123456789"
FEW = 8  # lines that are not worth being taken together


class Unusual(Exception):
    """These lines cannot be taken together; one by one they are right, or name their breach."""


class Columns:
    """Cells of lines by the names of their columns. `line_no` is the first line's: that of all where the
    breach is told, for then there is one."""

    def __init__(
        self,
        line_nos: Sequence[int],
        cells: Mapping[str, Sequence[str]],
        mask: Sequence[bool] | None = None,
    ) -> None:
        self.line_nos, self.line_no = line_nos, line_nos[0]
        self._cells, self._mask = cells, mask

    def __len__(self) -> int:
        return len(self.line_nos)

    def __contains__(self, name: str) -> bool:
        return name in self._cells

    def __getitem__(self, name: str) -> Sequence[str]:
        column = self._cells[name]
        return column if self._mask is None else list(compress(column, self._mask))

    def some(self, mask: Sequence[bool]) -> "Columns | None":
        """Those of the lines whose mark is true; None where there is none."""
        if all(mask):
            return self
        return (
            Columns(list(compress(self.line_nos, mask)), self._cells, mask) if any(mask) else None
        )

    def said(self, name: str) -> Iterable[str]:
        """Each text of a column once, in order."""
        return dict.fromkeys(self[name])

    def each(self, name: str, read: Read[T], texts: Sequence[str] | None = None) -> list[T]:
        """The cells of a column (or these texts in their place) by this function, each text once."""
        texts = self[name] if texts is None else texts
        values = {text: read(self.line_no, name, text) for text in dict.fromkeys(texts)}
        return [values[text] for text in texts]

    def word(self, name: str, words: Mapping[str, T]) -> list[T]:
        """What the words of a column mean; FILE_KIND_UNKNOWN."""
        try:
            return [words[text] for text in self[name]]
        except KeyError as unknown:
            reason = told("unknown: {!r}", unknown.args[0][:20])
            raise FileError(self.line_no, name, reason, FileCode.FILE_KIND_UNKNOWN) from None

    def yuan(self, name: str, *, signed: bool = False, empty: bool = False) -> list[int]:
        """As `cells.yuan`; `empty`: a cell may be, and is zero."""
        texts = [text or "0.00" for text in self[name]] if empty else self[name]
        joined = "\n".join([*texts, ""])
        if (_SIGNED if signed else _YUAN).fullmatch(joined):
            return list(map(int, joined.replace(".", "").split()))
        return self.each(name, partial(cells.yuan, signed=signed), texts)

    def exact(self, name: str) -> list[int]:
        """As `cells.exact`."""
        joined = "\n".join([*self[name], ""])
        if _EXACT.fullmatch(joined):
            return list(map(int, joined.replace(".", "").split()))
        return self.each(name, cells.exact)

    def moment(self, name: str, read: Read[datetime] = cells.moment) -> list[datetime]:
        """As `cells.moment`, or as `read` where a cell is not written as that has it."""
        return moments(self[name]) or self.each(name, read)

    def serial(self, name: str) -> Sequence[str]:
        """As `cells.serial`."""
        return self[name] if are_words(self[name]) else self.each(name, cells.serial)

    def clean(self, name: str) -> Sequence[str]:
        """As `cells.clean`."""
        return cleaned(self[name])


def moments(texts: Sequence[str], between: str = " ") -> list[datetime] | None:
    """Wall clocks "2019-07-25 08:35:41"; None when one of them is none."""
    left = "".join(texts).encode().translate(None, _DIGITS)
    if left != f"--{between}::".encode() * len(texts) or set(map(len, texts)) != {19}:
        return None
    try:
        return list(map(datetime.fromisoformat, texts))
    except ValueError:
        return None


def cleaned(texts: Sequence[str]) -> Sequence[str]:
    """Each as `cells.clean` makes it."""
    if not any(texts) or are_words(texts):
        return texts
    values = {text: cells.clean(text) for text in set(texts)}
    return [values[text] for text in texts]


def are_words(texts: Sequence[str]) -> bool:
    """Each has 1 to 128 characters and no blank; control characters stand in no line."""
    return "\n".join(texts).split() == list(texts) and max(map(len, texts)) <= cells.TEXT_MAX


class ByBlocks(Protocol):
    """One pass over a file that is read in blocks of whole lines."""

    ready: bool  # whether rows may follow: the head is over

    def many(self, block: bytes) -> list[Row]:
        """The rows of a block in which all lines are rows; it changes nothing when it raises Unusual or
        FileError."""

    def slowly(self, block: bytes) -> Iterator[Row]:
        """The rows of a block, line by line, whatever the lines are. FileError names the first breach."""


def rows_of(stream: BinaryIO, file: ByBlocks) -> Iterator[Sequence[Row]]:
    """The rows of a file, many at once where that can be; all rows before a breach, then the FileError."""
    for block in whole_lines(stream):
        while block and not file.ready:
            end = block.find(b"\n") + 1 or len(block)
            yield list(file.slowly(block[:end]))
            block = block[end:]
        if block:
            yield from _rows_of_block(block, file)


def _rows_of_block(block: bytes, file: ByBlocks) -> Iterator[Sequence[Row]]:
    """Where not all lines can be taken together, the half of them, and so on."""
    try:
        yield file.many(block)
        return
    except (FileError, Unusual):
        half = block.find(b"\n", len(block) // 2) + 1
    if 0 < half < len(block) and block.count(b"\n") > FEW:
        yield from _rows_of_block(block[:half], file)
        yield from _rows_of_block(block[half:], file)
        return
    rows: list[Row] = []
    try:
        for row in file.slowly(block):
            rows.append(row)
    except FileError:
        yield rows
        raise
    yield rows


class TextFile:
    """A file of lines of text: what is done with a line, and with many lines that are all rows."""

    encoding = "utf-8"
    ready = False

    def __init__(self, lines: FileLines) -> None:
        self.lines = lines

    def many(self, block: bytes) -> list[Row]:
        texts = self.lines.texts(block, self.encoding)
        if texts is None:
            raise Unusual
        rows = self.took_many(
            range(self.lines.line_no + 1, self.lines.line_no + 1 + len(texts)), texts
        )
        self.lines.line_no += len(texts)
        return rows

    def slowly(self, block: bytes) -> Iterator[Row]:
        for line_no, raw in self.lines.each(BytesIO(block)):
            yield from self.took(line_no, decoded(line_no, raw, self.encoding))

    def took(self, line_no: int, text: str) -> Iterable[Row]:
        """What one line gives."""
        raise NotImplementedError

    def took_many(self, line_nos: Sequence[int], texts: list[str]) -> list[Row]:
        """What lines give that are all rows; FileError or Unusual, and then nothing is changed."""
        raise NotImplementedError


def cut(line_nos: Sequence[int], names: Sequence[str], rows: list[list[str]]) -> Columns:
    """Lines that were split, as columns; Unusual when one has too few or too many cells."""
    if set(map(len, rows)) != {len(names)}:
        raise Unusual
    return Columns(line_nos, dict(zip(names, zip(*rows, strict=True), strict=True)))
