"""Reader of WeChat Pay's trade bill (微信支付交易账单): all, successful or refunded, by header name.

Amounts are what WeChat settles with us (应结订单金额, 退款金额), not what the payer saw. A fee has up
to five decimals: the row's fee is rounded half up to the fen, while the totals line is held against
the exact sum. A refund that has not succeeded (PROCESSING, FAIL, CHANGE) moves no money and gives
no row; the bill counts it, and its refund total may hold it or not.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import BinaryIO

from yifen.trades.reconciliation.codes import FileCode
from yifen.trades.reconciliation.readers import cells
from yifen.trades.reconciliation.readers.reading import Hints, Reading
from yifen.trades.reconciliation.readers.wechat_table import BillLine, table, total
from yifen.trades.reconciliation.reasons import told
from yifen.trades.reconciliation.rows import FileError, Row, RowKind

# Older names of a column stand behind the one of today.
COLUMNS: dict[str, tuple[str, ...]] = {
    "交易时间": (), "公众账号ID": (), "商户号": (), "特约商户号": ("子商户号",), "设备号": (),
    "微信订单号": (), "商户订单号": (), "用户标识": (), "交易类型": (), "交易状态": (),
    "付款银行": (), "货币种类": (), "应结订单金额": ("总金额",),
    "代金券金额": ("代金券或立减优惠金额", "企业红包金额"),
    "退款申请时间": (), "退款成功时间": (), "微信退款单号": (), "商户退款单号": (), "退款金额": (),
    "充值券退款金额": ("代金券或立减优惠退款金额", "企业红包退款金额"),
    "退款类型": (), "退款状态": (), "商品名称": (), "商户数据包": (), "手续费": (), "费率": (),
    "订单金额": (), "申请退款金额": (), "费率备注": (),
}  # fmt: skip
_NAMES = {name: new for new, old in COLUMNS.items() for name in (new, *old)}
_REQUIRED = frozenset(
    {
        "交易时间",
        "商户号",
        "微信订单号",
        "商户订单号",
        "交易状态",
        "货币种类",
        "应结订单金额",
        "手续费",
    }
)
_OF_REFUNDS = ("微信退款单号", "商户退款单号", "退款金额", "退款状态")
KINDS: dict[str, RowKind] = {"SUCCESS": "sale", "REFUND": "refund", "REVOKED": "void"}
REFUND_STATES = ("SUCCESS", "PROCESSING", "FAIL", "CHANGE")
NONE = ("", "0")


def open_wechat_trade(stream: BinaryIO, hints: Hints) -> Reading:
    """serial: 商户订单号, of a refund 商户退款单号 with the order as original; ref: WeChat's number of
    the payment or refund; batch: the sub-merchant, else the merchant; owner: the merchant; day: that
    of every row (of a refund bill: of its application or success). Currency: CNY, unless hinted otherwise."""
    reading = Reading(hints, partial(_rows, stream))
    reading.currency = hints.currency or "CNY"
    return reading


def _rows(stream: BinaryIO, reading: Reading) -> Iterator[Row]:
    totals = _Totals()
    for line in table(stream, _NAMES.get, _REQUIRED):
        if line.totals:
            totals.check(line)
            reading.whole = True
        else:
            row, moved = _row(line, reading, totals)
            if moved:
                yield row


@dataclass(slots=True)
class _Totals:
    """What the rows add up to; `waiting_fen`: refunds that have not succeeded."""

    count: int = 0
    sales_fen: int = 0
    refunds_fen: int = 0
    waiting_fen: int = 0
    fee: Decimal = Decimal(0)

    def check(self, line: BillLine) -> None:
        column, text = total(line, "总交易单数")
        if cells.count(line.line_no, column, text) != self.count:
            reason = told("{}, but the file has {} rows", text[:20], self.count)
            raise FileError(line.line_no, column, reason, FileCode.FILE_TOTAL_COUNT)
        column, text = total(line, "应结订单总金额", "总交易额")
        self._fits(line, column, text, self.sales_fen)
        column, text = total(line, "退款总金额", "总退款金额")
        self._fits(line, column, text, self.refunds_fen, self.refunds_fen - self.waiting_fen)
        column, text = total(line, "手续费总金额")
        if cells.exact(line.line_no, column, text) != self.fee:
            reason = told("{}, but the rows give {}", text, self.fee)
            raise FileError(line.line_no, column, reason, FileCode.FILE_TOTAL_AMOUNT)

    @staticmethod
    def _fits(line: BillLine, column: str, text: str, *sums_fen: int) -> None:
        stated = cells.yuan(line.line_no, column, text)
        if stated not in sums_fen:
            reason = told("{} fen, but the rows give {}", stated, sums_fen[0])
            raise FileError(line.line_no, column, reason, FileCode.FILE_TOTAL_AMOUNT)


def _row(line: BillLine, reading: Reading, totals: _Totals) -> tuple[Row, bool]:
    """The row, and whether its money moved."""
    line_no, cell = line.line_no, line.cells
    kind = KINDS.get(cell["交易状态"])
    if kind is None:
        reason = told("unknown: {!r}", cell['交易状态'][:20])
        raise FileError(line_no, "交易状态", reason, FileCode.FILE_KIND_UNKNOWN)
    reading.of_owner(line_no, "商户号", cell["商户号"])
    reading.in_currency(line_no, "货币种类", cell["货币种类"])
    fee = cells.exact(line_no, "手续费", cell["手续费"])
    totals.count += 1
    totals.fee += fee
    settled_fen = cells.yuan(line_no, "应结订单金额", cell["应结订单金额"])
    totals.sales_fen += settled_fen
    at = _at(line, kind, reading)
    fee_fen = -cells.within_bounds(line_no, "手续费", cells.rounded_fen(fee))
    batch = cell.get("特约商户号", "")
    batch = cells.clean(cell["商户号"] if batch in NONE else batch)
    if kind == "sale":
        serial = cells.serial(line_no, "商户订单号", cell["商户订单号"])
        ref = cells.clean(cell["微信订单号"])
        return Row(line_no, serial, kind, settled_fen, fee_fen, at, "", ref, "", batch), True
    moved, amount_fen = _refund(line, totals)
    serial, ref = _refund_numbers(line, kind)
    order = cells.serial(line_no, "商户订单号", cell["商户订单号"])
    return Row(line_no, serial, kind, amount_fen, fee_fen, at, order, ref, "", batch), moved


def _refund(line: BillLine, totals: _Totals) -> tuple[bool, int]:
    for column in _OF_REFUNDS:
        if column not in line.cells:
            reason = told("a refund, but no column {}", column)
            raise FileError(line.line_no, column, reason, FileCode.FILE_COLUMN_MISSING)
    amount_fen = cells.yuan(line.line_no, "退款金额", line.cells["退款金额"])
    state = line.cells["退款状态"]
    if state not in REFUND_STATES:
        reason = told("unknown: {!r}", state[:20])
        raise FileError(line.line_no, "退款状态", reason, FileCode.FILE_KIND_UNKNOWN)
    totals.refunds_fen += amount_fen
    totals.waiting_fen += amount_fen if state != "SUCCESS" else 0
    return state == "SUCCESS", amount_fen


def _refund_numbers(line: BillLine, kind: RowKind) -> tuple[str, str]:
    """A revoked payment (撤销) may have no refund number: its order's, marked, stands in."""
    ours, theirs = line.cells["商户退款单号"], line.cells["微信退款单号"]
    if kind == "void" and ours in NONE:
        ours, theirs = line.cells["商户订单号"] + "#REVOKED", line.cells["微信订单号"]
    if ours in NONE:
        ours = ""
    return cells.serial(line.line_no, "商户退款单号", ours), cells.clean(theirs)


def _at(line: BillLine, kind: RowKind, reading: Reading) -> datetime:
    """When the money moved. A refund bill keeps the payment's time, and the refund's beside it."""
    line_no = line.line_no
    at = _time(line, "交易时间")
    if kind == "sale" or "退款成功时间" not in line.cells:
        reading.on_day(line_no, "交易时间", at.date())
        return at
    asked = _time(line, "退款申请时间") if "退款申请时间" in line.cells else at
    done = _time(line, "退款成功时间") if line.cells["退款成功时间"] not in NONE else asked
    if reading.day != done.date():
        reading.on_day(line_no, "退款申请时间", asked.date())
    return done


def _time(line: BillLine, column: str) -> datetime:
    text = line.cells[column].replace("：", ":")
    return cells.moment(line.line_no, column, text)
