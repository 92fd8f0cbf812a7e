"""Tags of an OFX file, SGML (1.x) or XML (2.x), one in memory at a time: no document type, no entity."""

import codecs
import re
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

from yifen.trades.reconciliation.codes import FileCode
from yifen.trades.reconciliation.reasons import told
from yifen.trades.reconciliation.rows import FileError

TAG_MAX = 8192  # characters of one tag and what follows it
HEAD_MAX = 8192
_PIECE = 1 << 16
_CHARSETS = {
    "1252": "cp1252", "8859-1": "latin-1", "ISO-8859-1": "latin-1", "936": "gb18030",
    "GBK": "gb18030", "GB2312": "gb18030", "GB18030": "gb18030", "UTF-8": "utf-8", "65001": "utf-8",
}  # fmt: skip
_SAID = (
    re.compile(rb'<\?xml[^>]{0,80}encoding=["\']([A-Za-z0-9-]{1,20})["\']', re.IGNORECASE),
    re.compile(rb"CHARSET:\s*([A-Za-z0-9-]{1,20})"),
    re.compile(rb"ENCODING:\s*([A-Za-z0-9-]{1,20})"),
)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_NAME = re.compile(r"/?[A-Za-z0-9._]{1,40}\s*/?")
_ENTITIES = (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&apos;", "'"), ("&nbsp;", " "), ("&amp;", "&"))


class Tag(NamedTuple):
    """A tag ("STMTTRN", "/STMTTRN") and the text behind it."""

    line_no: int
    name: str
    text: str


def tags(stream: BinaryIO, encoding: str) -> Iterator[Tag]:
    """The tags in order; what stands above the first is passed over. FILE_XML_REFUSED: a declaration;
    FILE_LINE_TOO_LONG, FILE_CONTROL, FILE_ENCODING (the file's own word, else `encoding`)."""
    rest, line_no, begun = "", 1, False
    for text in _texts(stream, encoding):
        *parts, rest = (rest + text).split("<")
        for part in parts:
            if begun:
                yield from _tag(line_no, part)
            begun = True
            line_no += part.count("\n")
        if len(rest) > TAG_MAX:
            reason = told("longer than {} characters", TAG_MAX)
            raise FileError(line_no, "tag", reason, FileCode.FILE_LINE_TOO_LONG)
    if begun:
        yield from _tag(line_no, rest)


def _tag(line_no: int, part: str) -> Iterator[Tag]:
    if part.startswith("!"):
        raise FileError(line_no, "tag", "a declaration is refused", FileCode.FILE_XML_REFUSED)
    if part.startswith("?"):
        return
    name, closed, text = part.partition(">")
    if not closed or not _NAME.fullmatch(name):
        reason = told("not a tag: {!r}", name[:40])
        raise FileError(line_no, "tag", reason, FileCode.FILE_BROKEN if closed else FileCode.FILE_CUT_OFF)
    if len(text) > TAG_MAX:
        raise FileError(line_no, name[:40], told("longer than {}", TAG_MAX), FileCode.FILE_LINE_TOO_LONG)
    if _CONTROL.search(text):
        raise FileError(line_no, name[:40], "control character", FileCode.FILE_CONTROL)
    for entity, letter in _ENTITIES:
        text = text.replace(entity, letter)
    yield Tag(line_no, name.strip().rstrip("/").upper(), " ".join(text.split()))


def _texts(stream: BinaryIO, encoding: str) -> Iterator[str]:
    head = stream.read(HEAD_MAX)
    decoder = codecs.getincrementaldecoder(_encoding_of(head, encoding))()
    piece, line_no = head.removeprefix(codecs.BOM_UTF8), 1
    while True:
        try:
            yield decoder.decode(piece, final=not piece)
        except UnicodeDecodeError as error:
            reason = told("not {}: byte {}", decoder.__class__.__module__.rpartition(".")[2], error.start + 1)
            raise FileError(line_no, "line", reason, FileCode.FILE_ENCODING) from error
        line_no += piece.count(b"\n")
        if not piece:
            return
        piece = stream.read(_PIECE)


def _encoding_of(head: bytes, encoding: str) -> str:
    """What the file says of itself first; a word that is not known says nothing."""
    for pattern in _SAID:
        if (found := pattern.search(head)) and (name := _CHARSETS.get(found[1].decode().upper())):
            return name
    return "gb18030" if encoding.lower() in ("gb18030", "gbk") else "utf-8"
