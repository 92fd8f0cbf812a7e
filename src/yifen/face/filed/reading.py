"""A file as rows of cells, one after another: CSV in UTF-8 or GB18030, or the first sheet of an Excel
workbook."""

import codecs
import csv
import re
import zlib
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from io import TextIOWrapper
from tempfile import SpooledTemporaryFile
from typing import Any, BinaryIO, cast
from zipfile import BadZipFile

from python_calamine import CalamineError, load_workbook

from yifen.core.facts.refused import Refused
from yifen.face.filed.cells import UNREADABLE
from yifen.face.filed.filing import Filing
from yifen.face.filed.looking import looked_at

EXACT = 10**15  # a spreadsheet has fifteen digits of a number
_PART = 1 << 20
_IN_MEMORY = 8 << 20
_AMOUNT = re.compile(r"[￥¥]?[0-9.,]+元?")
_ZIP = b"PK\x03\x04"
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
    """Of the first sheet."""
    stream.seek(0)
    try:
        with SpooledTemporaryFile(_IN_MEMORY) as copy:
            looked_at(stream, cast(BinaryIO, copy), filing)
            copy.seek(0)
            with load_workbook(cast(BinaryIO, copy)) as book:
                sheet = book.get_sheet_by_index(0)
                first, left = sheet.start or (0, 0)
                spans = _spans(sheet.merged_cell_ranges or (), left) if filing.loose else {}
                held: dict[int, tuple[int, str]] = {}
                for number, row in enumerate(sheet.iter_rows(), first + 1):
                    if any(cell != "" for cell in row):
                        cells = [_text(cell) for cell in row]
                        yield number, _spread(number, cells, spans, held) if spans else cells
    except (BadZipFile, CalamineError, NotImplementedError, RuntimeError, zlib.error) as error:
        raise Refused(filing.broken, "file", str(error)[:100]) from None


def _spans(ranges: Iterable[Any], left: int) -> dict[tuple[int, int], int]:
    """Of cells that are merged downwards: (row, place) of the first, the row of the last."""
    return {(top + 1, column - left): bottom + 1 for (top, column), (bottom, _right) in ranges if bottom > top}


def _spread(
    number: int, cells: list[str], spans: dict[tuple[int, int], int], held: dict[int, tuple[int, str]]
) -> list[str]:
    """Merged words hold for each of their rows. A merged number does not: it would count several times."""
    for place, cell in enumerate(cells):
        if (number, place) in spans:
            held[place] = spans[number, place], cell
        elif place in held and not cell and number <= held[place][0] and not _AMOUNT.fullmatch(held[place][1]):
            cells[place] = held[place][1]
    return cells


def _text(cell: Any) -> str:
    """A cell as somebody would have typed it."""
    if isinstance(cell, bool):
        return "1" if cell else "0"
    if isinstance(cell, int | float):
        if abs(cell) >= EXACT:
            return UNREADABLE
        return str(int(cell)) if cell == int(cell) else f"{cell:.15g}"
    if isinstance(cell, datetime):
        return cell.isoformat(" ", "seconds").removesuffix(" 00:00:00")
    return cell.isoformat() if isinstance(cell, date) else str(cell)
