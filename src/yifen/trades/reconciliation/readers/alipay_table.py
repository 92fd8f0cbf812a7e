"""Alipay's bills as tables: title, account, period, the list's header and rows, totals, time of export.

GB18030; cells are padded with tabs. A large bill comes in parts, one after the other here: each is a bill
of its own, of the same account and period, with its own totals.
"""

import csv
import re
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import BinaryIO, NamedTuple

from yifen.core.facts.codes import ResultCode
from yifen.trades.reconciliation.codes import FileCode
from yifen.trades.reconciliation.readers import cells
from yifen.trades.reconciliation.readers.columns import Columns, TextFile, Unusual, cut, rows_of
from yifen.trades.reconciliation.readers.lines import FileLines
from yifen.trades.reconciliation.readers.reading import Reading
from yifen.trades.reconciliation.reasons import told
from yifen.trades.reconciliation.rows import FileError, Row

NEVER = datetime(1, 1, 1)  # noqa: DTZ001 (local wall clock, without a zone by contract)
_ACCOUNT = re.compile(r"#账号：\[([0-9A-Za-z]{1,32})\]")
_PERIOD = re.compile(r"#起始日期：\[(.{20})\]\s*终止日期：\[(.{20})\]")
_CHINESE_TIME = re.compile(r"(\d{4})年(\d\d)月(\d\d)日 (\d\d:\d\d:\d\d)", re.ASCII)
_EXPORTED = re.compile(r"#导出时间：\[.{20}\]")
_PADDING = "\t "
_PADDED = ("\t\n", "\n\t", " \n", "\n ")
_HEAD = (FileCode.FILE_HEAD_MISSING, "the head")
Line = tuple[int, str]


class AlipayForm(NamedTuple):
    """One kind of bill: its name ("业务明细"), its columns, those that it may lack, its totals lines."""

    name: str
    columns: tuple[str, ...]
    optional: frozenset[str]
    totals: tuple[tuple[str, re.Pattern[str]], ...]

    @property
    def title(self) -> str:
        return f"#支付宝{self.name}查询"


class AlipayTotal(NamedTuple):
    """What a totals line says, with its name."""

    line_no: int
    name: str
    said: tuple[str, ...]

    def check_count(self, found: int) -> None:
        """FILE_TOTAL_COUNT: the first thing that it says is the count."""
        if cells.count(self.line_no, self.name, self.said[0]) != found:
            reason = told("{}, but the file has {}", self.said[0], found)
            raise FileError(self.line_no, self.name, reason, FileCode.FILE_TOTAL_COUNT)

    def check_sum(self, number: int, *fen: int) -> None:
        """FILE_TOTAL_AMOUNT: an amount that it says is none of these."""
        if cells.yuan(self.line_no, self.name, self.said[number], signed=True) not in fen:
            reason = told("{} yuan, but the rows give {} fen", self.said[number][:40], fen[0])
            raise FileError(self.line_no, self.name, reason, FileCode.FILE_TOTAL_AMOUNT)


class AlipayTable(TextFile):
    """One pass over a bill; `first` and `last` bound the times of its rows."""

    encoding = "gb18030"

    def __init__(
        self,
        form: AlipayForm,
        reading: Reading,
        read: Callable[["AlipayTable", Columns], list[Row]],
        check: Callable[[AlipayTotal], None],
    ) -> None:
        super().__init__(FileLines(crlf=True))
        self.form, self.reading, self.read, self.check = form, reading, read, check
        self.first = self.last = NEVER
        self.columns: tuple[str, ...] = ()
        self.end = re.compile(rf"#-+{form.name}列表结束-+")
        self.parts = self._parts()
        self.missing = next(self.parts)

    def rows(self, stream: BinaryIO) -> Iterator[Sequence[Row]]:
        """The rows that `read` makes, part by part, with the totals to `check`; FileError names the
        first breach."""
        yield from rows_of(stream, self)
        if not self.lines.line_no:
            raise FileError(1, "line", "the file is empty", FileCode.FILE_EMPTY)
        if self.missing is not None:
            code, what = self.missing
            raise FileError(self.lines.line_no + 1, "line", f"{what} is missing", code)
        self.reading.whole = True

    def at(self, lines: Columns, column: str) -> list[datetime]:
        """The times in a column, within the period; FILE_TIME_INVALID, FILE_OF_ANOTHER_DAY."""
        at = lines.moment(column)
        for one in (min(at), max(at)):
            if not self.first <= one <= self.last:
                reason = told("{} is outside {} to {}", one, self.first, self.last)
                raise FileError(lines.line_no, column, reason, FileCode.FILE_OF_ANOTHER_DAY)
        return at

    def took(self, line_no: int, text: str) -> Iterable[Row]:
        if not self.ready or self.end.fullmatch(text.rstrip("\t ,")):
            self.missing = self.parts.send((line_no, text))
            return ()
        try:
            (parts,) = csv.reader([text], strict=True)
        except (csv.Error, ValueError) as error:
            raise FileError(line_no, "line", error.args[0], FileCode.FILE_CELLS_WRONG) from error
        if len(parts) != len(self.columns):
            reason = told("{} cells, but {} columns", len(parts), len(self.columns))
            raise FileError(line_no, "line", reason, FileCode.FILE_CELLS_WRONG)
        return self._read((line_no,), [parts])

    def took_many(self, line_nos: Sequence[int], texts: list[str]) -> list[Row]:
        if not self.ready:
            raise Unusual
        try:
            parts = list(csv.reader(texts, strict=True))
        except csv.Error as error:
            raise Unusual from error
        if len(parts) != len(texts):  # a quote went on into the next line
            raise Unusual
        return self._read(line_nos, parts)

    def _read(self, line_nos: Sequence[int], parts: list[list[str]]) -> list[Row]:
        return self.read(self, Columns(line_nos, _Unpadded(cut(line_nos, self.columns, parts))))

    def _parts(self) -> Generator[tuple[ResultCode, str] | None, Line, None]:
        """Takes each line but rows; yields what is missing where the file ends there."""
        title = yield _HEAD
        while True:
            _match(re.compile(self.form.title), title, FileCode.FILE_HEAD_MISSING)
            line_no, account = _match(_ACCOUNT, (yield _HEAD), FileCode.FILE_HEAD_MISSING)
            self.reading.of_owner(line_no, "账号", account[1])
            self._period(*_match(_PERIOD, (yield _HEAD), FileCode.FILE_HEAD_MISSING))
            list_begins = re.compile(rf"#-+{self.form.name}列表-+")
            _match(list_begins, (yield _HEAD), FileCode.FILE_HEAD_MISSING)
            self.columns = self._columns(*(yield FileCode.FILE_HEAD_MISSING, "the header"))
            self.ready = True
            yield FileCode.FILE_TAIL_MISSING, "the end of the list"
            self.ready = False
            for name, pattern in self.form.totals:
                line = yield FileCode.FILE_TAIL_MISSING, "the totals"
                line_no, said = _match(pattern, line, FileCode.FILE_TAIL_MISSING)
                self.check(AlipayTotal(line_no, name, said.groups()))
            line = yield FileCode.FILE_TAIL_MISSING, "the time of export"
            _match(_EXPORTED, line, FileCode.FILE_TAIL_MISSING)
            title = yield None
            if title[1].rstrip("\t ,") != self.form.title:
                raise FileError(title[0], "line", "after the end", FileCode.FILE_AFTER_END)

    def _period(self, line_no: int, period: re.Match[str]) -> None:
        self.first, self.last = (_chinese_time(line_no, text) for text in period.groups())
        if self.last - self.first > timedelta(days=1) or self.first >= self.last:
            reason = "the bill is not of one day"
            raise FileError(line_no, "终止日期", reason, FileCode.FILE_NOT_SUPPORTED)
        self.reading.of_day(line_no, "起始日期", self.first.date())

    def _columns(self, line_no: int, text: str) -> tuple[str, ...]:
        columns = tuple(name.strip(_PADDING) for name in text.split(","))
        for number, name in enumerate(columns):
            if name not in self.form.columns or name in columns[:number]:
                raise FileError(
                    line_no, name[:40], "unknown or repeated", FileCode.FILE_COLUMN_UNKNOWN
                )
        for name in self.form.columns:
            if name not in columns and name not in self.form.optional:
                raise FileError(
                    line_no, name, "the column is missing", FileCode.FILE_COLUMN_MISSING
                )
        return columns


class _Unpadded(dict[str, Sequence[str]]):
    """Columns whose cells lose their padding when they are first asked for."""

    def __init__(self, padded: Columns) -> None:
        super().__init__()
        self.padded = padded

    def __missing__(self, name: str) -> Sequence[str]:
        column = self.padded[name]
        joined = "\n".join(["", *column, ""])
        if any([padding in joined for padding in _PADDED]):
            column = [cell.strip(_PADDING) for cell in column]
        self[name] = column
        return column


def _match(pattern: re.Pattern[str], line: Line, code: ResultCode) -> tuple[int, re.Match[str]]:
    line_no, text = line
    found = pattern.fullmatch(text.rstrip("\t ,"))
    if found is None:
        raise FileError(line_no, "line", told("not as the format says: {!r}", text[:40]), code)
    return line_no, found


def _chinese_time(line_no: int, text: str) -> datetime:
    found = _CHINESE_TIME.fullmatch(text)
    plain = f"{found[1]}-{found[2]}-{found[3]} {found[4]}" if found else text
    return cells.moment(line_no, "起始日期", plain)
