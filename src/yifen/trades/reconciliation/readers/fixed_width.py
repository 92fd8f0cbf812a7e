"""Reader of fixed-width byte records: fields of a table, one space between, LF or CRLF at the end."""

import re
from collections.abc import Iterator
from struct import Struct
from typing import BinaryIO, Literal, NamedTuple, get_args

from yifen.trades.reconciliation.codes import FileCode
from yifen.trades.reconciliation.reasons import told
from yifen.trades.reconciliation.rows import FileError

FieldType = Literal["text", "digits", "digits_or_blank", "fen", "signed_fen"]
"""How a field is written: GB18030 text padded on the right; all digits; digits or all blanks;
digits in fen; a sign letter and digits in fen (C credit = plus, D debit = minus, blank = zero)."""

_CODES = {
    "digits": FileCode.FILE_CELL_INVALID, "digits_or_blank": FileCode.FILE_CELL_INVALID,
    "fen": FileCode.FILE_AMOUNT_INVALID, "signed_fen": FileCode.FILE_AMOUNT_INVALID,
}  # fmt: skip
_SIGNED = re.compile(rb"[CD][0-9]+| +0*")
_CONTROL = re.compile(rb"[\x00-\x1f\x7f]")


class FixedField(NamedTuple):
    """One field of the table: its name, its width in bytes, how it is written."""

    name: str
    width: int
    type: FieldType


class FixedRecord(NamedTuple):
    """One record: text (and digits) without padding, and amounts in fen with their sign."""

    line_no: int
    text: dict[str, str]
    fen: dict[str, int]


class Fields:
    """A table of fields made ready for slicing: bytes are cut first, decoded after."""

    def __init__(self, *fields: FixedField) -> None:
        self.fields = fields
        self.length = sum(field.width for field in fields) + len(fields) - 1
        self._spaces = (b" ",) * (len(fields) - 1)
        self._of: dict[FieldType, list[tuple[str, int]]] = {
            kind: [(field.name, at) for at, field in enumerate(fields) if field.type == kind]
            for kind in get_args(FieldType)
        }
        self._cut = Struct("1s".join(f"{field.width}s" for field in fields))

    def records(self, stream: BinaryIO) -> Iterator[FixedRecord]:
        """Each record in turn, one line in memory. FileError names the first breach.

        All lines end alike, the last one too, else the file may have been cut off; an empty file has
        no records.
        """
        line_no, end = 0, b"\n"
        while line := stream.readline(self.length + 3):
            line_no += 1
            if line_no == 1 and line.endswith(b"\r\n"):
                end = b"\r\n"
            yield self._record(line_no, self._trimmed(line_no, line, end))

    def _trimmed(self, line_no: int, line: bytes, end: bytes) -> bytes:
        record = line.removesuffix(end)
        if not record.strip(b" \r"):
            raise FileError(line_no, "record", "blank line", FileCode.FILE_LINE_BLANK)
        if record.endswith((b"\r", b"\n")) and len(line) > self.length:
            reason = "ends otherwise than the first line"
            raise FileError(line_no, "record", reason, FileCode.FILE_LINE_END)
        if len(record) == self.length and record != line:
            return record
        if record == line and len(record) <= self.length:
            reason = told("cut off after {} bytes, no LF", len(record))
            raise FileError(line_no, "record", reason, FileCode.FILE_CUT_OFF)
        reason = (told("more than {} bytes", self.length) if record == line
                  else told("{} bytes, not {} bytes", len(record), self.length))  # fmt: skip
        raise FileError(line_no, "record", reason, FileCode.FILE_CELLS_WRONG)

    def _record(self, line_no: int, line: bytes) -> FixedRecord:
        parts = self._cut.unpack(line)
        if parts[1::2] != self._spaces:
            number = next(n for n, space in enumerate(parts[1::2], 1) if space != b" ")
            reason = "no space before the field"
            raise FileError(line_no, self.fields[number].name, reason, FileCode.FILE_CELLS_WRONG)
        cells = parts[::2]
        return self._quick(line_no, line, cells) or self._slow(line_no, cells)

    def _quick(self, line_no: int, line: bytes, cells: tuple[bytes, ...]) -> FixedRecord | None:
        """The record, type by type; None when any cell is unusual, which is then named slowly."""
        if _CONTROL.search(line):
            return None
        encoding = "ascii" if line.isascii() else "gb18030"
        try:
            text = {name: cells[at].rstrip(b" ").decode(encoding) for name, at in self._of["text"]}
        except UnicodeDecodeError:
            return None
        for name, at in self._of["digits_or_blank"]:
            if (digits := cells[at].rstrip(b" ")) and not cells[at].isdigit():
                return None
            text[name] = digits.decode()
        for name, at in self._of["digits"]:
            if not cells[at].isdigit():
                return None
            text[name] = cells[at].decode()
        fen = {}
        for name, at in self._of["fen"]:
            if not cells[at].isdigit():
                return None
            fen[name] = int(cells[at])
        for name, at in self._of["signed_fen"]:
            if not _SIGNED.fullmatch(cells[at]):
                return None
            fen[name] = _signed(cells[at])
        return FixedRecord(line_no, text, fen)

    def _slow(self, line_no: int, cells: tuple[bytes, ...]) -> FixedRecord:
        record = FixedRecord(line_no, {}, {})
        for field, raw in zip(self.fields, cells, strict=True):
            _read(record, field, raw)
        return record


def _read(record: FixedRecord, field: FixedField, raw: bytes) -> None:
    if field.type == "text":
        record.text[field.name] = _decoded(record.line_no, field.name, raw.rstrip(b" "))
    elif field.type == "signed_fen" and _SIGNED.fullmatch(raw):
        record.fen[field.name] = _signed(raw)
    elif field.type == "fen" and raw.isdigit():
        record.fen[field.name] = int(raw)
    elif field.type in ("digits", "digits_or_blank") and raw.isdigit():
        record.text[field.name] = raw.decode("ascii")
    elif field.type == "digits_or_blank" and not raw.strip(b" "):
        record.text[field.name] = ""
    else:
        reason = told(f"not {field.type}: {{}}", ascii(raw)[1:])
        raise FileError(record.line_no, field.name, reason, _CODES[field.type])


def _signed(raw: bytes) -> int:
    fen = int(raw[1:].strip() or b"0")
    return -fen if raw[:1] == b"D" else fen


def _decoded(line_no: int, name: str, raw: bytes) -> str:
    """Text of bytes without padding; no GB18030 character ends in a space byte."""
    if _CONTROL.search(raw):
        reason = told("control character: {}", ascii(raw)[1:])
        raise FileError(line_no, name, reason, FileCode.FILE_CONTROL)
    try:
        return raw.decode("gb18030") if raw else ""
    except UnicodeDecodeError as error:
        reason = told("not GB18030 text: {}", ascii(raw)[1:])
        raise FileError(line_no, name, reason, FileCode.FILE_ENCODING) from error
