"""Fields of an MT940 statement (SWIFT), one in memory at a time, out of the lines that hold them."""

import re
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

from yifen.trades.reconciliation.codes import FileCode
from yifen.trades.reconciliation.readers.lines import decoded, read_lines
from yifen.trades.reconciliation.rows import FileError

FIELD_LINES_MAX = 64
_FIELD = re.compile(r":([0-9]{2}[A-Z]?|NS):(.*)", re.DOTALL)
_END = re.compile(r"-\}?.*")
END = "-"


class Mt940Field(NamedTuple):
    """One field, ":61:" and what follows; tag "-" for the end of a statement."""

    line_no: int
    tag: str
    text: str


def fields(stream: BinaryIO, encoding: str) -> Iterator[Mt940Field]:
    """The fields in order. Lines before the first field and between statements (addresses, SWIFT
    blocks) are passed over; FILE_LINE_TOO_LONG for a field of too many lines."""
    found: list[str] = []
    begun, tag = 0, END
    for line_no, raw in read_lines(stream, crlf=True, open_end=True, blanks=True, bom=True):
        line = decoded(line_no, raw, encoding).rstrip()
        start = _FIELD.fullmatch(line)
        if start is None and tag != END and not _END.fullmatch(line):
            found.append(line)
            if len(found) > FIELD_LINES_MAX:
                reason = f"a field of more than {FIELD_LINES_MAX} lines"
                raise FileError(line_no, tag, reason, FileCode.FILE_LINE_TOO_LONG)
            continue
        if tag != END:
            yield Mt940Field(begun, tag, "\n".join(found))
        begun = line_no
        if start is not None:
            tag, found = start[1], [start[2]]
        elif tag != END:
            tag = END
            yield Mt940Field(line_no, END, "")
    if tag != END:
        yield Mt940Field(begun, tag, "\n".join(found))
