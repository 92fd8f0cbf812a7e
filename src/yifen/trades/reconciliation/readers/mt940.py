"""Reader of bank statements in MT940 (SWIFT).

One file is one account's, in one currency. The opening balance and the entries must give the closing
balance, statement by statement, and a statement opens with what the one before closed with.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from itertools import pairwise
from typing import Any, BinaryIO

from yifen.trades.reconciliation.codes import FileCode
from yifen.trades.reconciliation.readers import cells
from yifen.trades.reconciliation.readers.mt940_entry import (
    balance_of,
    entry_of,
    ordinary_rows,
    row_of,
)
from yifen.trades.reconciliation.readers.mt940_fields import END, Mt940Field, Mt940Run, fields
from yifen.trades.reconciliation.readers.reading import Hints, Reading
from yifen.trades.reconciliation.reasons import told
from yifen.trades.reconciliation.rows import FileError, Row

FINAL = ("62F", "62M")


def open_mt940(stream: BinaryIO, hints: Hints) -> Reading:
    """Entries as money in or out; a reversed credit (RC) goes out, a reversed debit (RD) comes in.

    serial: the end-to-end reference in :86:, else the customer's, else the bank's reference in :61:;
    an entry without any gets its place ("19321/1@20110522#3": statement, day of its opening balance,
    number), which no rule takes for a serial of ours. ref: the bank's reference; account_no: the
    other account, where :86: has it; batch: the statement. Encoding: the hints'; what is not UTF-8 is
    Latin-1. The day is the closing balance's, the owner :25:. Of a file of several days the hints'
    day alone gives rows, without one it is SeveralDays.
    """
    return Reading(hints, partial(_rows, stream))


def _rows(stream: BinaryIO, reading: Reading) -> Iterator[Row]:
    file = _File(reading, _days(stream, reading))
    statement: _Statement | None = None
    line_no = 0
    for field in fields(stream, reading):
        if isinstance(field, Mt940Run):
            line_no = field.last_line_no
            if statement is not None:
                yield from statement.took_all(field)
                continue
            field = next(field.fields())
        line_no = field.line_no
        if field.tag == "20" or statement is None:
            if statement is not None:
                yield from statement.ended(field.line_no)
            if field.tag == END:
                continue
            if field.tag != "20":
                reason = told("a statement begins with :20:, not :{}:", field.tag)
                raise FileError(field.line_no, "20", reason, FileCode.FILE_HEAD_MISSING)
            statement = _Statement(file)
        elif field.tag == END:
            yield from statement.ended(field.line_no)
            statement = None
        else:
            yield from statement.took(field)
    if statement is not None:
        yield from statement.ended(line_no + 1)
    file.finish()


def _days(stream: BinaryIO, reading: Reading) -> list[date]:
    """The day of each statement, where one is asked for: it stands below the entries. A page that a
    next one carries on (:60M:) is of the day of that one."""
    if reading.hints.day is None or not stream.seekable():
        return []
    pages: list[_Page] = []
    for field in fields(stream, reading):
        if isinstance(field, Mt940Run):
            continue
        if field.tag == "20":
            pages.append(_Page())
        elif not pages or pages[-1].closing:
            continue
        elif field.tag in ("60F", "60M"):
            pages[-1].opening = field.tag
        elif field.tag in FINAL:
            pages[-1].closing, pages[-1].day = field.tag, balance_of(field)[2]
    stream.seek(0)
    for page, following in reversed(list(pairwise(pages))):
        if page.closing == "62M" and following.opening == "60M":
            page.day = following.day
    return [page.day for page in pages]


@dataclass(slots=True)
class _Page:
    """The tags of a statement's balances, and the day of the closing one."""

    opening: str = ""
    closing: str = ""
    day: date = date.min


class _File:
    """What the statements of a file share: balances that follow each other, places, days."""

    def __init__(self, reading: Reading, days: list[date]) -> None:
        self.reading, self.days = reading, days
        self.count = 0
        self.places: Counter[str] = Counter()
        self.before: tuple[str, int] | None = None  # the statement before, and its closing balance
        self.page: date | None = None  # of a page that may be carried on

    def is_wanted(self) -> bool:
        """Whether the statement that begins is of the day that is asked for."""
        self.count += 1
        return not self.days or self.days[self.count - 1 : self.count] == [self.reading.hints.day]

    def opened(self, field: Mt940Field, number: str, balance_fen: int) -> None:
        """FILE_BALANCE: between two statements money is missing."""
        if self.page is not None and field.tag == "60F":
            self.reading.days.add(self.page)
            self.page = None
        if self.before is not None and self.before[1] != balance_fen:
            reason = told("{} opens with {} fen, but {} closed with {}: one is missing",
                          number or told("a statement"), balance_fen, self.before[0] or told("the one before"),
                          self.before[1])  # fmt: skip
            raise FileError(field.line_no, field.tag, reason, FileCode.FILE_BALANCE)

    def closed(self, field: Mt940Field, number: str, balance_fen: int, day: date) -> None:
        self.before = number, balance_fen
        if field.tag == "62F":
            self.page = None
            self.reading.days.add(day)
        else:
            self.page = day

    def finish(self) -> None:
        if not self.count:
            raise FileError(1, "20", "no statement", FileCode.FILE_EMPTY)
        if self.page is not None and not self.reading.days:
            self.reading.days.add(self.page)
        self.reading.of_statements(1, "62F")
        self.reading.whole = self.page is None


class _Statement:
    """One statement: what came so far. An entry waits for its :86: before it becomes a row."""

    def __init__(self, file: _File) -> None:
        self.file, self.reading = file, file.reading
        self.wanted = file.is_wanted()
        self.number = ""
        self.opened_on = date.min
        self.booked: set[str] = set()
        self.balance_fen: int | None = None
        self.closed = False
        self.entry: tuple[Mt940Field, dict[str, Any]] | None = None

    def took(self, field: Mt940Field) -> Iterator[Row]:
        match field.tag:
            case "25" | "25P":
                self.reading.of_owner(field.line_no, "25", cells.clean(field.text))
            case "28" | "28C":
                self.number = cells.clean(field.text)
            case "60F" | "60M" if self.balance_fen is None:
                self._open(field)
            case "61":
                yield from self._released("")
                if (entry := self._entry(field)) is not None:
                    self.entry = field, entry
            case "86" if self.entry is not None:
                yield from self._released(field.text)
            case "62F" | "62M" if not self.closed:
                yield from self._released("")
                self._close(field)

    def took_all(self, run: Mt940Run) -> Iterator[Row]:
        """Ordinary entries, each with all that it has."""
        yield from self._released("")
        found, page = None, self._page()
        if self.balance_fen is not None and not self.closed:
            found = ordinary_rows(run, page, self.file.places[page], self.number)
        if found is not None:
            self._add(page, *found)
            yield from found[0] if self.wanted else ()
            return
        for field in run.fields():
            yield from self.took(field)
        yield from self._released("")

    def ended(self, line_no: int) -> Iterator[Row]:
        if not self.closed:
            raise FileError(line_no, "62F", "no closing balance", FileCode.FILE_TAIL_MISSING)
        yield from self._released("")

    def _entry(self, field: Mt940Field) -> dict[str, Any] | None:
        if self.balance_fen is None:
            reason = "an entry before the opening balance"
            raise FileError(field.line_no, "60F", reason, FileCode.FILE_HEAD_MISSING)
        if self.closed:
            reason = "an entry after the closing balance"
            raise FileError(field.line_no, "61", reason, FileCode.FILE_AFTER_END)
        return entry_of(field)

    def _released(self, details: str) -> Iterator[Row]:
        if self.entry is None or self.balance_fen is None:
            return
        (field, entry), self.entry = self.entry, None
        page = self._page()
        row = row_of(field, entry, details, f"{page}#{self.file.places[page] + 1}", self.number)
        self._add(page, [row], {f"{entry['entry_month']}{entry['entry_day']}".strip()})
        if self.wanted:
            yield row

    def _page(self) -> str:
        return f"{self.number}@{self.opened_on:%Y%m%d}"

    def _add(self, page: str, rows: list[Row], booked: set[str]) -> None:
        assert self.balance_fen is not None
        self.file.places[page] += len(rows)
        self.balance_fen += sum([row.amount_fen if row.kind == "in" else -row.amount_fen for row in rows])
        self.booked |= booked - {""}

    def _open(self, field: Mt940Field) -> None:
        currency, self.balance_fen, self.opened_on = balance_of(field)
        self.reading.in_currency(field.line_no, field.tag, currency)
        self.file.opened(field, self.number, self.balance_fen)
        if self.wanted and self.reading.opening_fen is None:
            self.reading.opening_fen = self.balance_fen

    def _close(self, field: Mt940Field) -> None:
        currency, found, day = balance_of(field)
        self.reading.in_currency(field.line_no, field.tag, currency)
        if self.balance_fen is None:
            raise FileError(field.line_no, "60F", "no opening balance", FileCode.FILE_HEAD_MISSING)
        if found != self.balance_fen:
            reason = told(
                "{} fen, but opening balance and entries give {}", found, self.balance_fen
            )
            raise FileError(field.line_no, field.tag, reason, FileCode.FILE_BALANCE)
        if not self.reading.owner:
            raise FileError(field.line_no, "25", "no account", FileCode.FILE_HEAD_MISSING)
        self._one_day(field, day)
        self.file.closed(field, self.number, found, day)
        if self.wanted:
            self.reading.closing_fen = found
        self.closed = True

    def _one_day(self, field: Mt940Field, day: date) -> None:
        """A statement over several days, with entries booked on several, is of a day only when the
        caller says so."""
        if self.reading.hints.day is None and day - self.opened_on > timedelta(days=1) and len(
            self.booked
        ) > 1:  # fmt: skip
            listed = ", ".join(sorted(self.booked))
            reason = told("one statement with entries of several days: {}; name its day", listed)
            raise FileError(field.line_no, field.tag, reason, FileCode.FILE_OF_ANOTHER_DAY)
