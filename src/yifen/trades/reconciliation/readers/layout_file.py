"""Reader of a file that a table describes (版式): delimited, of fixed width, or the first sheet of an Excel
workbook, totals first or last.

Every line has as many cells as the first. An amount below zero is a refund where nothing tells the kind;
with a kind it must be one that takes money back. A fee is written as the partner charges it. A blank line
may stand among the header's, before the totals and at the end.
"""

from collections.abc import Iterator
from functools import partial
from typing import BinaryIO

from yifen.trades.reconciliation.codes import FileCode
from yifen.trades.reconciliation.readers.excel import excel_rows, is_excel
from yifen.trades.reconciliation.readers.layout import FileLayout
from yifen.trades.reconciliation.readers.layout_body import Body, LayoutLine
from yifen.trades.reconciliation.readers.layout_check import ENCODINGS, check_layout
from yifen.trades.reconciliation.readers.lines import read_lines
from yifen.trades.reconciliation.readers.reading import Hints, Reading
from yifen.trades.reconciliation.rows import FileError, Row


def open_layout(stream: BinaryIO, hints: Hints) -> Reading:
    """Each column goes where the table says; without a serial it is the place ("20261124#7": day and
    line). A last line without its end may be cut off: it is taken where the totals or its own last
    cell show that it is not. FILE_LAYOUT_INVALID: there is no layout, or it cannot be used."""
    if hints.layout is None:
        raise FileError(0, "layout", "no layout", FileCode.FILE_LAYOUT_INVALID)
    check_layout(hints.layout)
    return Reading(hints, partial(_rows, stream, hints.layout))


def _rows(stream: BinaryIO, layout: FileLayout, reading: Reading) -> Iterator[Row]:
    body = Body(layout, reading)
    line_no, header_left, blank = 0, layout.header_lines, 0
    held: LayoutLine | None = None  # one line back: the last one may be the totals
    for line in _lines(stream, layout, reading):
        line_no = line.line_no
        if body.is_blank(line):
            header_left -= header_left > 1  # the names of the columns stand in no blank line
            blank = line_no if body.count or held else 0
        elif body.ended:
            raise FileError(line_no, "line", "after the totals", FileCode.FILE_AFTER_END)
        elif layout.totals == "first" and not body.stated:
            body.state(line)
        elif header_left:
            header_left -= 1
            if layout.named and not header_left:
                body.name(line)
        elif layout.totals == "last" and layout.totals_mark and body.is_marked(line):
            body.state(line)
            body.ended = True
        elif blank and (layout.totals != "last" or layout.totals_mark):
            raise FileError(blank, "line", "blank line", FileCode.FILE_LINE_BLANK)
        elif layout.totals == "last" and not layout.totals_mark:
            if held:
                yield from body.row(held)
            held = line
        else:
            yield from body.row(line)
    if held:
        body.state(held)
    _check_whole(layout, body, line_no, header_left)


def _lines(stream: BinaryIO, layout: FileLayout, reading: Reading) -> Iterator[LayoutLine]:
    if is_excel(stream):
        if layout.shape == "fixed":
            reason = "a workbook has no fixed widths"
            raise FileError(0, "shape", reason, FileCode.FILE_LAYOUT_INVALID)
        for line_no, cells in excel_rows(stream, reading):
            yield LayoutLine(line_no, cells=cells)
        return
    marked = ENCODINGS[layout.encoding.lower()] == "utf-8"
    for line_no, raw in read_lines(stream, crlf=True, open_end=True, kept_blanks=True, bom=marked):
        yield LayoutLine(line_no, raw=raw)


def _check_whole(layout: FileLayout, body: Body, line_no: int, header_left: int) -> None:
    if not line_no and (layout.header_lines or layout.totals):
        raise FileError(1, "line", "the file is empty", FileCode.FILE_EMPTY)
    if header_left:
        raise FileError(line_no + 1, "line", "the header is missing", FileCode.FILE_HEAD_MISSING)
    if layout.totals:
        if not body.stated:
            raise FileError(line_no + 1, "line", "the totals are missing", FileCode.FILE_TAIL_MISSING)
        body.check_totals()
        body.reading.whole = True
