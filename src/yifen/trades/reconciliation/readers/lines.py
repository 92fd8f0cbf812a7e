"""Lines of a file of text, one in memory at a time; every way in which a line can end wrongly."""

import re
from collections.abc import Iterator
from typing import BinaryIO

from yifen.trades.reconciliation.codes import FileCode
from yifen.trades.reconciliation.reasons import told
from yifen.trades.reconciliation.rows import FileError

LINE_BYTES_MAX = 8192
BOM = b"\xef\xbb\xbf"
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")  # a tab is left to the format


def read_lines(
    stream: BinaryIO,
    *,
    crlf: bool = False,
    open_end: bool = False,
    blanks: bool = False,
    kept_blanks: bool = False,
    bom: bool = False,
    longest: int = LINE_BYTES_MAX,
) -> Iterator[tuple[int, bytes]]:
    """Line number (from 1) and bytes of each line, with its LF.

    `crlf`: lines may end with CRLF, but then all of them do. `open_end`: the last line may stand
    without an end. `blanks`: blank lines are passed over; `kept_blanks`: they are given too. `bom`: a
    byte order mark is taken off.
    FileError: FILE_LINE_TOO_LONG, FILE_CUT_OFF, FILE_LINE_END, FILE_LINE_BLANK,
    FILE_BOM. A file of no bytes has no lines.
    """
    line_no, ends_crlf = 0, False
    while raw := stream.readline(longest):
        line_no += 1
        if line_no == 1:
            raw = _without_bom(raw, bom)
            ends_crlf = crlf and raw.endswith(b"\r\n")
        if raw.endswith(b"\n"):
            if raw.endswith(b"\r\n") != ends_crlf:
                _refuse_end(line_no, crlf)
        elif len(raw) == longest:
            reason = told("longer than {} bytes", longest)
            raise FileError(line_no, "line", reason, FileCode.FILE_LINE_TOO_LONG)
        elif not open_end:
            raise FileError(line_no, "line", "cut off: no LF at the end", FileCode.FILE_CUT_OFF)
        if not raw.strip(b"\r\n") and not kept_blanks:
            if blanks:
                continue
            raise FileError(line_no, "line", "blank line", FileCode.FILE_LINE_BLANK)
        yield line_no, raw


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
