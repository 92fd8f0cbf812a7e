"""A list as an Excel workbook, written row by row with constant memory."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import xlsxwriter
from django.utils import timezone

from yifen.face.exports.rows import cells, heads
from yifen.face.lists.keys import Kind
from yifen.face.lists.listing import ListAsk, Listing, Row

ROWS_A_SHEET = 1_000_000  # Excel holds 1,048,576
TEXT_MAX = 32_767  # characters of a cell
WIDTHS: dict[Kind, int] = {"amount": 16, "time": 19, "day": 11, "code": 22}
FORMATS = {"amount": "#,##0.00", "time": "yyyy-mm-dd hh:mm:ss", "day": "yyyy-mm-dd"}


def write_excel(
    path: Path, listing: Listing, ask: ListAsk, rows: Iterable[Row], about: str = "",
    told: Iterable[tuple[str, str]] = (),
) -> None:  # fmt: skip
    """Make the workbook; what is longer than a sheet goes on on the next one. Text is written as text, so no cell is a
    formula whatever stands in it. `about`: the name of a last sheet with what is `told` of it, name by name."""
    options = {"constant_memory": True, "tmpdir": str(path.parent), "default_date_format": None}
    with xlsxwriter.Workbook(str(path), options) as book:
        head = book.add_format({"bold": True, "bottom": 1})
        formats = {kind: book.add_format({"num_format": text}) for kind, text in FORMATS.items()}
        columns = listing.in_files
        sheet, line = None, ROWS_A_SHEET
        for row in rows:
            if sheet is None or line >= ROWS_A_SHEET:
                sheet, line = _sheet(book, listing, head), 0
            line += 1
            for place, value in enumerate(cells(listing, row, ask)):
                _write(sheet, line, place, value, formats.get(columns[place].kind))
        if sheet is None:
            _sheet(book, listing, head)
        if about:
            last = book.add_worksheet(about)
            last.set_column(0, 1, 30)
            for line, (name, value) in enumerate(told):
                last.write_string(line, 0, name, head)
                last.write_string(line, 1, value[:TEXT_MAX])


def _sheet(book: Any, listing: Listing, head: Any) -> Any:
    sheet = book.add_worksheet()
    sheet.freeze_panes(1, 0)
    kinds = [column.kind for column in listing.in_files]
    for place, (title, kind) in enumerate(zip(heads(listing), kinds, strict=True)):
        sheet.set_column(place, place, WIDTHS.get(kind, 18))
        sheet.write_string(0, place, title, head)
    return sheet


def _write(sheet: Any, line: int, place: int, value: Any, form: Any) -> None:
    match value:
        case None:
            return
        case int() if form is not None:  # fen; a workbook keeps 15 digits, and no amount has more
            sheet.write_number(line, place, Decimal(value).scaleb(-2), form)
        case int():
            sheet.write_number(line, place, value)
        case datetime():
            sheet.write_datetime(line, place, timezone.localtime(value).replace(tzinfo=None), form)
        case date():
            sheet.write_datetime(line, place, value, form)
        case _:
            sheet.write_string(line, place, str(value)[:TEXT_MAX])
