"""What an acquirer's own file 收单对账文件 of a day says. Pure.

Cells between commas or tabs, in UTF-8 or GB18030; the first line names the columns, in any order, and those that are
not named here are read past (a card's number is one). A last line `总笔数,N,总金额,YUAN` makes the file whole.
"""

import csv
import re
from collections.abc import Iterator, Sequence
from datetime import date
from typing import NamedTuple

from yifen.core.facts.money import AmountError, parse_yuan
from yifen.core.facts.refused import Refused
from yifen.hub.pos.codes import PosCode

COLUMNS = {
    "终端号": "terminal", "批次号": "batch", "流水号": "trace", "凭证号": "trace", "交易类型": "kind",
    "交易金额": "amount", "参考号": "reference", "检索参考号": "reference", "清算日期": "day",
    "terminal": "terminal", "batch": "batch", "trace": "trace", "kind": "kind", "amount": "amount",
    "reference": "reference", "day": "day",
}  # fmt: skip
NEEDED = ("terminal", "batch", "trace", "kind", "amount")
KINDS = {"消费": "sale", "消费撤销": "void", "撤销": "void", "退货": "refund", "冲正": "reversal",
         "消费冲正": "reversal"} | {kind: kind for kind in ("sale", "void", "refund", "reversal")}  # fmt: skip
TOTALS = ("总笔数", "总金额"), ("count", "sum")
BYTES_MAX, ROWS_MAX = 25 << 20, 200_000
_DAY, _NAMED = re.compile(r"(20[0-9]{2})-?([0-9]{2})-?([0-9]{2})"), re.compile(r"(?<![0-9])20[0-9]{6}(?![0-9])")
_TERMINAL, _NUMBER, _REFERENCE = re.compile("[0-9A-Z]{1,20}"), re.compile("[0-9]{1,6}"), re.compile("[0-9A-Za-z]{0,20}")


class FileEntry(NamedTuple):
    """A line of it; `ref`: field 37."""

    line_no: int
    kind: str
    terminal_no: str
    batch_no: int
    trace: int
    amount_fen: int
    ref: str


class AcquirerDay(NamedTuple):
    """`is_whole`: its totals stand below the rows, and fit; else what it lacks may be there all the same."""

    day: date
    is_whole: bool
    rows: list[FileEntry]


def read_day(body: bytes, name: str) -> AcquirerDay:
    """`name`: of the file, whose eight digits are the day where no column says it. Refused: POS_FILE_BROKEN (line and
    column), POS_FILE_TOTALS, POS_FILE_DAY."""
    reading = _Reading(name)
    for line_no, cells in _lines(body):
        reading.took(line_no, cells)
    return reading.whole()


class _Reading:
    """What came so far."""

    def __init__(self, name: str) -> None:
        self._columns: list[str] = []
        self._rows: list[FileEntry] = []
        self._is_whole = False
        self._days = {found for found in map(_day, _NAMED.findall(name)) if found}
        self._said = set[date]()

    def took(self, line_no: int, cells: list[str]) -> None:
        if self._is_whole:
            raise _broken(line_no, "line")
        if not self._columns:
            self._columns = [COLUMNS.get(cell, "") for cell in cells]
            for needed in NEEDED:
                if self._columns.count(needed) != 1:
                    raise _broken(line_no, needed)
        elif cells[0] in (TOTALS[0][0], TOTALS[1][0]):
            self._end(line_no, cells)
        elif len(self._rows) >= ROWS_MAX:
            raise _broken(line_no, "line")
        else:
            self._row(line_no, cells)

    def whole(self) -> AcquirerDay:
        days = self._said or self._days
        if not self._columns:
            raise _broken(1, "line")
        if len(days) != 1:
            raise Refused(PosCode.POS_FILE_DAY, "day")
        return AcquirerDay(days.pop(), self._is_whole, self._rows)

    def _row(self, line_no: int, cells: Sequence[str]) -> None:
        if len(cells) < len(self._columns):
            raise _broken(line_no, "line")
        said = dict(zip(self._columns, cells, strict=False))
        kind = KINDS.get(said["kind"])
        fen = abs(_fen(line_no, said["amount"]))
        day = _day(said["day"]) if "day" in said else None
        for name, is_fit in (
            ("kind", kind), ("amount", fen and (kind != "sale" or said["amount"][:1] != "-")),
            ("terminal", _TERMINAL.fullmatch(said["terminal"])), ("batch", _NUMBER.fullmatch(said["batch"])),
            ("trace", _NUMBER.fullmatch(said["trace"])), ("reference", _REFERENCE.fullmatch(said.get("reference", ""))),
            ("day", day or "day" not in said),
        ):  # fmt: skip
            if not is_fit:
                raise _broken(line_no, name)
        if day:
            self._said.add(day)
        self._rows.append(FileEntry(line_no, str(kind), said["terminal"], int(said["batch"]), int(said["trace"]), fen,
                                    said.get("reference", "")))  # fmt: skip

    def _end(self, line_no: int, cells: list[str]) -> None:
        """The net sum: what went back is taken off."""
        said = [cell for cell in cells if cell]
        net = sum(row.amount_fen if row.kind == "sale" else -row.amount_fen for row in self._rows)
        if len(said) != 4 or (said[0], said[2]) not in TOTALS:
            raise _broken(line_no, "totals")
        if said[1] != str(len(self._rows)) or _fen(line_no, said[3]) != net:
            raise Refused(PosCode.POS_FILE_TOTALS, "totals")
        self._is_whole = True


def _lines(body: bytes) -> Iterator[tuple[int, list[str]]]:
    """Those that hold something, numbered."""
    text = _text(body)
    lines = csv.reader(text.splitlines(), delimiter="\t" if "\t" in text.partition("\n")[0] else ",", strict=True)
    try:
        for cells in lines:
            stripped = [cell.strip() for cell in cells]
            if any(stripped):
                yield lines.line_num, stripped
    except csv.Error:
        raise _broken(lines.line_num, "line") from None


def _text(body: bytes) -> str:
    if len(body) <= BYTES_MAX:
        for encoding in ("utf-8-sig", "gb18030"):
            try:
                return body.decode(encoding)
            except UnicodeDecodeError:
                continue
    raise _broken(1, "file")


def _fen(line_no: int, text: str) -> int:
    try:
        return parse_yuan(text, signed=True)
    except AmountError:
        raise _broken(line_no, "amount") from None


def _day(text: str) -> date | None:
    found = _DAY.fullmatch(text)
    try:
        return date(*map(int, found.groups())) if found else None
    except ValueError:
        return None


def _broken(line_no: int, what: str) -> Refused:
    return Refused(PosCode.POS_FILE_BROKEN, what, f"{line_no}: {what}")
