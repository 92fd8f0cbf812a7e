"""Bank exports in Excel (.xlsx, .xls): the first sheet's rows as text, decoded in a process of its own."""

import io
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, BinaryIO

import msgspec

from yifen.trades.reconciliation.codes import FileCode
from yifen.trades.reconciliation.readers.archive import is_zip, opened
from yifen.trades.reconciliation.readers.reading import Reading
from yifen.trades.reconciliation.reasons import told
from yifen.trades.reconciliation.rows import FileError

BYTES_MAX = 32 << 20
ENTRIES_MAX = 500
LINE_MAX = 1 << 20
_OLD = bytes.fromhex("d0cf11e0a1b11ae1")  # the container of .xls
_BOOK = b"xl/workbook.xml"
_TAIL = 1 << 16
_CHILD = Path(__file__).with_name("excel_cells.py")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_SHEETS = msgspec.json.Decoder(list[str])
_ROW = msgspec.json.Decoder(tuple[int, list[str]])


def is_excel(stream: BinaryIO) -> bool:
    """By its first bytes, and of an archive by the names in it; False for what cannot seek."""
    if not stream.seekable():
        return False
    stream.seek(0)
    head = stream.read(4096)
    found = head.startswith(_OLD)
    if is_zip(head):
        size = stream.seek(0, io.SEEK_END)
        stream.seek(max(0, size - _TAIL))
        found = _BOOK in head or _BOOK in stream.read(_TAIL)
    stream.seek(0)
    return found


def excel_rows(stream: BinaryIO, reading: Reading) -> Iterator[tuple[int, list[str]]]:
    """Number and cells of each row of the first sheet; a second sheet is told in the notes.

    FILE_LINE_TOO_LONG: the workbook or a row is too large; FILE_ARCHIVE…; FILE_CONTROL; FILE_BROKEN:
    the decoder gave up, or took more memory or time than it may.
    """
    body = _bounded(stream)
    with tempfile.TemporaryFile() as out:
        command = [sys.executable, "-I", str(_CHILD)]
        done = subprocess.run(command, input=body, stdout=out, stderr=subprocess.DEVNULL, check=False)
        out.seek(0)
        if done.returncode:
            raise _broken(f"its decoder ended with {done.returncode}")
        try:
            yield from _decoded(out, reading)
        except msgspec.MsgspecError as error:
            raise _broken("its decoder answered nonsense") from error


def _decoded(out: IO[bytes], reading: Reading) -> Iterator[tuple[int, list[str]]]:
    sheets = _SHEETS.decode(out.readline(LINE_MAX))
    if len(sheets) > 1:
        reading.note(told("only the first sheet is read, of {}: {}", len(sheets), sheets[0][:40]))
    line_no = 0
    while line := out.readline(LINE_MAX):
        if not line.endswith(b"\n"):
            raise FileError(line_no + 1, "row", "too long a row", FileCode.FILE_LINE_TOO_LONG)
        line_no, cells = _ROW.decode(line)
        if not line_no:
            return
        if found := next((cell for cell in cells if _CONTROL.search(cell)), None):
            raise FileError(line_no, "row", told("control character: {!r}", found[:40]), FileCode.FILE_CONTROL)
        yield line_no, cells
    raise _broken("its decoder stopped in the middle")


def _bounded(stream: BinaryIO) -> bytes:
    stream.seek(0)
    body = stream.read(BYTES_MAX + 1)
    if len(body) > BYTES_MAX:
        reason = told("a workbook of more than {} bytes", BYTES_MAX)
        raise FileError(0, "Excel", reason, FileCode.FILE_LINE_TOO_LONG)
    if is_zip(body):
        archive, _ = opened(io.BytesIO(body), re.compile(".*"), many=True, entries_max=ENTRIES_MAX)
        archive.close()
    return body


def _broken(reason: str) -> FileError:
    return FileError(0, "Excel", told("cannot be read: {}", reason), FileCode.FILE_BROKEN)
