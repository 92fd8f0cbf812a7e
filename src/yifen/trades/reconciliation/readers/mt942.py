"""Reader of interim reports in MT942 (SWIFT): entries of the day so far, without balances.

One file is one account's, in one currency. The counts and sums of debits and credits (:90D:, :90C:),
where the bank gives them, must be those of the entries. An interim report never shows a whole day.
"""

import re
from collections import Counter
from collections.abc import Iterator
from datetime import date
from functools import partial
from typing import Any, BinaryIO

from yifen.trades.reconciliation.codes import FileCode
from yifen.trades.reconciliation.readers import cells
from yifen.trades.reconciliation.readers.mt940_entry import entry_of, fen_of, ordinary_rows, row_of
from yifen.trades.reconciliation.readers.mt940_fields import END, Mt940Field, Mt940Run, fields
from yifen.trades.reconciliation.readers.reading import Hints, Reading
from yifen.trades.reconciliation.reasons import told
from yifen.trades.reconciliation.rows import FileError, Row

_FLOOR = re.compile(r"([A-Z]{3})[DC ]?[0-9,]{1,16}")
_SUM = re.compile(r"([0-9]{1,5})([A-Z]{3})([0-9,]{1,16})")
_MADE = re.compile(r"([0-9]{6})[0-9]{0,4}([+-][0-9]{4})?")


def open_mt942(stream: BinaryIO, hints: Hints) -> Reading:
    """Entries as in MT940; one that is only expected (EC, ED) gives no row. The day is that of :13D:
    (or :13:), the owner :25:; a report without it is of the day that the caller says. A file of
    reports of several days is SeveralDays, not to be taken apart."""
    return Reading(hints, partial(_rows, stream))


def _rows(stream: BinaryIO, reading: Reading) -> Iterator[Row]:
    report: _Report | None = None
    places: Counter[str] = Counter()
    any_one = False
    for field in fields(stream, reading):
        if isinstance(field, Mt940Run):
            if report is not None:
                yield from report.took_all(field)
                continue
            field = next(field.fields())
        if field.tag == "20" or report is None:
            if report is not None:
                yield from report.ended(field.line_no)
                report = None
            if field.tag == END:
                continue
            if field.tag != "20":
                reason = told("a report begins with :20:, not :{}:", field.tag)
                raise FileError(field.line_no, "20", reason, FileCode.FILE_HEAD_MISSING)
            report, any_one = _Report(reading, places), True
        elif field.tag == END:
            yield from report.ended(field.line_no)
            report = None
        else:
            yield from report.took(field)
    if report is not None:
        yield from report.ended(1)
    if not any_one:
        raise FileError(1, "20", "no report", FileCode.FILE_EMPTY)


class _Report:
    """One report: what came so far. An entry waits for its :86: before it becomes a row."""

    def __init__(self, reading: Reading, places: Counter[str]) -> None:
        self.reading, self.places = reading, places
        self.number = ""
        self.day: date | None = None
        self.floor = self.reverses = False
        self.found = {"D": [0, 0], "C": [0, 0]}  # count and fen
        self.entry: tuple[Mt940Field, dict[str, Any]] | None = None

    def took(self, field: Mt940Field) -> Iterator[Row]:
        match field.tag:
            case "25" | "25P":
                self.reading.of_owner(field.line_no, "25", cells.clean(field.text))
            case "28" | "28C":
                self.number = cells.clean(field.text)
            case "60F" | "60M" | "62F" | "62M":
                reason = "a balance: this is a statement, not an interim report"
                raise FileError(field.line_no, field.tag, reason, FileCode.FILE_VERSION)
            case "34F":
                self._floor(field)
            case "13D" | "13":
                self._made(field)
            case "61":
                yield from self._released("")
                if (entry := entry_of(field)) is not None:
                    self.entry = field, entry
            case "86" if self.entry is not None:
                yield from self._released(field.text)
            case "90D" | "90C":
                yield from self._released("")
                self._check(field)

    def took_all(self, run: Mt940Run) -> Iterator[Row]:
        """Ordinary entries, each with all that it has."""
        yield from self._released("")
        page = self._page()
        found = ordinary_rows(run, page, self.places[page], self.number)
        if found is not None:
            rows, _ = found
            for row, (_, _, _, mark, *_) in zip(rows, run.texts, strict=True):
                self._add(page, row, mark)
            yield from rows
            return
        for field in run.fields():
            yield from self.took(field)
        yield from self._released("")

    def ended(self, line_no: int) -> Iterator[Row]:
        for tag, there in (("25", self.reading.told_owner), ("34F", self.floor)):
            if not there:
                raise FileError(line_no, tag, "missing", FileCode.FILE_HEAD_MISSING)
        yield from self._released("")

    def _released(self, details: str) -> Iterator[Row]:
        if self.entry is None:
            return
        (field, entry), self.entry = self.entry, None
        page = self._page()
        row = row_of(field, entry, details, f"{page}#{self.places[page] + 1}", self.number)
        self._add(page, row, entry["status"])
        yield row

    def _page(self) -> str:
        return f"{self.number}@{self.day:%Y%m%d}" if self.day else self.number

    def _add(self, page: str, row: Row, mark: str) -> None:
        self.places[page] += 1
        side = self.found[mark[-1]]
        side[0] += 1
        side[1] += row.amount_fen
        self.reverses |= len(mark) > 1

    def _floor(self, field: Mt940Field) -> None:
        found = _FLOOR.fullmatch(field.text)
        if found is None:
            reason = told("not a floor limit: {!r}", field.text[:40])
            raise FileError(field.line_no, field.tag, reason, FileCode.FILE_CELL_INVALID)
        self.reading.in_currency(field.line_no, field.tag, found[1])
        self.floor = True

    def _made(self, field: Mt940Field) -> None:
        found = _MADE.fullmatch(field.text)
        if found is None:
            reason = told("no such time: {!r}", field.text[:40])
            raise FileError(field.line_no, field.tag, reason, FileCode.FILE_TIME_INVALID)
        self.day = cells.day(field.line_no, field.tag, f"20{found[1]}")
        self.reading.of_day(field.line_no, field.tag, self.day)

    def _check(self, field: Mt940Field) -> None:
        found = _SUM.fullmatch(field.text)
        if found is None:
            reason = told("not a count and a sum: {!r}", field.text[:40])
            raise FileError(field.line_no, field.tag, reason, FileCode.FILE_CELL_INVALID)
        self.reading.in_currency(field.line_no, field.tag, found[2])
        if self.reverses:  # on which side a bank counts a reversal is its own affair
            return
        count, sum_fen = self.found[field.tag[-1]]
        if int(found[1]) != count:
            reason = told("{}, but there are {}", found[1], count)
            raise FileError(field.line_no, field.tag, reason, FileCode.FILE_TOTAL_COUNT)
        if fen_of(field, found[3]) != sum_fen:
            reason = told("{}, but the entries give {} fen", found[3], sum_fen)
            raise FileError(field.line_no, field.tag, reason, FileCode.FILE_TOTAL_AMOUNT)
