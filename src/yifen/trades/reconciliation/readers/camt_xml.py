"""ISO 20022 statements as a stream of elements: hardened, and never more than a few entries in memory.

Entries can be taken out of it as they are written, before the parser sees them: a parser that builds
elements reads some thousand of them a second.
"""

import re
from collections.abc import Callable, Generator, Iterable, Iterator
from typing import Any, BinaryIO, NamedTuple

from lxml import etree

from yifen.core.wire.iso_xml import HARDENED, line_of, local
from yifen.trades.reconciliation.codes import FileCode
from yifen.trades.reconciliation.reasons import told
from yifen.trades.reconciliation.rows import FileError, Row

PIECE, ENTRY_MAX = 1 << 17, 1 << 16  # bytes
ELEMENTS_MAX = 20_000
"""Elements of one entry, its details not counted, or of one detail."""


ENTRY, DETAIL = "Ntry", "TxDtls"
REPORTS = frozenset({"Rpt", "Stmt", "Ntfctn"})
WANTED = frozenset(
    {"GrpHdr", "Acct", "FrToDt", "Bal", "TxsSummry", DETAIL, ENTRY, "Document", *REPORTS}
)
_BEGIN, _END = b"<Ntry>", b"</Ntry>"
_COMMENT = re.compile(rb"<!--(?:(?!--).)*+-->", re.DOTALL)
_DECLARED = re.compile(rb"(?:\xef\xbb\xbf)?<\?xml [^<>?]*\?>")
_LINE = re.compile(r" line [0-9]+")
_UTF8 = re.compile(rb"encoding\s*=\s*[\"']utf-8[\"']", re.IGNORECASE)
_WHOLE_TAG = re.compile(rb"<[^<>\"']*(?:\"[^\"<]*\"[^<>\"']*)*>")
_CODES = (
    ("ENTITY", FileCode.FILE_XML_REFUSED), ("RESOURCE_LIMIT", FileCode.FILE_XML_REFUSED),
    ("NOT_FINISHED", FileCode.FILE_CUT_OFF), ("DOCUMENT_END", FileCode.FILE_CUT_OFF),
    ("ENCODING", FileCode.FILE_ENCODING), ("INVALID_CHAR", FileCode.FILE_CONTROL),
)  # fmt: skip
"""Words in the parser's names of errors."""


class Node(NamedTuple):
    """A finished element of interest; `line_no` grows from one to the next, also on a single line.
    `above`: how many lines above it were not parsed."""

    line_no: int
    tag: str
    element: "etree._Element"
    above: int


Take = Callable[[str, int, int, int], tuple[list[Row] | None, int, int]]
"""Entries as they are written, from a place in a text on, with the line there and the number given before:
their rows (None: they are to be parsed after all), the place behind them, the number given last."""


class CamtDocument:
    """One pass over a document. `take`: where it is set, entries are shown to it before they are parsed."""

    def __init__(self, stream: BinaryIO) -> None:
        self.stream = stream
        self.take: Take | None = None
        self.parser = etree.XMLPullParser(events=("start", "end"), **HARDENED)
        self.open: list[tuple[str, int]] = []  # each with the lines above that were not parsed
        self.line_no = self.lines = self.skipped = 0
        self.held = self.before = 0
        self.rooted = False
        self.begun, self.plain, self.closed = False, True, False

    def parts(self) -> Iterator[Node | list[Row]]:
        """Each wanted element (by its name without namespace) as it ends, and the rows of entries that were
        taken, in the order of the file.

        An element is emptied once the next is asked for. FILE_XML_REFUSED: a document type or an entity;
        FILE_XML_BROKEN; FILE_CUT_OFF; FILE_LINE_TOO_LONG: an element holds too many.
        """
        rest = b""
        try:
            while piece := self.stream.read(PIECE):
                rest = yield from self._cut(rest + piece)
            yield from self._parsed(rest)
            self.parser.close()
        except etree.XMLSyntaxError as error:
            raise _named(self.parser.feed_error_log, self.rooted, self.skipped) from error

    def _cut(self, data: bytes) -> Generator[Node | list[Row], None, bytes]:
        """What can be read of the data; answers the rest, an entry or a tag that goes on."""
        begin, end, at = data.find(_BEGIN), data.rfind(_END), 0
        if 0 <= begin < end:
            at = end + len(_END)
            yield from self._parsed(data[:begin])
            yield from self._entries(data[begin:at])
        begin = data.find(_BEGIN, at)
        if begin < 0 or len(data) - begin > ENTRY_MAX:
            begin = data.rfind(b"<", at)
            if begin < 0 or b">" in data[begin:] or len(data) - begin > ENTRY_MAX:
                begin = len(data)
        yield from self._parsed(data[at:begin])
        return data[begin:]

    def _entries(self, data: bytes) -> Iterator[Node | list[Row]]:
        """From the beginning of an entry to the end of one."""
        try:
            text = data.decode()
        except UnicodeDecodeError:
            yield from self._parsed(data)
            return
        at = 0
        while (begin := text.find("<Ntry>", at)) >= 0:
            yield from self._parsed(text[at:begin].encode())
            at = end = begin
            if self.take is not None and self._may_take():
                rows, end, line_no = self.take(text, at, self.lines + 1, self.line_no)
                if rows is not None:
                    self.line_no = line_no
                    self._skip(text.count("\n", at, end))
                    yield rows
                    at = end
                    continue
            if end == at:
                end = text.index("</Ntry>", at) + len("</Ntry>")
            yield from self._parsed(text[at:end].encode())
            at = end
        yield from self._parsed(text[at:].encode())

    def _may_take(self) -> bool:
        """Whether the parser stands between two elements of a report, in a document without surprises."""
        return bool(self.plain and self.closed and self.open and self.open[-1][0] in REPORTS)

    def _skip(self, lines: int) -> None:
        self.lines += lines
        self.skipped += lines

    def _parsed(self, data: bytes) -> Iterator[Node]:
        if not data.strip(b" \t\r\n") and self._may_take():
            self._skip(data.count(b"\n"))  # else blanks would pile up in the tree
        elif data:
            self._look(data)
            self.lines += data.count(b"\n")
            broken = self._fed(data)
            yield from self._events()
            if broken is not None:
                raise broken

    def _fed(self, data: bytes) -> FileError | None:
        """What the parser finds wrong. Behind an unknown entity it would begin anew with its next piece."""
        try:
            self.parser.feed(data)
        except etree.XMLSyntaxError:
            return _named(self.parser.feed_error_log, self.rooted, self.skipped)
        log = self.parser.feed_error_log
        fatal = any([error.level == etree.ErrorLevels.FATAL for error in log])
        return _named(log, self.rooted, self.skipped) if fatal else None

    def _look(self, data: bytes) -> None:
        """Whether the data ends with a whole tag, and nothing in it can hide an entry from the parser: a
        declaration, an instruction, a comment that goes on, characters that are not UTF-8."""
        last = data.rfind(b"<")
        if last >= 0 or data.strip():
            found = _WHOLE_TAG.match(data, last) if last >= 0 else None
            self.closed = found is not None and not data[found.end() :].strip()
            if last >= 0 and found is None:
                self.plain = False
        if not self.begun:
            self.begun = True
            if declared := _DECLARED.match(data):
                if b"encoding" in declared[0] and not _UTF8.search(declared[0]):
                    self.plain = False
                data = data[declared.end() :]
        if b"<!" in data or b"<?" in data:
            data = _COMMENT.sub(b"", data)
            if b"<!" in data or b"<?" in data:
                self.plain = False

    def _events(self) -> Iterator[Node]:
        for event, element in self.parser.read_events():
            assert isinstance(element, etree._Element)  # the two events are of elements alone
            tag = local(element)
            if event == "start":
                self._began(tag, element)
                continue
            _, above = self.open.pop()
            if tag in WANTED:
                self.line_no = max(self.line_no + 1, line_of(element) + above)
                yield Node(self.line_no, tag, element, above)
                element.clear(keep_tail=False)  # type: ignore[call-arg]
                _drop_before(element)
                self.held = self.before if tag == DETAIL else 0

    def _began(self, tag: str, element: "etree._Element") -> None:
        if element.getparent() is None:
            self.rooted = True
            _check_document(element)
        self.open.append((tag, self.skipped))
        self.before = self.held if tag == DETAIL else self.before
        self.held += 1
        if self.held > ELEMENTS_MAX:
            reason = told("more than {} elements in one entry", ELEMENTS_MAX)
            raise FileError(
                line_of(element) + self.skipped, tag, reason, FileCode.FILE_LINE_TOO_LONG
            )


def _check_document(root: "etree._Element") -> None:
    if root.getroottree().docinfo.internalDTD is not None:
        raise FileError(1, "DOCTYPE", "a document type is refused", FileCode.FILE_XML_REFUSED)


def _drop_before(element: "etree._Element") -> None:
    """Finished brothers go, else a million empty entries would stay in the tree."""
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]


def _named(errors: Iterable[Any], rooted: bool, skipped: int) -> FileError:
    """The first thing that the parser found wrong."""
    first = next(iter(errors), None)
    if first is None and not rooted:
        return FileError(1, "line", "the file is empty", FileCode.FILE_EMPTY)
    if first is None:
        return FileError(1, "XML", "not well-formed", FileCode.FILE_XML_BROKEN)
    code = next(
        (code for word, code in _CODES if word in first.type_name), FileCode.FILE_XML_BROKEN
    )
    message = _LINE.sub("", first.message.strip())[:200]  # it counts those lines alone that it saw
    return FileError(first.line + skipped, "XML", told("not well-formed: {}", message), code)
