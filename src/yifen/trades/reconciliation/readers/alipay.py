"""Reader of Alipay's business bill (支付宝业务明细): a ZIP of GB18030 tables, or its detail table alone.

Amounts are what the merchant receives or gives back (商家实收). Cells are padded with tabs. A refund
has the two numbers of its payment and is told by its batch number (退款批次号/请求号) alone.
"""

import csv
import re
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import BinaryIO

from yifen.core.facts.codes import ResultCode
from yifen.trades.reconciliation.codes import FileCode
from yifen.trades.reconciliation.readers import cells
from yifen.trades.reconciliation.readers.archive import entry_of, is_zip
from yifen.trades.reconciliation.readers.lines import decoded, read_lines
from yifen.trades.reconciliation.readers.reading import Hints, Reading
from yifen.trades.reconciliation.rows import FileError, Row, RowKind

ENCODING = "gb18030"
COLUMNS = (
    "支付宝交易号", "商户订单号", "业务类型", "商品名称", "创建时间", "完成时间", "门店编号", "门店名称",
    "操作员", "终端号", "对方账户", "订单金额（元）", "商家实收（元）", "支付宝红包（元）", "集分宝（元）",
    "支付宝优惠（元）", "商家优惠（元）", "券核销金额（元）", "券名称", "商家红包消费金额（元）",
    "卡消费金额（元）", "退款批次号/请求号", "服务费（元）", "分润（元）", "备注",
)  # fmt: skip
KINDS: dict[str, RowKind] = {"交易": "sale", "退款": "refund"}
PAID, OFF, REFUND_NO, FEE = "商家实收（元）", "商家优惠（元）", "退款批次号/请求号", "服务费（元）"
_TITLE = "#支付宝业务明细查询"
_ACCOUNT = re.compile(r"#账号：\[([0-9A-Za-z]{1,32})\]")
_PERIOD = re.compile(r"#起始日期：\[(.{20})\]\s*终止日期：\[(.{20})\]")
_CHINESE_TIME = re.compile(r"(\d{4})年(\d\d)月(\d\d)日 (\d\d:\d\d:\d\d)", re.ASCII)
_BEGIN, _END = re.compile(r"#-+业务明细列表-+"), re.compile(r"#-+业务明细列表结束-+")
_TOTALS = {
    "sale": re.compile(r"#交易合计：(\d+)笔，商家实收共([^元]{1,40})元，商家优惠共([^元]{1,40})元"),
    "refund": re.compile(
        r"#退款合计：(\d+)笔，商家实收退款共([^元]{1,40})元，商家优惠退款共([^元]{1,40})元"
    ),
}
_EXPORTED = re.compile(r"#导出时间：\[.{20}\]")


def open_alipay(stream: BinaryIO, hints: Hints) -> Reading:
    """serial: 商户订单号, of a refund its batch number with the order as original; ref: 支付宝交易号;
    fee: 服务费 as written, negative when we pay; `at`: 完成时间. Owner and day stand above the rows;
    a bill of more than one day is refused."""
    return Reading(hints, partial(_rows, stream))


def _rows(stream: BinaryIO, reading: Reading) -> Iterator[Row]:
    head = stream.read(4)
    stream.seek(0)
    if not head:
        raise FileError(1, "line", "the file is empty", FileCode.FILE_EMPTY)
    with entry_of(stream, _is_detail) if is_zip(head) else nullcontext(stream) as table:
        yield from _Bill(reading).rows(table)


def _is_detail(name: str) -> bool:
    return name.endswith("_业务明细.csv")


@dataclass(slots=True)
class _Total:
    """Count and sums in fen of the rows of one kind."""

    count: int = 0
    paid_fen: int = 0
    off_fen: int = 0


class _Bill:
    """The parts of a bill in their order: title, account, period, rows, totals, time of export."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.totals = {"sale": _Total(), "refund": _Total()}

    def rows(self, stream: BinaryIO) -> Iterator[Row]:
        lines = self._lines(stream)
        self._head(lines)
        columns = _columns(*self._next(lines, FileCode.FILE_HEAD_MISSING, "the header"))
        while True:
            line_no, text = self._next(lines, FileCode.FILE_TAIL_MISSING, "the end of the list")
            if _END.fullmatch(text):
                break
            yield self._row(line_no, _cells(line_no, text, columns))
        for kind in ("sale", "refund"):
            self._check(kind, *self._next(lines, FileCode.FILE_TAIL_MISSING, "the totals"))
        line_no, text = self._next(lines, FileCode.FILE_TAIL_MISSING, "the time of export")
        _match(_EXPORTED, line_no, text, FileCode.FILE_TAIL_MISSING)
        for line_no, _ in lines:
            raise FileError(line_no, "line", "after the end", FileCode.FILE_AFTER_END)
        self.reading.whole = True

    def _lines(self, stream: BinaryIO) -> Iterator[tuple[int, str]]:
        self.line_no = 0
        for line_no, raw in read_lines(stream, crlf=True):
            self.line_no = line_no
            yield line_no, decoded(line_no, raw, ENCODING)

    def _next(self, lines: Iterator[tuple[int, str]], code: ResultCode, what: str) -> tuple[int, str]:
        found = next(lines, None)
        if found is None:
            raise FileError(self.line_no + 1, "line", f"{what} is missing", code)
        return found

    def _head(self, lines: Iterator[tuple[int, str]]) -> None:
        def line(pattern: re.Pattern[str]) -> tuple[int, re.Match[str]]:
            line_no, text = self._next(lines, FileCode.FILE_HEAD_MISSING, "the head")
            return line_no, _match(pattern, line_no, text, FileCode.FILE_HEAD_MISSING)

        line(re.compile(_TITLE))
        line_no, account = line(_ACCOUNT)
        self.reading.of_owner(line_no, "账号", account[1])
        line_no, period = line(_PERIOD)
        self.first, self.last = (_chinese_time(line_no, text) for text in period.groups())
        if self.last - self.first > timedelta(days=1) or self.first >= self.last:
            reason = "the bill is not of one day"
            raise FileError(line_no, "终止日期", reason, FileCode.FILE_NOT_SUPPORTED)
        self.reading.of_day(line_no, "起始日期", self.first.date())
        line(_BEGIN)

    def _row(self, line_no: int, cell: dict[str, str]) -> Row:
        kind = KINDS.get(cell["业务类型"])
        if kind is None:
            reason = f"unknown: {cell['业务类型'][:20]!r}"
            raise FileError(line_no, "业务类型", reason, FileCode.FILE_KIND_UNKNOWN)
        order = cells.serial(line_no, "商户订单号", cell["商户订单号"])
        if kind == "sale" and cell[REFUND_NO]:
            reason = "a payment with a refund's number"
            raise FileError(line_no, REFUND_NO, reason, FileCode.FILE_ORIGINAL_WRONG)
        return Row(
            line_no=line_no,
            serial=order if kind == "sale" else cells.serial(line_no, REFUND_NO, cell[REFUND_NO]),
            kind=kind,
            amount_fen=self._amount(line_no, cell, kind),
            fee_fen=cells.yuan(line_no, FEE, cell[FEE], signed=True),
            at=self._at(line_no, cell),
            original="" if kind == "sale" else order,
            ref=cells.clean(cell["支付宝交易号"]),
            batch=self.reading.owner,
        )

    def _amount(self, line_no: int, cell: dict[str, str], kind: RowKind) -> int:
        paid = cells.yuan(line_no, PAID, cell[PAID], signed=True)
        if paid < 0 if kind == "sale" else paid > 0:
            reason = f"the sign does not fit {cell['业务类型']}"
            raise FileError(line_no, PAID, reason, FileCode.FILE_AMOUNT_INVALID)
        found = self.totals[kind]
        found.count += 1
        found.paid_fen += paid
        found.off_fen += cells.yuan(line_no, OFF, cell[OFF], signed=True)
        return abs(paid)

    def _at(self, line_no: int, cell: dict[str, str]) -> datetime:
        at = cells.moment(line_no, "完成时间", cell["完成时间"])
        if not self.first <= at <= self.last:
            reason = f"{at} is outside {self.first} to {self.last}"
            raise FileError(line_no, "完成时间", reason, FileCode.FILE_OF_ANOTHER_DAY)
        return at

    def _check(self, kind: str, line_no: int, text: str) -> None:
        stated = _match(_TOTALS[kind], line_no, text, FileCode.FILE_TAIL_MISSING)
        found = self.totals[kind]
        name = "交易合计" if kind == "sale" else "退款合计"
        if cells.count(line_no, name, stated[1]) != found.count:
            reason = f"{stated[1]}, but the file has {found.count}"
            raise FileError(line_no, name, reason, FileCode.FILE_TOTAL_COUNT)
        for text, fen in ((stated[2], found.paid_fen), (stated[3], found.off_fen)):
            if cells.yuan(line_no, name, text, signed=True) != fen:
                reason = f"{text[:40]} yuan, but the rows give {fen} fen"
                raise FileError(line_no, name, reason, FileCode.FILE_TOTAL_AMOUNT)


def _columns(line_no: int, text: str) -> tuple[str, ...]:
    columns = tuple(name.strip("\t") for name in text.split(","))
    for number, name in enumerate(columns):
        if name not in COLUMNS or name in columns[:number]:
            raise FileError(line_no, name[:40], "unknown or repeated", FileCode.FILE_COLUMN_UNKNOWN)
    for name in COLUMNS:
        if name not in columns:
            raise FileError(line_no, name, "the column is missing", FileCode.FILE_COLUMN_MISSING)
    return columns


def _cells(line_no: int, text: str, columns: tuple[str, ...]) -> dict[str, str]:
    try:
        (parts,) = csv.reader([text], strict=True)
    except csv.Error as error:
        raise FileError(line_no, "line", str(error), FileCode.FILE_CELLS_WRONG) from error
    if len(parts) != len(columns):
        reason = f"{len(parts)} cells, but {len(columns)} columns"
        raise FileError(line_no, "line", reason, FileCode.FILE_CELLS_WRONG)
    return {name: cell.strip("\t ") for name, cell in zip(columns, parts, strict=True)}


def _match(pattern: re.Pattern[str], line_no: int, text: str, code: ResultCode) -> re.Match[str]:
    found = pattern.fullmatch(text.rstrip("\t ,"))
    if found is None:
        raise FileError(line_no, "line", f"not as the format says: {text[:40]!r}", code)
    return found


def _chinese_time(line_no: int, text: str) -> datetime:
    found = _CHINESE_TIME.fullmatch(text)
    plain = f"{found[1]}-{found[2]}-{found[3]} {found[4]}" if found else text
    return cells.moment(line_no, "起始日期", plain)
