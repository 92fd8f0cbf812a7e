"""Fields of an MT940 or MT942 statement (SWIFT), one in memory at a time, out of the lines that hold them."""

import re
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

from yifen.trades.reconciliation.codes import FileCode
from yifen.trades.reconciliation.readers.lines import decoded, read_lines
from yifen.trades.reconciliation.readers.reading import Reading
from yifen.trades.reconciliation.reasons import told
from yifen.trades.reconciliation.rows import FileError

FIELD_LINES_MAX = 64
LATIN_1 = "not UTF-8: its text is read as Latin-1"
_FIELD = re.compile(r":([0-9]{2}[A-Z]?|NS):(.*)", re.DOTALL)
_BLOCK = re.compile(r"(?:\{[123]:.*)?\{4:")  # SWIFT's marks before the text of a message
_MARKS = b"\x01\x03\x1a"  # start and end of a SWIFT message on a line, and CP/M's end of a file
_LAST = frozenset({"62F", "62M", "34F", "13D", "90C", "90D"})
END = "-"


class Mt940Field(NamedTuple):
    """One field, ":61:" and what follows; tag "-" for the end of a statement."""

    line_no: int
    tag: str
    text: str


def fields(stream: BinaryIO, reading: Reading) -> Iterator[Mt940Field]:
    """The fields in order. Lines before the first field and between statements (addresses, SWIFT
    blocks) are passed over; FILE_LINE_TOO_LONG for a field of too many lines.

    A line of details may begin with "-" or be one: only "-}" ends a statement anywhere, a "-" alone
    ends it once its closing balance (:62F:) or what only an interim report has (:34F:) stood.
    """
    found: list[str] = []
    begun, tag, may_end = 0, END, False
    for line_no, raw in read_lines(stream, crlf=True, open_end=True, blanks=True, bom=True):
        line = _text(line_no, raw, reading)
        start = _FIELD.fullmatch(line)
        ends = line.startswith("-}") or (line == END and may_end)
        if start is None and tag != END and not ends:
            if line or not raw.strip(_MARKS + b"\r\n"):
                found.append(line)
            if len(found) > FIELD_LINES_MAX:
                reason = told("a field of more than {} lines", FIELD_LINES_MAX)
                raise FileError(line_no, tag, reason, FileCode.FILE_LINE_TOO_LONG)
            continue
        if tag != END:
            yield Mt940Field(begun, tag, "\n".join(found))
        begun = line_no
        if start is not None:
            tag, found = start[1], [start[2]]
            may_end = tag in _LAST or (may_end and tag != "20")
        elif tag != END:
            tag = END
            yield Mt940Field(line_no, END, "")
    if tag != END:
        yield Mt940Field(begun, tag, "\n".join(found))


def _text(line_no: int, raw: bytes, reading: Reading) -> str:
    """The line without marks and trailing blanks; what is not UTF-8 is Latin-1, as many banks write,
    unless the partner's encoding is another."""
    raw = raw.rstrip(b"\r\n").strip(_MARKS)
    encoding = reading.hints.encoding
    try:
        line = decoded(line_no, raw, encoding)
    except FileError as error:
        if error.code is not FileCode.FILE_ENCODING or encoding != "utf-8":
            raise
        line = decoded(line_no, raw, "latin-1")
        if LATIN_1 not in reading.notes:
            reading.notes.append(told(LATIN_1))
    return _BLOCK.sub("", line, count=1).rstrip() if line.startswith("{") else line.rstrip()
