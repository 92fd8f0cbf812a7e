"""Reader of Alipay's business bill (支付宝业务明细): the detail table, in one part or several.

Amounts are what the merchant receives or gives back (商家实收). A refund has the two numbers of its payment
and is told by its batch number (退款批次号/请求号) alone.
"""

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
    return Reading(hints, partial(_rows, stream))


@dataclass(slots=True)
class _Total:
    """Count and sums in fen of the rows of one kind."""

    count: int = 0
    paid_fen: int = 0
    off_fen: int = 0


def _rows(stream: BinaryIO, reading: Reading) -> Iterator[Row]:
    table = AlipayTable(FORM, reading)
    totals = {"交易合计": _Total(), "退款合计": _Total()}
    for line in table.lines(stream):
        if line.total:
            found, totals[line.total] = totals[line.total], _Total()
            check_count(line, found.count)
            check_sum(line, 1, found.paid_fen)
            check_sum(line, 2, found.off_fen)
        else:
            yield _row(line, table, totals)


def _row(line: AlipayLine, table: AlipayTable, totals: dict[str, _Total]) -> Row:
    line_no, cell = line.line_no, line.cells
    kind = KINDS.get(cell["业务类型"])
    if kind is None:
        reason = told("unknown: {!r}", cell['业务类型'][:20])
        raise FileError(line_no, "业务类型", reason, FileCode.FILE_KIND_UNKNOWN)
    order = cells.serial(line_no, "商户订单号", cell["商户订单号"])
    if kind == "sale" and cell[REFUND_NO]:
        reason = told("a payment with a refund's number")
        raise FileError(line_no, REFUND_NO, reason, FileCode.FILE_ORIGINAL_WRONG)
    return Row(
        line_no=line_no,
        serial=order if kind == "sale" else cells.serial(line_no, REFUND_NO, cell[REFUND_NO]),
        kind=kind,
        amount_fen=_amount(line, kind, totals["交易合计" if kind == "sale" else "退款合计"]),
        fee_fen=cells.yuan(line_no, FEE, cell[FEE], signed=True),
        at=table.at(line_no, "完成时间", cell),
        original="" if kind == "sale" else order,
        ref=cells.clean(cell["支付宝交易号"]),
        batch=table.reading.owner,
    )


def _amount(line: AlipayLine, kind: RowKind, total: _Total) -> int:
    line_no, cell = line.line_no, line.cells
    paid = cells.yuan(line_no, PAID, cell[PAID], signed=True)
    if paid < 0 if kind == "sale" else paid > 0:
        reason = told("the sign does not fit {}", cell['业务类型'])
        raise FileError(line_no, PAID, reason, FileCode.FILE_AMOUNT_INVALID)
    total.count += 1
    total.paid_fen += paid
    total.off_fen += cells.yuan(line_no, OFF, cell[OFF], signed=True)
    return abs(paid)
