"""Lines of a file of text, one by one or a block of them at once; every way in which a line can end wrongly."""

import re
from collections.abc import Iterator
from typing import BinaryIO

from yifen.trades.reconciliation.codes import FileCode
from yifen.trades.reconciliation.reasons import told
from yifen.trades.reconciliation.rows import FileError

LINE_BYTES_MAX = 8192
BOM = b"\xef\xbb\xbf"
BYTES_AT_ONCE = 1 << 17
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")  # a tab is left to the format
_CONTROL_BYTES = bytes(
    [*range(9), 11, 12, *range(14, 32), 127]
)  # but CR and LF; no character has one within


class FileLines:
    """How the lines of one file end, and where in it we are.

    `crlf`: lines may end with CRLF, but then all of them do. `open_end`: the last line may stand
    without an end. `blanks`: blank lines are passed over; `kept_blanks`: they are given too. `bom`: a
    byte order mark is taken off.
    """

    def __init__(
        self,
        *,
        crlf: bool = False,
        open_end: bool = False,
        blanks: bool = False,
        kept_blanks: bool = False,
        bom: bool = False,
        longest: int = LINE_BYTES_MAX,
    ) -> None:
        self.crlf, self.open_end, self.bom, self.longest = crlf, open_end, bom, longest
        self.blanks, self.kept_blanks = blanks, kept_blanks
        self.line_no, self.ends_crlf = 0, False  # of the last line that was given

    def each(self, stream: BinaryIO) -> Iterator[tuple[int, bytes]]:
        """Line number (from 1) and bytes of each line, with its LF.

        FileError: FILE_LINE_TOO_LONG, FILE_CUT_OFF, FILE_LINE_END, FILE_LINE_BLANK,
        FILE_BOM. A file of no bytes has no lines.
        """
        while raw := stream.readline(self.longest):
            self.line_no += 1
            if self.line_no == 1:
                raw = _without_bom(raw, self.bom)
                self.ends_crlf = self.crlf and raw.endswith(b"\r\n")
            if raw.endswith(b"\n"):
                if raw.endswith(b"\r\n") != self.ends_crlf:
                    _refuse_end(self.line_no, self.crlf)
            elif len(raw) == self.longest:
                reason = told("longer than {} bytes", self.longest)
                raise FileError(self.line_no, "line", reason, FileCode.FILE_LINE_TOO_LONG)
            elif not self.open_end:
                raise FileError(
                    self.line_no, "line", "cut off: no LF at the end", FileCode.FILE_CUT_OFF
                )
            if not raw.strip(b"\r\n") and not self.kept_blanks:
                if self.blanks:
                    continue
                raise FileError(self.line_no, "line", "blank line", FileCode.FILE_LINE_BLANK)
            yield self.line_no, raw

    def texts(self, block: bytes, encoding: str) -> list[str] | None:
        """The texts of whole lines at once, without their ends; None when one of them may break the
        format by how it ends, by its length or its characters: then `each` and `decoded` name the
        breach. Never of the first line of a file."""
        count = block.count(b"\n")
        if not block.endswith(b"\n") or len(block.translate(None, _CONTROL_BYTES)) != len(block):
            return None
        if block.count(b"\r") != (count if self.ends_crlf else 0):
            return None
        end = "\r\n" if self.ends_crlf else "\n"
        try:
            texts = block.decode(encoding).split(end)
        except UnicodeDecodeError:
            return None
        texts.pop()
        if len(texts) != count or 4 * max(map(len, texts)) > self.longest - 2:  # bytes of a character
            return None
        return None if "" in texts and not self.blanks else texts


def read_lines(stream: BinaryIO, **ends: bool) -> Iterator[tuple[int, bytes]]:
    """Each line of a file as `FileLines.each` gives it."""
    return FileLines(**ends).each(stream)


def whole_lines(stream: BinaryIO, at_once: int = BYTES_AT_ONCE) -> Iterator[bytes]:
    """The stream in blocks of about so many bytes that end with a line, the first line alone; a line that is too
    long, or without an end, as it is."""
    if first := stream.readline(LINE_BYTES_MAX):
        yield first
    rest = b""
    while piece := stream.read(at_once):
        whole, found, tail = (rest + piece).rpartition(b"\n")
        if found:
            yield whole + found
        rest = tail
        if len(rest) > LINE_BYTES_MAX:
            break
    if rest:
        yield rest


def decoded(line_no: int, raw: bytes, encoding: str) -> str:
    """The text of a line without its end; FILE_ENCODING, FILE_CONTROL (tabs are let through)."""
    try:
        text = raw.removesuffix(b"\n").removesuffix(b"\r").decode(encoding)
    except UnicodeDecodeError as error:
        reason = told("not {}: byte {}", encoding, error.start + 1)
        raise FileError(line_no, "line", reason, FileCode.FILE_ENCODING) from error
    if found := _CONTROL.search(text):
        reason = told("control character at {}: {!a}", found.start() + 1, found[0])
        raise FileError(line_no, "line", reason, FileCode.FILE_CONTROL)
    return text


def _without_bom(raw: bytes, allowed: bool) -> bytes:
    if raw.startswith(BOM) and not allowed:
        raise FileError(1, "line", "begins with a byte order mark", FileCode.FILE_BOM)
    return raw.removeprefix(BOM)


def _refuse_end(line_no: int, crlf: bool) -> None:
    reason = "ends otherwise than the first line" if crlf else "ends with CRLF, the format has LF"
    raise FileError(line_no, "line", reason, FileCode.FILE_LINE_END)
