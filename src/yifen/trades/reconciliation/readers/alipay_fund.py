"""Reader of Alipay's account bill (支付宝账务明细): what moved the merchant's balance, newest first or last."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import BinaryIO

from yifen.trades.reconciliation.codes import FileCode
from yifen.trades.reconciliation.readers import cells
from yifen.trades.reconciliation.readers.alipay_table import (
    AlipayForm,
    AlipayLine,
    AlipayTable,
    check_count,
    check_sum,
)
from yifen.trades.reconciliation.readers.reading import Hints, Reading
from yifen.trades.reconciliation.rows import FileError, Row

FLOW, ORDER, IN, OUT = "账务流水号", "商户订单号", "收入金额（+元）", "支出金额（-元）"
BALANCE = "账户余额（元）"
_OPTIONAL = ("商品名称", "对方账号", "交易渠道", "备注", "业务描述", "业务账单来源", "业务基础订单号", "业务订单号",
             "付款备注")  # fmt: skip
FORM = AlipayForm(
    "账务明细",
    (FLOW, "业务流水号", ORDER, "发生时间", IN, OUT, BALANCE, "业务类型", *_OPTIONAL),
    frozenset(_OPTIONAL),
    (("支出合计", re.compile(r"#支出合计：(\d+)笔，共([^元]{1,40})元")),
     ("收入合计", re.compile(r"#收入合计：(\d+)笔，共([^元]{1,40})元"))),
)  # fmt: skip
FEES = ("收费", "退费", "服务费", "交易手续费")
"""Business types of fee rows: they have the order's number, so they go by the flow number."""


def open_alipay_fund(stream: BinaryIO, hints: Hints) -> Reading:
    """Money into and out of the merchant's balance, fees in rows of their own. serial: of money in
    商户订单号, of a fee, a refund, a withdrawal and what has no order 账务流水号, with the order as
    original; ref: 业务流水号; batch: 业务类型. Owner and day stand above the rows."""
    return Reading(hints, partial(_rows, stream))


def _rows(stream: BinaryIO, reading: Reading) -> Iterator[Row]:
    table, account = AlipayTable(FORM, reading), _Account()
    for line in table.lines(stream):
        if line.total:
            account.check(line)
        else:
            row = _row(line, table)
            account.add(line, row)
            yield row
    account.tell(reading)


@dataclass(slots=True)
class _Account:
    """What moved the balance, by direction; whether it follows row by row, upwards or downwards."""

    in_count: int = 0
    in_fen: int = 0
    out_count: int = 0
    out_fen: int = 0
    first: tuple[int, int] | None = None  # balance after the first row, and what that row moved
    last: tuple[int, int] | None = None
    rises: bool = True
    falls: bool = True

    def add(self, line: AlipayLine, row: Row) -> None:
        balance = cells.yuan(line.line_no, BALANCE, line.cells[BALANCE], signed=True)
        if self.last is not None:
            self.rises &= self.last[0] + row.signed_fen == balance
            self.falls &= balance + self.last[1] == self.last[0]
        self.last = balance, row.signed_fen
        self.first = self.first or self.last
        if row.kind == "in":
            self.in_count, self.in_fen = self.in_count + 1, self.in_fen + row.amount_fen
        else:
            self.out_count, self.out_fen = self.out_count + 1, self.out_fen + row.amount_fen

    def check(self, line: AlipayLine) -> None:
        """Totals of a part; the sum of what went out is written with or without its minus."""
        if line.total == "支出合计":
            check_count(line, self.out_count)
            check_sum(line, 1, -self.out_fen, self.out_fen)
            self.out_count = self.out_fen = 0
        else:
            check_count(line, self.in_count)
            check_sum(line, 1, self.in_fen)
            self.in_count = self.in_fen = 0

    def tell(self, reading: Reading) -> None:
        """Balances where they follow; rows of one second may stand in any order, so that is no breach."""
        if self.first is None or self.last is None:
            return
        if not self.rises and not self.falls:
            reading.note("the running balance does not follow row by row")
            return
        oldest, newest = (self.first, self.last) if self.rises else (self.last, self.first)
        reading.opening_fen, reading.closing_fen = oldest[0] - oldest[1], newest[0]


def _row(line: AlipayLine, table: AlipayTable) -> Row:
    line_no, cell = line.line_no, line.cells
    came = cells.yuan(line_no, IN, cell[IN] or "0")
    went = abs(cells.yuan(line_no, OUT, cell[OUT] or "0", signed=True))
    if came and went:
        raise FileError(line_no, OUT, "both in and out", FileCode.FILE_ROW_SUM)
    order = "" if cell[ORDER] in ("", "0") else cells.serial(line_no, ORDER, cell[ORDER])
    flow = cells.serial(line_no, FLOW, cell[FLOW])
    own = bool(order) and not went and cell["业务类型"] not in FEES
    return Row(
        line_no=line_no,
        serial=order if own else flow,
        kind="out" if went else "in",
        amount_fen=came or went,
        at=table.at(line_no, "发生时间", cell),
        original="" if own else order,
        ref=cells.clean(cell["业务流水号"]),
        batch=cells.clean(cell["业务类型"]),
    )
