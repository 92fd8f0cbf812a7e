"""Reader of WeChat Pay's trade bill (微信支付交易账单): all, successful or refunded, by header name.

Amounts are what WeChat settles with us (应结订单金额, 退款金额), not what the payer saw. A fee has up
to five decimals: the row's fee is rounded half up to the fen, while the totals line is held against
the exact sum. A refund that has not succeeded (PROCESSING, FAIL, CHANGE) moves no money and gives
no row; the bill counts it, and its refund total may hold it or not.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import partial
from itertools import chain, compress, repeat
from operator import attrgetter
from typing import BinaryIO

from yifen.trades.reconciliation.codes import FileCode
from yifen.trades.reconciliation.readers import cells
from yifen.trades.reconciliation.readers.columns import Columns, cleaned
from yifen.trades.reconciliation.readers.reading import Hints, Reading
from yifen.trades.reconciliation.readers.wechat_table import BillTotals, table
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
MOVED = {"SUCCESS": True, "PROCESSING": False, "FAIL": False, "CHANGE": False}
"""Whether the money of a refund in this state has moved."""
NONE = ("", "0")


def open_wechat_trade(stream: BinaryIO, hints: Hints) -> Reading:
    """serial: 商户订单号, of a refund 商户退款单号 with the order as original; ref: WeChat's number of
    the payment or refund; batch: the sub-merchant, else the merchant; owner: the merchant; day: that
    of every row (of a refund bill: of its application or success). Currency: CNY, unless hinted otherwise."""
    reading = Reading(hints, lambda reading: chain.from_iterable(_rows(stream, reading)))
    reading.currency = hints.currency or "CNY"
    return reading


def _rows(stream: BinaryIO, reading: Reading) -> Iterator[Sequence[Row]]:
    totals = _Totals()
    yield from table(stream, _NAMES.get, _REQUIRED, partial(_read, reading, totals), totals.check)
    reading.whole = True


@dataclass(slots=True)
class _Totals:
    """What the rows add up to; `waiting_fen`: refunds that have not succeeded; `fee`: exact."""

    count: int = 0
    sales_fen: int = 0
    refunds_fen: int = 0
    waiting_fen: int = 0
    fee: int = 0

    def check(self, said: BillTotals) -> None:
        column, text = said.of("总交易单数")
        if cells.count(said.line_no, column, text) != self.count:
            reason = told("{}, but the file has {} rows", text[:20], self.count)
            raise FileError(said.line_no, column, reason, FileCode.FILE_TOTAL_COUNT)
        column, text = said.of("应结订单总金额", "总交易额")
        self._fits(said.line_no, column, text, self.sales_fen)
        column, text = said.of("退款总金额", "总退款金额")
        self._fits(
            said.line_no, column, text, self.refunds_fen, self.refunds_fen - self.waiting_fen
        )
        column, text = said.of("手续费总金额")
        if cells.exact(said.line_no, column, text) != self.fee:
            reason = told("{}, but the rows give {}", text, Decimal(self.fee).scaleb(-5))
            raise FileError(said.line_no, column, reason, FileCode.FILE_TOTAL_AMOUNT)

    @staticmethod
    def _fits(line_no: int, column: str, text: str, *sums_fen: int) -> None:
        stated = cells.yuan(line_no, column, text)
        if stated not in sums_fen:
            reason = told("{} fen, but the rows give {}", stated, sums_fen[0])
            raise FileError(line_no, column, reason, FileCode.FILE_TOTAL_AMOUNT)


def _read(reading: Reading, totals: _Totals, lines: Columns) -> list[Row]:
    """The rows whose money moved. The payments of the lines and the other ones are read apart."""
    line_no = lines.line_no
    kinds = lines.word("交易状态", KINDS)
    for owner in lines.said("商户号"):
        reading.of_owner(line_no, "商户号", owner)
    for currency in lines.said("货币种类"):
        reading.in_currency(line_no, "货币种类", currency)
    fees = lines.exact("手续费")
    settled = lines.yuan("应结订单金额")
    rows: list[Row] = []
    refunds = _Refunds()
    sales = [kind == "sale" for kind in kinds]
    if (part := lines.some(sales)) is not None:
        rows += _sales(reading, part, list(compress(settled, sales)), list(compress(fees, sales)))
    if (part := lines.some([not sale for sale in sales])) is not None:
        rows += _others(
            reading, part, [fee for fee, sale in zip(fees, sales, strict=True) if not sale], refunds
        )
    totals.count += len(lines)
    totals.fee += sum(fees)
    totals.sales_fen += sum(settled)
    totals.refunds_fen += refunds.fen
    totals.waiting_fen += refunds.waiting_fen
    return rows if all(sales) else sorted(rows, key=attrgetter("line_no"))


def _sales(reading: Reading, lines: Columns, settled: list[int], exact: list[int]) -> list[Row]:
    at = lines.moment("交易时间", _time)
    _on_day(reading, lines.line_no, "交易时间", at)
    fees, batches = _fees(lines.line_no, exact), _batches(lines)
    serials, refs = lines.serial("商户订单号"), lines.clean("微信订单号")
    return list(map(Row, lines.line_nos, serials, repeat("sale"), settled, fees, at, repeat(""), refs,
                    repeat(""), batches))  # fmt: skip


@dataclass(slots=True)
class _Refunds:
    """What refunds of the lines add up to."""

    fen: int = 0
    waiting_fen: int = 0


def _others(reading: Reading, lines: Columns, exact: list[int], refunds: _Refunds) -> list[Row]:
    """Refunds and revoked payments."""
    kinds = lines.word("交易状态", KINDS)
    at = _times_of_others(reading, lines)
    fees, batches = _fees(lines.line_no, exact), _batches(lines)
    for column in _OF_REFUNDS:
        if column not in lines:
            reason = told("a refund, but no column {}", column)
            raise FileError(lines.line_no, column, reason, FileCode.FILE_COLUMN_MISSING)
    amounts = lines.yuan("退款金额")
    moved = lines.word("退款状态", MOVED)
    serials, refs = _numbers_of_others(lines, kinds)
    orders = lines.serial("商户订单号")
    refunds.fen = sum(amounts)
    refunds.waiting_fen = refunds.fen - sum(compress(amounts, moved))
    rows = map(
        Row, lines.line_nos, serials, kinds, amounts, fees, at, orders, refs, repeat(""), batches
    )
    return list(compress(rows, moved))


def _numbers_of_others(lines: Columns, kinds: list[RowKind]) -> tuple[list[str], Sequence[str]]:
    """Our number and WeChat's. A revoked payment (撤销) may have no refund number: its order's, marked,
    stands in."""
    ours, theirs = [], []
    names = ("商户退款单号", "微信退款单号", "商户订单号", "微信订单号")
    for kind, own, their, order, payment in zip(kinds, *map(lines.__getitem__, names), strict=True):
        revoked = kind == "void" and own in NONE
        mine = f"{order}#REVOKED" if revoked else "" if own in NONE else own
        ours.append(cells.serial(lines.line_no, names[0], mine))
        theirs.append(payment if revoked else their)
    return ours, cleaned(theirs)


def _times_of_others(reading: Reading, lines: Columns) -> list[datetime]:
    """When the money moved. A refund bill keeps the payment's time, and the refund's beside it."""
    at = lines.moment("交易时间", _time)
    if "退款成功时间" not in lines:
        _on_day(reading, lines.line_no, "交易时间", at)
        return at
    asked = lines.moment("退款申请时间", _time) if "退款申请时间" in lines else at
    succeeded = lines.each("退款成功时间", lambda line_no, name, text: None if text in NONE else _time(
        line_no, name, text))  # fmt: skip
    done = [one or other for one, other in zip(succeeded, asked, strict=True)]
    for one, other in zip(done, asked, strict=True):
        if reading.day != one.date():
            reading.on_day(lines.line_no, "退款申请时间", other.date())
    return done


def _on_day(reading: Reading, line_no: int, column: str, at: list[datetime]) -> None:
    for day in dict.fromkeys([one.date() for one in at]):
        reading.on_day(line_no, column, day)


def _fees(line_no: int, exact: list[int]) -> list[int]:
    """Fen, half up, negative when we pay."""
    fees = [-((fee + 500) // 1000) if fee >= 0 else (500 - fee) // 1000 for fee in exact]
    cells.within_bounds(line_no, "手续费", max(map(abs, fees)))
    return fees


def _batches(lines: Columns) -> Sequence[str]:
    merchants = lines["商户号"]
    subs = lines["特约商户号" if "特约商户号" in lines else "商户号"]
    found = [one if sub in NONE else sub for one, sub in zip(merchants, subs, strict=True)]
    return cleaned(found)


def _time(line_no: int, column: str, text: str) -> datetime:
    return cells.moment(line_no, column, text.replace("：", ":"))
