"""What a reader is told of a file, and what one pass over it tells: the rows, the day, the owner."""

from collections.abc import Callable, Iterator
from datetime import date, time
from itertools import islice
from typing import NoReturn

import msgspec

from yifen.trades.reconciliation.codes import FileCode
from yifen.trades.reconciliation.readers.block import Block
from yifen.trades.reconciliation.readers.layout import FileLayout
from yifen.trades.reconciliation.reasons import told
from yifen.trades.reconciliation.rows import FileError, Row


class Hints(msgspec.Struct, frozen=True):
    """What the partner's profile and the caller know of a file before it is read.

    What is given must fit the file, else FILE_OF_ANOTHER, FILE_OF_ANOTHER_DAY or FILE_CURRENCY.
    """

    day: date | None = None  # the business day that the file should be of
    name: str = ""  # the file's name; UnionPay's has the day and the merchant in it
    owner: str = ""  # the merchant, account or partner in the file; empty: any one
    encoding: str = "utf-8"  # of the hub's text form, and of MT940
    cut_off: time | None = None  # the partner's own; None: the format's
    currency: str = ""  # of a bank's statement; empty: any one
    layout: FileLayout | None = None  # for the format "layout"


NOTES_MAX = 20


class SeveralDays(FileError):
    """A file of several days, to be taken in day by day where its format has statements, each of a
    day (`apart`); the code is FILE_OF_ANOTHER_DAY."""

    def __init__(self, line_no: int, column: str, days: set[date], *, apart: bool) -> None:
        reason = told("of several days: {}", _listed(days))
        super().__init__(line_no, column, reason, FileCode.FILE_OF_ANOTHER_DAY)
        self.days, self.apart = tuple(sorted(days)), apart


def _listed(days: set[date]) -> str:
    return ", ".join(map(str, sorted(days)))


class Reading:
    """One pass over a file: iterate once; the rows are true only after the last one.

    Iterating raises FileError at the first breach; totals are checked after the last row. `day`
    and `owner` stand from the first row on at the latest, and after the last one for good; `day`
    stays None where neither the file nor the hints know it.

    What the file itself tells, true after the last row: `told_owner` (merchant, channel or account
    number; empty: it does not say), `days` (every day that it says it is of), `opening_fen` and
    `closing_fen` (of a bank's statement, signed), `whole` (its own totals, tail or balances stand and
    agree: nothing is missing), `chain_hash` (of the hub's own form),
    `notes` (what a person should know, though the file can be used).
    """

    def __init__(
        self,
        hints: Hints,
        rows: Callable[["Reading"], Iterator[Row]],
        blocks: Callable[["Reading"], Iterator[Block | list[Row]]] | None = None,
    ) -> None:
        self.hints = hints
        self.day = hints.day
        self.owner = hints.owner
        self.currency = hints.currency
        self.told_owner = ""
        self.days: set[date] = set()
        self.opening_fen: int | None = None
        self.closing_fen: int | None = None
        self.whole = False
        self.in_place = False  # read from the file itself, and not out of an archive
        self.chain_hash = ""
        self.notes: list[str] = []
        self._rows, self._blocks = rows(self), blocks

    def __iter__(self) -> Iterator[Row]:
        return self._rows

    def pieces(self, rows_at_once: int) -> Iterator[Block | list[Row]]:
        """The rows in place of iterating: blocks of lines where the format can make them, else lists
        of rows."""
        if self._blocks is not None:
            yield from self._blocks(self)
            return
        while rows := list(islice(self._rows, rows_at_once)):
            yield rows

    def of_day(self, line_no: int, column: str, day: date) -> None:
        """The file says its day; FILE_OF_ANOTHER_DAY when the hints know another, SeveralDays when it
        has said another."""
        if self.hints.day not in (None, day):
            reason = told("{}, not {}", day, self.hints.day)
            raise FileError(line_no, column, reason, FileCode.FILE_OF_ANOTHER_DAY)
        self.day = day
        self.days.add(day)
        if len(self.days) > 1:
            self.several_days(line_no, column, self.days)

    def on_day(self, line_no: int, column: str, day: date) -> None:
        """One line says its day: all lines must be of the one day; FILE_OF_ANOTHER_DAY."""
        self.day = self.day or day
        self.days.add(day)
        if day != self.day:
            reason = told("{}, not {}", day, self.day)
            raise FileError(line_no, column, reason, FileCode.FILE_OF_ANOTHER_DAY)

    def several_days(
        self, line_no: int, column: str, days: set[date], *, apart: bool = False
    ) -> NoReturn:
        """The file is of more than one day: SeveralDays, which names them."""
        raise SeveralDays(line_no, column, days, apart=apart)

    def of_statements(self, line_no: int, column: str) -> None:
        """`days` has the days of all statements: the day is the only one, or the one that the hints
        name; SeveralDays, FILE_OF_ANOTHER_DAY."""
        if not self.days:
            return
        if self.hints.day is None and len(self.days) > 1:
            self.several_days(line_no, column, self.days, apart=True)
        if self.hints.day not in (None, *self.days):
            reason = told("{}, not {}", _listed(self.days), self.hints.day)
            raise FileError(line_no, column, reason, FileCode.FILE_OF_ANOTHER_DAY)
        self.day = self.hints.day or next(iter(self.days))

    def note(self, text: str) -> None:
        """What a person should know; the first of many, and that there are more."""
        if len(self.notes) < NOTES_MAX:
            self.notes.append(told(text))
        elif len(self.notes) == NOTES_MAX:
            self.notes.append("…")

    def of_owner(self, line_no: int, column: str, owner: str) -> None:
        """The file, or a line of it, says whose it is; FILE_OF_ANOTHER when it is not one owner."""
        self.owner = self.owner or owner
        if not owner or owner != self.owner:
            reason = told("{!r}, not {!r}", owner[:40], self.owner) if owner else 'missing'
            raise FileError(line_no, column, reason, FileCode.FILE_OF_ANOTHER)
        self.told_owner = owner

    def in_currency(self, line_no: int, column: str, currency: str) -> None:
        """An amount says its currency; FILE_CURRENCY when there is a second one."""
        self.currency = self.currency or currency
        if not currency or currency != self.currency:
            reason = told("{!r}, not {!r}", currency[:10], self.currency) if currency else 'missing'
            raise FileError(line_no, column, reason, FileCode.FILE_CURRENCY)
