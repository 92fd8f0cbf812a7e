"""Reader of Alipay's business bill (支付宝业务明细): the detail table, in one part or several.

Amounts are what the merchant receives or gives back (商家实收). A refund has the two numbers of its payment
and is told by its batch number (退款批次号/请求号) alone.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain, repeat
from operator import attrgetter
from typing import BinaryIO

from yifen.trades.reconciliation.codes import FileCode
from yifen.trades.reconciliation.readers.alipay_table import AlipayForm, AlipayTable, AlipayTotal
from yifen.trades.reconciliation.readers.columns import Columns
from yifen.trades.reconciliation.readers.reading import Hints, Reading
from yifen.trades.reconciliation.reasons import told
from yifen.trades.reconciliation.rows import FileError, Row, RowKind

COLUMNS = (
    "支付宝交易号", "商户订单号", "业务类型", "商品名称", "创建时间", "完成时间", "门店编号", "门店名称",
    "操作员", "终端号", "对方账户", "订单金额（元）", "商家实收（元）", "支付宝红包（元）", "集分宝（元）",
    "支付宝优惠（元）", "商家优惠（元）", "券核销金额（元）", "券名称", "商家红包消费金额（元）",
    "卡消费金额（元）", "退款批次号/请求号", "服务费（元）", "分润（元）", "备注",
)  # fmt: skip
KINDS: dict[str, RowKind] = {"交易": "sale", "退款": "refund"}
PAID, OFF, REFUND_NO, FEE = "商家实收（元）", "商家优惠（元）", "退款批次号/请求号", "服务费（元）"
FORM = AlipayForm("业务明细", COLUMNS, frozenset(), (
    ("交易合计", re.compile(r"#交易合计：(\d+)笔，商家实收共([^元]{1,40})元，商家优惠共([^元]{1,40})元")),
    ("退款合计", re.compile(
        r"#退款合计：(\d+)笔，商家实收退款共([^元]{1,40})元，商家优惠退款共([^元]{1,40})元")),
))  # fmt: skip


def open_alipay(stream: BinaryIO, hints: Hints) -> Reading:
    """serial: 商户订单号, of a refund its batch number with the order as original; ref: 支付宝交易号;
    fee: 服务费 as written, negative when we pay; `at`: 完成时间. Owner and day stand above the rows;
    a bill of more than one day is refused."""
    return Reading(hints, lambda reading: chain.from_iterable(_rows(stream, reading)))


@dataclass(slots=True)
class _Total:
    """Count and sums in fen of the rows of one kind."""

    count: int = 0
    paid_fen: int = 0
    off_fen: int = 0


Totals = dict[str, _Total]
_NAMES: dict[RowKind, str] = {"sale": "交易合计", "refund": "退款合计"}


def _rows(stream: BinaryIO, reading: Reading) -> Iterator[Sequence[Row]]:
    totals = {name: _Total() for name in _NAMES.values()}
    return AlipayTable(FORM, reading, partial(_read, totals), partial(_check, totals)).rows(stream)


def _check(totals: Totals, line: AlipayTotal) -> None:
    """Totals are those of a part."""
    found, totals[line.name] = totals[line.name], _Total()
    line.check_count(found.count)
    line.check_sum(1, found.paid_fen)
    line.check_sum(2, found.off_fen)


def _read(totals: Totals, table: AlipayTable, lines: Columns) -> list[Row]:
    """The payments of the lines and the refunds are read apart."""
    kinds = lines.word("业务类型", KINDS)
    parts = []
    for kind in _NAMES:
        if (part := lines.some([one == kind for one in kinds])) is not None:
            parts.append((totals[_NAMES[kind]], *_of_kind(kind, table, part)))
    found: list[Row] = []
    for total, paid, off, rows in parts:
        total.count += len(rows)
        total.paid_fen += paid
        total.off_fen += off
        found += rows
    return found if len(parts) == 1 else sorted(found, key=attrgetter("line_no"))


def _of_kind(kind: RowKind, table: AlipayTable, lines: Columns) -> tuple[int, int, list[Row]]:
    """What was paid and taken off in all, and the rows."""
    line_no = lines.line_no
    orders = lines.serial("商户订单号")
    if kind == "sale" and any(lines.said(REFUND_NO)):
        reason = told("a payment with a refund's number")
        raise FileError(line_no, REFUND_NO, reason, FileCode.FILE_ORIGINAL_WRONG)
    serials = orders if kind == "sale" else lines.serial(REFUND_NO)
    paid = lines.yuan(PAID, signed=True)
    if min(paid) < 0 if kind == "sale" else max(paid) > 0:
        reason = told("the sign does not fit {}", lines["业务类型"][0])
        raise FileError(line_no, PAID, reason, FileCode.FILE_AMOUNT_INVALID)
    off, fees = lines.yuan(OFF, signed=True), lines.yuan(FEE, signed=True)
    rows = map(
        Row, lines.line_nos, serials, repeat(kind), map(abs, paid), fees, table.at(lines, "完成时间"),
        repeat("") if kind == "sale" else orders, lines.clean("支付宝交易号"),
        repeat(""), repeat(table.reading.owner),
    )  # fmt: skip
    return sum(paid), sum(off), list(rows)
