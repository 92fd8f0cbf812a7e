"""A handed-in file as it is given back: its rows in error with the reason in one more column."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import Any, BinaryIO

import xlsxwriter
from django.http import HttpResponse
from django.utils.translation import gettext as _

from yifen.face.exports.csv_file import harmless
from yifen.face.filed.cells import REASON, CheckedRow, plain
from yifen.face.filed.filing import Filing
from yifen.face.filed.headed import LeftAside
from yifen.face.filed.reading import encoding_of

FAULTS_SHOWN = 50
CSV = "text/csv; charset={}"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Shown = dict[str, Any]


def aside_facts(aside: LeftAside) -> list[Shown]:
    """What of a file was read past."""
    return [{"title": title, "text": "；".join(found)} for title, found in (
        (_("表头以上"), aside.above), (_("没有用到的列"), aside.columns),
        (_("合计、落款"), aside.below)) if found]  # fmt: skip


def faults_table(lines: Iterable[CheckedRow[Any]], language: str) -> Shown:
    """The first rows in error."""
    rows: list[Shown] = []
    for line in lines:
        if line.faults:
            rows.append({"cells": [{"kind": "code", "text": str(line.line_no)},
                                   {"text": why(line, language)}]})  # fmt: skip
        if len(rows) == FAULTS_SHOWN:
            break
    return {"columns": [{"title": _("行")}, {"title": _("原因")}], "rows": rows}


def why(line: CheckedRow[Any], language: str) -> str:
    return "；".join(fault.text(language) for fault in line.faults)


def with_reasons(
    stream: BinaryIO, lines: Iterator[CheckedRow[Any]], filing: Filing, language: str, path: Path
) -> str:
    """The user's own file, its rows in error with the reason in one more column, written to `path`; what it
    is: "xlsx" or an encoding."""
    encoding, reasons = encoding_of(stream, filing), filing.columns[REASON]
    head = next(lines).cells
    before = [place for place, cell in enumerate(head) if plain(cell).lower() in reasons]  # of the time before
    rows = chain([[*_without(head, before), _("错误原因")]],
                 ([*_without(line.cells, before), why(line, language)] for line in lines))  # fmt: skip
    if encoding == "xlsx":
        with xlsxwriter.Workbook(str(path), {"constant_memory": True}) as book:
            sheet = book.add_worksheet()
            for number, cells in enumerate(rows):
                for place, cell in enumerate(cells):
                    sheet.write_string(number, place, cell[:32_767])
    else:
        with path.open("w", encoding=encoding, newline="", errors="replace") as file:
            csv.writer(file).writerows([harmless(cell) for cell in cells] for cells in rows)
    return encoding


def download(name: str, body: bytes, kind: str) -> HttpResponse:
    """`kind`: of CSV or XLSX."""
    return HttpResponse(body, content_type=kind,
                        headers={"Content-Disposition": f'attachment; filename="{name}"'})  # fmt: skip


def _without(cells: Sequence[str], places: Sequence[int]) -> list[str]:
    return [cell for place, cell in enumerate(cells) if place not in places]
