"""Reader of fixed-width byte records: fields of a table, one space between, LF or CRLF at the end."""

import re
from collections.abc import Callable, Iterator, Sequence
from io import BytesIO
from itertools import pairwise
from operator import itemgetter
from typing import BinaryIO, Literal, NamedTuple

from yifen.trades.reconciliation.codes import FileCode
from yifen.trades.reconciliation.readers.columns import Columns, Unusual, rows_of
from yifen.trades.reconciliation.reasons import told
from yifen.trades.reconciliation.rows import FileError, Row

FieldType = Literal["text", "digits", "digits_or_blank", "fen", "signed_fen"]
"""How a field is written: GB18030 text padded on the right; all digits; digits or all blanks;
digits in fen; a sign letter and digits in fen (C credit = plus, D debit = minus, blank = zero)."""

_CODES = {
    "digits": FileCode.FILE_CELL_INVALID, "digits_or_blank": FileCode.FILE_CELL_INVALID,
    "fen": FileCode.FILE_AMOUNT_INVALID, "signed_fen": FileCode.FILE_AMOUNT_INVALID,
}  # fmt: skip
_SIGNED = re.compile(rb"[CD][0-9]+| +0*")
_CONTROL = re.compile(rb"[\x00-\x1f\x7f]")
_ORDINARY = {
    "text": ".{{{0}}}", "digits": "[0-9]{{{0}}}", "fen": "[0-9]{{{0}}}",
    "digits_or_blank": "(?:[0-9]{{{0}}}| {{{0}}})", "signed_fen": "(?:[CD][0-9]{{{1}}}| 0{{{1}}}| {{{0}}})",
}  # fmt: skip
"""Each type as a pattern, by its width and one less; amounts without a sign may be written in more ways."""
_CONTROL_BYTES = bytes([*range(10), *range(11, 32), 127])


class FixedField(NamedTuple):
    """One field of the table: its name, its width in bytes, how it is written."""

    name: str
    width: int
    type: FieldType


class Fields:
    """A table of fields made ready for slicing: bytes are cut first, decoded after."""

    def __init__(self, *fields: FixedField) -> None:
        self.fields = fields
        self.length = sum(field.width for field in fields) + len(fields) - 1
        self.slices: dict[str, slice] = {}
        at = 0
        for field in fields:
            self.slices[field.name] = slice(at, at + field.width)
            at += field.width + 1
        record = " ".join(
            [_ORDINARY[field.type].format(field.width, field.width - 1) for field in fields]
        )
        self.ordinary = re.compile(f"(?:{record}\n)*+".encode(), re.DOTALL)

    def rows(
        self, stream: BinaryIO, read: Callable[[Columns], list[Row]]
    ) -> Iterator[Sequence[Row]]:
        """The rows that `read` makes of the records, whose texts have no padding. FileError names the
        first breach.

        All lines end alike, the last one too, else the file may have been cut off; an empty file has
        no records.
        """
        return rows_of(stream, _Records(self, read))

    def check(self, line_no: int, record: bytes) -> None:
        """FileError names the first field of a record that is not written as its type is."""
        for before, field in pairwise(self.fields):
            if record[self.slices[before.name].stop] != ord(" "):
                reason = "no space before the field"
                raise FileError(line_no, field.name, reason, FileCode.FILE_CELLS_WRONG)
        for field in self.fields:
            _check(line_no, field, record[self.slices[field.name]])


class _Records:
    """One pass over a file."""

    ready = True

    def __init__(self, fields: Fields, read: Callable[[Columns], list[Row]]) -> None:
        self.fields, self.read = fields, read
        self.line_no, self.end = 0, b"\n"

    def many(self, block: bytes) -> list[Row]:
        if self.end == b"\r\n":
            if block.count(b"\r\n") != block.count(b"\n"):
                raise Unusual
            block = block.replace(b"\r\n", b"\n")
        records = block.split(b"\n")[:-1]
        if (
            set(map(len, records)) != {self.fields.length}
            or len(block.translate(None, _CONTROL_BYTES)) != len(block)
        ):
            raise Unusual
        if not self.fields.ordinary.fullmatch(block):
            for line_no, record in enumerate(records, self.line_no + 1):
                self.fields.check(line_no, record)
        cells = _Cells(self.fields, records)
        if not block.isascii():
            cells.decode_all()
        count = len(records)
        rows = self.read(Columns(range(self.line_no + 1, self.line_no + 1 + count), cells))
        self.line_no += count
        return rows

    def slowly(self, block: bytes) -> Iterator[Row]:
        stream = BytesIO(block)
        while line := stream.readline(self.fields.length + 3):
            self.line_no += 1
            if self.line_no == 1 and line.endswith(b"\r\n"):
                self.end = b"\r\n"
            record = self._trimmed(self.line_no, line)
            self.fields.check(self.line_no, record)
            yield from self.read(Columns((self.line_no,), _Cells(self.fields, [record])))

    def _trimmed(self, line_no: int, line: bytes) -> bytes:
        length, record = self.fields.length, line.removesuffix(self.end)
        if not record.strip(b" \r"):
            raise FileError(line_no, "record", "blank line", FileCode.FILE_LINE_BLANK)
        if record.endswith((b"\r", b"\n")) and len(line) > length:
            reason = "ends otherwise than the first line"
            raise FileError(line_no, "record", reason, FileCode.FILE_LINE_END)
        if len(record) == length and record != line:
            return record
        if record == line and len(record) <= length:
            reason = told("cut off after {} bytes, no LF", len(record))
            raise FileError(line_no, "record", reason, FileCode.FILE_CUT_OFF)
        reason = (told("more than {} bytes", length) if record == line
                  else told("{} bytes, not {} bytes", len(record), length))  # fmt: skip
        raise FileError(line_no, "record", reason, FileCode.FILE_CELLS_WRONG)


class _Cells(dict[str, Sequence[str]]):
    """The texts of a field without padding, decoded when they are first asked for."""

    def __init__(self, fields: Fields, records: list[bytes]) -> None:
        super().__init__()
        self.fields, self.records = fields, records

    def __missing__(self, name: str) -> Sequence[str]:
        joined = b"\n".join(map(itemgetter(self.fields.slices[name]), self.records))
        try:
            texts = joined.decode("ascii" if joined.isascii() else "gb18030").split("\n")
        except UnicodeDecodeError as error:
            raise Unusual from error
        column = self[name] = [text.rstrip(" ") for text in texts] if b" " in joined else texts
        return column

    def decode_all(self) -> None:
        """Unusual where a text is no GB18030."""
        for field in self.fields.fields:
            if field.type == "text":
                self[field.name]


def fen(lines: Columns, name: str) -> list[int]:
    """Amounts of a field in fen, a debit below zero, blank as zero."""
    texts = lines[name]
    try:
        return list(map(int, "\n".join(texts).replace("C", "").replace("D", "-").split("\n")))
    except ValueError:
        values = {
            text: int(text.replace("C", "").replace("D", "-").strip() or 0) for text in set(texts)
        }
        return [values[text] for text in texts]


def _check(line_no: int, field: FixedField, raw: bytes) -> None:
    if field.type == "text":
        _check_text(line_no, field.name, raw.rstrip(b" "))
    elif not (
        _SIGNED.fullmatch(raw) if field.type == "signed_fen"
        else raw.isdigit() or (field.type == "digits_or_blank" and not raw.strip(b" "))
    ):  # fmt: skip
        reason = told(f"not {field.type}: {{}}", ascii(raw)[1:])
        raise FileError(line_no, field.name, reason, _CODES[field.type])


def _check_text(line_no: int, name: str, raw: bytes) -> None:
    """Bytes are cut before they are decoded: no GB18030 character ends in a space byte."""
    if _CONTROL.search(raw):
        reason = told("control character: {}", ascii(raw)[1:])
        raise FileError(line_no, name, reason, FileCode.FILE_CONTROL)
    try:
        raw.decode("gb18030")
    except UnicodeDecodeError as error:
        reason = told("not GB18030 text: {}", ascii(raw)[1:])
        raise FileError(line_no, name, reason, FileCode.FILE_ENCODING) from error
