"""Fields of an MT940 or MT942 statement (SWIFT) out of the lines that hold them; ordinary entries in lists."""

import re
from collections.abc import Iterator
from io import BytesIO
from typing import BinaryIO, NamedTuple

from yifen.trades.reconciliation.codes import FileCode
from yifen.trades.reconciliation.readers.lines import FileLines, decoded, whole_lines
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
_ENTRY = re.compile(
    r"(:61:([0-9]{6})([0-9]{4})?(R?[DC])[A-Z]?([0-9]{1,12},[0-9]{0,2})(?!NONREF)[A-Z][A-Z0-9]{3}"
    r"([^\n,/]{0,16})(?://([^\n,]{0,23}))?\n(?:[^:{\n-][^\n,]*\n)?"
    r"(?::86:([^\n]*\n(?:[^:{\n-][^\n]*\n){0,60})(?=:(?:[0-9]{2}[A-Z]?|NS):)|(?=:(?:61|62[FM]):)))"
)
"""An ordinary entry, :61: with its :86:, up to the field behind it. What could be read in two ways goes
field by field: a comma or a slash in a reference, a type left out before NONREF, a line that begins like another."""


class Mt940Field(NamedTuple):
    """One field, ":61:" and what follows; tag "-" for the end of a statement."""

    line_no: int
    tag: str
    text: str


class Mt940Run(NamedTuple):
    """Ordinary entries that stand one after the other: the line of each, and its texts: all its lines, value
    date, booking day ("1124"), mark, amount, references of the customer and of the bank, text of :86:; empty
    for what it does not have."""

    line_nos: list[int]
    texts: list[tuple[str, ...]]

    @property
    def last_line_no(self) -> int:
        """In which the last field begins."""
        lines, *_, details = self.texts[-1]
        return self.line_nos[-1] + (lines.count("\n") - details.count("\n") if details else 0)

    def fields(self) -> Iterator[Mt940Field]:
        """The fields that they are made of."""
        for line_no, (lines, *_, said) in zip(self.line_nos, self.texts, strict=True):
            head, _, details = lines.removesuffix("\n").partition("\n:86:")
            yield Mt940Field(line_no, "61", head.removeprefix(":61:"))
            if said:  # it has its line's end
                yield Mt940Field(line_no + head.count("\n") + 1, "86", details)


def fields(stream: BinaryIO, reading: Reading) -> Iterator[Mt940Field | Mt940Run]:
    """The fields in order. Lines before the first field and between statements (addresses, SWIFT
    blocks) are passed over; FILE_LINE_TOO_LONG for a field of too many lines.

    A line of details may begin with "-" or be one: only "-}" ends a statement anywhere, a "-" alone
    ends it once its closing balance (:62F:) or what only an interim report has (:34F:) stood.
    """
    message = _Message(reading)
    for block in whole_lines(stream):
        yield from message.took(block)
    yield from message.ended()


class _Message:
    """The field under way."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.lines = FileLines(crlf=True, open_end=True, blanks=True, bom=True)
        self.found: list[str] = []
        self.begun, self.tag, self.may_end = 0, END, False

    def took(self, block: bytes) -> Iterator[Mt940Field | Mt940Run]:
        texts = self.lines.texts(block, self.reading.hints.encoding) if self.lines.line_no else None
        if texts is not None:
            yield from self._together("\n".join([*map(str.rstrip, texts), ""]))
            return
        for line_no, raw in self.lines.each(BytesIO(block)):
            line = _text(line_no, raw, self.reading)
            if line or not raw.strip(_MARKS + b"\r\n"):
                yield from self._line(line_no, line)

    def ended(self) -> Iterator[Mt940Field]:
        """The field under way is whole."""
        if self.tag != END:
            yield Mt940Field(self.begun, self.tag, "\n".join(self.found))
        self.tag = END

    def _together(self, text: str) -> Iterator[Mt940Field | Mt940Run]:
        at = 0
        while at < len(text):
            run, line_no = Mt940Run([], []), self.lines.line_no
            while (found := _ENTRY.match(text, at)) is not None:
                run.line_nos.append(line_no + 1)
                run.texts.append(found.groups(""))
                line_no += text.count("\n", at, found.end())
                at = found.end()
            if run.texts:
                yield from self.ended()
                yield run
            end = text.index("\n", at)
            self.lines.line_no = line_no + 1
            if line := _plain(text[at:end]):
                yield from self._line(line_no + 1, line)
            at = end + 1

    def _line(self, line_no: int, line: str) -> Iterator[Mt940Field]:
        start = _FIELD.fullmatch(line)
        ends = line.startswith("-}") or (line == END and self.may_end)
        if start is None and self.tag != END and not ends:
            self.found.append(line)
            if len(self.found) > FIELD_LINES_MAX:
                reason = told("a field of more than {} lines", FIELD_LINES_MAX)
                raise FileError(line_no, self.tag, reason, FileCode.FILE_LINE_TOO_LONG)
            return
        within = self.tag != END
        yield from self.ended()
        self.begun = line_no
        if start is not None:
            self.tag, self.found = start[1], [start[2]]
            self.may_end = self.tag in _LAST or (self.may_end and self.tag != "20")
        elif within:
            yield Mt940Field(line_no, END, "")


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
    return _plain(line)


def _plain(line: str) -> str:
    return _BLOCK.sub("", line, count=1).rstrip() if line.startswith("{") else line.rstrip()
