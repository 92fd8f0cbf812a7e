"""A file as rows of cells, one after another: CSV in UTF-8 or GB18030, or the first sheet of an Excel
workbook."""

import codecs
import csv
import re
from collections.abc import Iterator
from datetime import date, datetime
from io import TextIOWrapper
from typing import Any, BinaryIO
from zipfile import BadZipFile, ZipFile

from python_calamine import CalamineError, load_workbook

from yifen.core.facts.refused import Refused
from yifen.face.filed.cells import UNREADABLE
from yifen.face.filed.filing import Filing

EXACT = 10**15  # a spreadsheet has fifteen digits of a number
_PART = 1 << 20
_ZIP = b"PK\x03\x04"
_PLACE = re.compile(rb"""\br\s*=\s*["']([A-Z]*)([0-9]+)["']""")
Numbered = tuple[int, list[str]]


def encoding_of(stream: BinaryIO, filing: Filing) -> str:
    """"xlsx", or that of a CSV. Refused: the kind's `encoding`."""
    stream.seek(0)
    if stream.read(len(_ZIP)) == _ZIP:
        return "xlsx"
    for encoding in ("utf-8-sig", "gb18030"):
        if _decodes(stream, encoding):
            return encoding
    raise Refused(filing.encoding, "file")


def rows_of(stream: BinaryIO, encoding: str, filing: Filing) -> Iterator[Numbered]:
    """(line number, cells), the header first; rows without anything are passed over. Refused: the kind's
    `broken`, `too_large`, `empty`."""
    count = 0
    lines = _excel(stream, filing) if encoding == "xlsx" else _csv(stream, encoding, filing)
    for count, (line_no, cells) in enumerate(lines):
        if count > filing.rows_max:
            raise Refused(filing.too_large, "file")
        yield line_no, cells
    if not count:
        raise Refused(filing.empty, "file")


def _decodes(stream: BinaryIO, encoding: str) -> bool:
    stream.seek(0)
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        while part := stream.read(_PART):
            decoder.decode(part)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _csv(stream: BinaryIO, encoding: str, filing: Filing) -> Iterator[Numbered]:
    stream.seek(0)
    text = TextIOWrapper(stream, encoding, newline="")
    lines = csv.reader(text, strict=True)
    try:
        for cells in lines:
            if any(cells):
                yield lines.line_num, cells
    except csv.Error as error:
        raise Refused(filing.broken, "file", f"{lines.line_num}: {error}") from None
    finally:
        if not stream.closed:
            text.detach()  # else the stream ends with its reader


def _excel(stream: BinaryIO, filing: Filing) -> Iterator[Numbered]:
    """Of the first sheet. Only after a look that no cell stands where no row would: the whole between
    them is held in memory."""
    stream.seek(0)
    try:
        with ZipFile(stream) as archive:
            _look(archive, filing)
        stream.seek(0)
        with load_workbook(stream) as book:
            sheet = book.get_sheet_by_index(0)
            first = (sheet.start or (0, 0))[0]
            for number, cells in enumerate(sheet.iter_rows(), first + 1):
                if any(cell != "" for cell in cells):
                    yield number, [_text(cell) for cell in cells]
    except (BadZipFile, CalamineError, NotImplementedError, RuntimeError) as error:
        raise Refused(filing.broken, "file", str(error)[:100]) from None


def _look(archive: ZipFile, filing: Filing) -> None:
    if sum(entry.file_size for entry in archive.infolist()) > filing.unpacked_max:
        raise Refused(filing.too_large, "file")
    for entry in archive.infolist():
        is_sheet, kept = "worksheets/" in entry.filename, b""
        with archive.open(entry) as member:
            while part := member.read(_PART):
                places = _PLACE.findall(kept + part) if is_sheet else ()
                if any(len(column) > 1 or int(row) > filing.rows_max + 1 for column, row in places):
                    raise Refused(filing.too_large, "file")
                kept = part[-100:]


def _text(cell: Any) -> str:
    """A cell as somebody would have typed it."""
    if isinstance(cell, bool):
        return "1" if cell else "0"
    if isinstance(cell, int | float):
        if abs(cell) >= EXACT:
            return UNREADABLE
        return str(int(cell)) if cell == int(cell) else f"{cell:.15g}"
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    return cell.isoformat() if isinstance(cell, date) else str(cell)
