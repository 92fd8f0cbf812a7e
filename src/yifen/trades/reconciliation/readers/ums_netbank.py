"""The portal export's netbank form (网银): caption, group, period, named columns, rows, totals."""

import re
from collections.abc import Sequence
from itertools import pairwise

from yifen.trades.reconciliation.codes import FileCode
from yifen.trades.reconciliation.readers import cells
from yifen.trades.reconciliation.readers.columns import Unusual, cut
from yifen.trades.reconciliation.readers.reading import Reading
from yifen.trades.reconciliation.readers.ums_row import rows_of
from yifen.trades.reconciliation.reasons import told
from yifen.trades.reconciliation.rows import FileError, Row

NAMES = {
    "清算日期": "settlement_day", "交易日期": "date", "交易时间": "time", "终端号": "terminal",
    "交易金额": "amount", "清算金额": "net", "手续费": "fee", "流水号": "trace", "交易类型": "kind",
    "参考号": "reference", "检索参考号": "reference", "商户号": "merchant",
}  # fmt: skip
_GROUP, _PERIOD = re.compile(r"集团名称：[^\t]*\t*"), "清算日期从："
_TOTALS = {"总笔数：": "", "交易金额：": "amount", "结算金额：": "net", "手续费：": "fee"}
HEAD_MAX = 20  # lines above the columns


class NetbankForm:
    """What came so far; the caption, which is its first line, not counted."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.columns: tuple[str, ...] = ()
        self.count = 0
        self.sums = dict.fromkeys(("amount", "net", "fee"), 0)
        self.ended = False

    def took(self, line_no: int, line: str) -> list[Row]:
        """The row of a line, where it is one."""
        if not line.strip("\t"):
            return []
        if self.ended:
            raise FileError(line_no, "line", "after the totals", FileCode.FILE_AFTER_END)
        if line.startswith("总笔数："):
            self._check(line_no, line.split("\t"))
        elif self.columns:
            parts = line.split("\t")
            if len(parts) < len(self.columns) or any(parts[len(self.columns) :]):
                reason = told("{} cells, not {}", len(parts), len(self.columns))
                raise FileError(line_no, "line", reason, FileCode.FILE_CELLS_WRONG)
            return self._rows((line_no,), [parts[: len(self.columns)]])
        elif line.startswith(_PERIOD):
            self._period(line_no, line.split("\t"))
        elif not _GROUP.fullmatch(line):
            self._name(line_no, line.rstrip("\t").split("\t"))
        return []

    def took_many(self, line_nos: Sequence[int], rows: list[list[str]]) -> list[Row]:
        """The rows of lines that are all rows; behind their columns nothing may stand."""
        width = len(self.columns)
        if self.ended or any([any(row[width:]) for row in rows]):
            raise Unusual
        return self._rows(line_nos, [row[:width] for row in rows])

    def finish(self, line_no: int) -> None:
        """The file is over; FILE_HEAD_MISSING, FILE_TAIL_MISSING."""
        if not self.columns:
            raise FileError(
                line_no + 1, "line", "the header is missing", FileCode.FILE_HEAD_MISSING
            )
        if not self.ended:
            raise FileError(
                line_no + 1, "line", "the totals are missing", FileCode.FILE_TAIL_MISSING
            )

    def _period(self, line_no: int, parts: list[str]) -> None:
        days = [cells.day(line_no, _PERIOD, part) for part in parts[1::2] if part][:2]
        if len(set(days)) > 1:
            self.reading.several_days(line_no, _PERIOD, set(days))
        for day in days:
            self.reading.of_day(line_no, _PERIOD, day)

    def _name(self, line_no: int, names: list[str]) -> None:
        columns = [NAMES.get(name, "") for name in names]
        if line_no > HEAD_MAX or "settlement_day" not in columns:
            raise FileError(line_no, "line", "not the header", FileCode.FILE_HEAD_MISSING)
        for name, column in NAMES.items():
            if columns.count(column) > 1:
                raise FileError(line_no, name, "repeated", FileCode.FILE_COLUMN_UNKNOWN)
            if column not in columns:
                raise FileError(
                    line_no, name, "the column is missing", FileCode.FILE_COLUMN_MISSING
                )
        self.columns = tuple(columns)

    def _rows(self, line_nos: Sequence[int], parts: list[list[str]]) -> list[Row]:
        rows = rows_of(cut(line_nos, self.columns, parts), self.reading)
        signed_fen, fee_fen = (
            sum([row.signed_fen for row in rows]),
            sum([row.fee_fen for row in rows]),
        )
        self.count += len(rows)
        self.sums["amount"] += signed_fen
        self.sums["fee"] -= fee_fen
        self.sums["net"] += signed_fen + fee_fen
        return rows

    def _check(self, line_no: int, parts: list[str]) -> None:
        said = {name: value for name, value in pairwise(parts) if name in _TOTALS}
        for name, column in _TOTALS.items():
            if name not in said:
                raise FileError(line_no, name, "missing", FileCode.FILE_TAIL_MISSING)
            if not column:
                if cells.count(line_no, name, said[name]) != self.count:
                    reason = told("{}, but the file has {}", said[name], self.count)
                    raise FileError(line_no, name, reason, FileCode.FILE_TOTAL_COUNT)
            elif cells.yuan(line_no, name, said[name], signed=True) != self.sums[column]:
                reason = told("{} yuan, but the rows give {} fen", said[name], self.sums[column])
                raise FileError(line_no, name, reason, FileCode.FILE_TOTAL_AMOUNT)
        self.ended = True
