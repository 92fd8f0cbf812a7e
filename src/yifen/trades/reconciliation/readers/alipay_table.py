"""Alipay's bills as tables: title, account, period, the list's header and rows, totals, time of export.

GB18030; cells are padded with tabs. A large bill comes in parts, one after the other here: each is a bill
of its own, of the same account and period, with its own totals.
"""

import csv
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import BinaryIO, NamedTuple

from yifen.core.facts.codes import ResultCode
from yifen.trades.reconciliation.codes import FileCode
from yifen.trades.reconciliation.readers import cells
from yifen.trades.reconciliation.readers.lines import decoded, read_lines
from yifen.trades.reconciliation.readers.reading import Reading
from yifen.trades.reconciliation.reasons import told
from yifen.trades.reconciliation.rows import FileError

ENCODING = "gb18030"
NEVER = datetime(1, 1, 1)  # noqa: DTZ001 (local wall clock, without a zone by contract)
_ACCOUNT = re.compile(r"#账号：\[([0-9A-Za-z]{1,32})\]")
_PERIOD = re.compile(r"#起始日期：\[(.{20})\]\s*终止日期：\[(.{20})\]")
_CHINESE_TIME = re.compile(r"(\d{4})年(\d\d)月(\d\d)日 (\d\d:\d\d:\d\d)", re.ASCII)
_EXPORTED = re.compile(r"#导出时间：\[.{20}\]")
Cells = dict[str, str]


class AlipayForm(NamedTuple):
    """One kind of bill: its name ("业务明细"), its columns, those that it may lack, its totals lines."""

    name: str
    columns: tuple[str, ...]
    optional: frozenset[str]
    totals: tuple[tuple[str, re.Pattern[str]], ...]

    @property
    def title(self) -> str:
        return f"#支付宝{self.name}查询"


class AlipayLine(NamedTuple):
    """A row by the names of its columns; or what a totals line says, with its name."""

    line_no: int
    cells: Cells
    total: str = ""
    said: tuple[str, ...] = ()


class AlipayTable:
    """One pass over a bill; `first` and `last` bound the times of its rows."""

    def __init__(self, form: AlipayForm, reading: Reading) -> None:
        self.form, self.reading = form, reading
        self.first = self.last = NEVER
        self.line_no = 0

    def lines(self, stream: BinaryIO) -> Iterator[AlipayLine]:
        """Rows and totals, part by part; FileError names the first breach."""
        lines = self._texts(stream)
        title: tuple[int, str] | None = self._next(lines, FileCode.FILE_HEAD_MISSING, "the head")
        while title is not None:
            yield from self._part(title, lines)
            title = next(lines, None)
            if title is not None and title[1].rstrip("\t ,") != self.form.title:
                raise FileError(title[0], "line", "after the end", FileCode.FILE_AFTER_END)
        self.reading.whole = True

    def at(self, line_no: int, column: str, cell: Cells) -> datetime:
        """The time in a column, within the period; FILE_TIME_INVALID, FILE_OF_ANOTHER_DAY."""
        at = cells.moment(line_no, column, cell[column])
        if not self.first <= at <= self.last:
            reason = told("{} is outside {} to {}", at, self.first, self.last)
            raise FileError(line_no, column, reason, FileCode.FILE_OF_ANOTHER_DAY)
        return at

    def _part(self, title: tuple[int, str], lines: Iterator[tuple[int, str]]) -> Iterator[AlipayLine]:
        name = self.form.name
        _match(re.compile(self.form.title), *title, FileCode.FILE_HEAD_MISSING)
        self._head(lines)
        columns = self._columns(*self._next(lines, FileCode.FILE_HEAD_MISSING, "the header"))
        end = re.compile(rf"#-+{name}列表结束-+")
        while True:
            line_no, text = self._next(lines, FileCode.FILE_TAIL_MISSING, "the end of the list")
            if end.fullmatch(text.rstrip("\t ,")):
                break
            yield AlipayLine(line_no, _cells(line_no, text, columns))
        for total, pattern in self.form.totals:
            line_no, text = self._next(lines, FileCode.FILE_TAIL_MISSING, "the totals")
            said = _match(pattern, line_no, text, FileCode.FILE_TAIL_MISSING)
            yield AlipayLine(line_no, {}, total, said.groups())
        line_no, text = self._next(lines, FileCode.FILE_TAIL_MISSING, "the time of export")
        _match(_EXPORTED, line_no, text, FileCode.FILE_TAIL_MISSING)

    def _texts(self, stream: BinaryIO) -> Iterator[tuple[int, str]]:
        for line_no, raw in read_lines(stream, crlf=True):
            self.line_no = line_no
            yield line_no, decoded(line_no, raw, ENCODING)
        if not self.line_no:
            raise FileError(1, "line", "the file is empty", FileCode.FILE_EMPTY)

    def _next(self, lines: Iterator[tuple[int, str]], code: ResultCode, what: str) -> tuple[int, str]:
        found = next(lines, None)
        if found is None:
            raise FileError(self.line_no + 1, "line", f"{what} is missing", code)
        return found

    def _head(self, lines: Iterator[tuple[int, str]]) -> None:
        def line(pattern: re.Pattern[str]) -> tuple[int, re.Match[str]]:
            line_no, text = self._next(lines, FileCode.FILE_HEAD_MISSING, "the head")
            return line_no, _match(pattern, line_no, text, FileCode.FILE_HEAD_MISSING)

        line_no, account = line(_ACCOUNT)
        self.reading.of_owner(line_no, "账号", account[1])
        line_no, period = line(_PERIOD)
        self.first, self.last = (_chinese_time(line_no, text) for text in period.groups())
        if self.last - self.first > timedelta(days=1) or self.first >= self.last:
            reason = "the bill is not of one day"
            raise FileError(line_no, "终止日期", reason, FileCode.FILE_NOT_SUPPORTED)
        self.reading.of_day(line_no, "起始日期", self.first.date())
        line(re.compile(rf"#-+{self.form.name}列表-+"))

    def _columns(self, line_no: int, text: str) -> tuple[str, ...]:
        columns = tuple(name.strip("\t ") for name in text.split(","))
        for number, name in enumerate(columns):
            if name not in self.form.columns or name in columns[:number]:
                raise FileError(line_no, name[:40], "unknown or repeated", FileCode.FILE_COLUMN_UNKNOWN)
        for name in self.form.columns:
            if name not in columns and name not in self.form.optional:
                raise FileError(line_no, name, "the column is missing", FileCode.FILE_COLUMN_MISSING)
        return columns


def check_count(line: AlipayLine, found: int) -> None:
    """FILE_TOTAL_COUNT: the first thing that a totals line says is its count."""
    if cells.count(line.line_no, line.total, line.said[0]) != found:
        reason = told("{}, but the file has {}", line.said[0], found)
        raise FileError(line.line_no, line.total, reason, FileCode.FILE_TOTAL_COUNT)


def check_sum(line: AlipayLine, number: int, *fen: int) -> None:
    """FILE_TOTAL_AMOUNT: an amount that a totals line says is none of these."""
    if cells.yuan(line.line_no, line.total, line.said[number], signed=True) not in fen:
        reason = told("{} yuan, but the rows give {} fen", line.said[number][:40], fen[0])
        raise FileError(line.line_no, line.total, reason, FileCode.FILE_TOTAL_AMOUNT)


def _cells(line_no: int, text: str, columns: tuple[str, ...]) -> Cells:
    try:
        (parts,) = csv.reader([text], strict=True)
    except (csv.Error, ValueError) as error:
        raise FileError(line_no, "line", error.args[0], FileCode.FILE_CELLS_WRONG) from error
    if len(parts) != len(columns):
        reason = told("{} cells, but {} columns", len(parts), len(columns))
        raise FileError(line_no, "line", reason, FileCode.FILE_CELLS_WRONG)
    return {name: cell.strip("\t ") for name, cell in zip(columns, parts, strict=True)}


def _match(pattern: re.Pattern[str], line_no: int, text: str, code: ResultCode) -> re.Match[str]:
    found = pattern.fullmatch(text.rstrip("\t ,"))
    if found is None:
        raise FileError(line_no, "line", told("not as the format says: {!r}", text[:40]), code)
    return found


def _chinese_time(line_no: int, text: str) -> datetime:
    found = _CHINESE_TIME.fullmatch(text)
    plain = f"{found[1]}-{found[2]}-{found[3]} {found[4]}" if found else text
    return cells.moment(line_no, "起始日期", plain)
