"""Reader of Alipay's account bill (支付宝账务明细): what moved the merchant's balance, newest first or last."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain, repeat
from operator import add, and_, sub
from typing import BinaryIO

from yifen.trades.reconciliation.codes import FileCode
from yifen.trades.reconciliation.readers.alipay_table import AlipayForm, AlipayTable, AlipayTotal
from yifen.trades.reconciliation.readers.columns import Columns
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
    return Reading(hints, lambda reading: chain.from_iterable(_rows(stream, reading)))


def _rows(stream: BinaryIO, reading: Reading) -> Iterator[Sequence[Row]]:
    account = _Account()
    yield from AlipayTable(FORM, reading, partial(_read, account), account.check).rows(stream)
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

    def add(self, balances: list[int], came: list[int], went: list[int]) -> None:
        """Rows: the balance after each, and what it moved."""
        out = len(went) - went.count(0)
        self.out_count, self.out_fen = self.out_count + out, self.out_fen + sum(went)
        self.in_count, self.in_fen = self.in_count + len(went) - out, self.in_fen + sum(came)
        moved = list(map(sub, came, went))
        self.first = self.first or (balances[0], moved[0])
        if self.last is not None:
            balances, moved = [self.last[0], *balances], [self.last[1], *moved]
        self.rises = self.rises and list(map(add, balances[:-1], moved[1:])) == balances[1:]
        self.falls = self.falls and list(map(sub, balances[:-1], moved[:-1])) == balances[1:]
        self.last = balances[-1], moved[-1]

    def check(self, total: AlipayTotal) -> None:
        """Totals of a part; the sum of what went out is written with or without its minus."""
        if total.name == "支出合计":
            total.check_count(self.out_count)
            total.check_sum(1, -self.out_fen, self.out_fen)
            self.out_count = self.out_fen = 0
        else:
            total.check_count(self.in_count)
            total.check_sum(1, self.in_fen)
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


def _read(account: _Account, table: AlipayTable, lines: Columns) -> list[Row]:
    came = lines.yuan(IN, empty=True)
    went = list(map(abs, lines.yuan(OUT, signed=True, empty=True)))
    if any(map(and_, map(bool, came), map(bool, went))):
        raise FileError(lines.line_no, OUT, "both in and out", FileCode.FILE_ROW_SUM)
    ordered = [one not in ("", "0") for one in lines[ORDER]]
    if (part := lines.some(ordered)) is not None:
        part.serial(ORDER)
    orders = [one if has else "" for one, has in zip(lines[ORDER], ordered, strict=True)]
    flows, types = lines.serial(FLOW), lines["业务类型"]
    own = [
        has and not out and one not in FEES
        for has, out, one in zip(ordered, went, types, strict=True)
    ]
    rows = list(map(
        Row, lines.line_nos,
        [order if mine else flow for mine, order, flow in zip(own, orders, flows, strict=True)],
        ["out" if out else "in" for out in went],
        map(add, came, went), repeat(0), table.at(lines, "发生时间"),
        ["" if mine else order for mine, order in zip(own, orders, strict=True)],
        lines.clean("业务流水号"), repeat(""), lines.clean("业务类型"),
    ))  # fmt: skip
    account.add(lines.yuan(BALANCE, signed=True), came, went)
    return rows
