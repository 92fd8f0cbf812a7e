"""Reader of WeChat Pay's fund bill (微信支付资金账单): what moved the merchant's balance, in order."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import BinaryIO

from yifen.trades.reconciliation.codes import FileCode
from yifen.trades.reconciliation.readers import cells
from yifen.trades.reconciliation.readers.reading import Hints, Reading
from yifen.trades.reconciliation.readers.wechat_table import BillLine, table, total
from yifen.trades.reconciliation.reasons import told
from yifen.trades.reconciliation.rows import FileError, Row, RowKind

COLUMNS = frozenset({
    "记账时间", "微信支付业务单号", "资金流水单号", "业务名称", "业务类型", "收支类型",
    "收支金额(元)", "账户结余(元)", "资金变更提交申请人", "备注", "业务凭证号",
})  # fmt: skip
KINDS: dict[str, RowKind] = {"收入": "in", "支出": "out"}
FEES = ("扣除交易手续费", "交易手续费", "退还交易手续费")
"""Business types of fee rows: they have the order's voucher number, so they go by the flow number."""


def open_wechat_fund(stream: BinaryIO, hints: Hints) -> Reading:
    """Money into and out of the merchant's balance, fees in rows of their own. serial: 业务凭证号, of
    a fee (and without a voucher) 资金流水单号; original: of a fee its 业务凭证号; ref:
    微信支付业务单号; batch: 业务类型. The running balance must follow row by row (FILE_BALANCE)."""
    return Reading(hints, partial(_rows, stream))


def _known(name: str) -> str | None:
    plain = name.replace("（", "(").replace("）", ")")
    return plain if plain in COLUMNS else None


def _rows(stream: BinaryIO, reading: Reading) -> Iterator[Row]:
    account = _Account()
    for line in table(stream, _known, COLUMNS):
        if line.totals:
            account.check(line)
            reading.whole = True
        else:
            row = _row(line, reading)
            account.add(line, row)
            yield row


@dataclass(slots=True)
class _Account:
    """The balance after the last row, and what moved it."""

    balance_fen: int | None = None
    in_count: int = 0
    in_fen: int = 0
    out_count: int = 0
    out_fen: int = 0

    def add(self, line: BillLine, row: Row) -> None:
        column = "账户结余(元)"
        balance_fen = cells.yuan(line.line_no, column, line.cells[column], signed=True)
        if self.balance_fen is not None and self.balance_fen + row.signed_fen != balance_fen:
            due = self.balance_fen + row.signed_fen
            reason = told("{} fen, but the balance before gives {}", balance_fen, due)
            raise FileError(line.line_no, column, reason, FileCode.FILE_BALANCE)
        self.balance_fen = balance_fen
        if row.kind == "in":
            self.in_count += 1
            self.in_fen += row.amount_fen
        else:
            self.out_count += 1
            self.out_fen += row.amount_fen

    def check(self, line: BillLine) -> None:
        for name, found in (
            ("资金流水总笔数", self.in_count + self.out_count),
            ("收入笔数", self.in_count),
            ("支出笔数", self.out_count),
        ):
            column, text = total(line, name)
            if cells.count(line.line_no, column, text) != found:
                reason = told("{}, but the file has {}", text, found)
                raise FileError(line.line_no, column, reason, FileCode.FILE_TOTAL_COUNT)
        for name, found in (("收入金额", self.in_fen), ("支出金额", self.out_fen)):
            column, text = total(line, name)
            stated = cells.yuan(line.line_no, column, text)
            if stated != found:
                reason = told("{} fen, but the rows give {}", stated, found)
                raise FileError(line.line_no, column, reason, FileCode.FILE_TOTAL_AMOUNT)


def _row(line: BillLine, reading: Reading) -> Row:
    line_no, cell = line.line_no, line.cells
    kind = KINDS.get(cell["收支类型"])
    if kind is None:
        reason = told("unknown: {!r}", cell['收支类型'][:20])
        raise FileError(line_no, "收支类型", reason, FileCode.FILE_KIND_UNKNOWN)
    at = cells.moment(line_no, "记账时间", cell["记账时间"])
    reading.on_day(line_no, "记账时间", at.date())
    flow = cells.serial(line_no, "资金流水单号", cell["资金流水单号"])
    voucher, is_fee = cell["业务凭证号"], cell["业务类型"] in FEES
    own = not is_fee and voucher not in ("", "0")
    return Row(
        line_no=line_no,
        serial=cells.serial(line_no, "业务凭证号", voucher) if own else flow,
        kind=kind,
        amount_fen=cells.yuan(line_no, "收支金额(元)", cell["收支金额(元)"]),
        at=at,
        original=cells.clean(voucher) if is_fee else "",
        ref=cells.clean(cell["微信支付业务单号"]),
        batch=cells.clean(cell["业务类型"]),
    )
