"""Reader of WeChat Pay's fund bill (微信支付资金账单): what moved the merchant's balance, in order."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain, repeat
from operator import add
from typing import BinaryIO

from yifen.trades.reconciliation.codes import FileCode
from yifen.trades.reconciliation.readers import cells
from yifen.trades.reconciliation.readers.columns import Columns
from yifen.trades.reconciliation.readers.reading import Hints, Reading
from yifen.trades.reconciliation.readers.wechat_table import BillTotals, table
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
    return Reading(hints, lambda reading: chain.from_iterable(_rows(stream, reading)))


def _known(name: str) -> str | None:
    plain = name.replace("（", "(").replace("）", ")")
    return plain if plain in COLUMNS else None


def _rows(stream: BinaryIO, reading: Reading) -> Iterator[Sequence[Row]]:
    account = _Account()
    yield from table(stream, _known, COLUMNS, partial(_read, reading, account), account.check)
    reading.whole = True


@dataclass(slots=True)
class _Account:
    """The balance after the last row, and what moved it."""

    balance_fen: int | None = None
    in_count: int = 0
    in_fen: int = 0
    out_count: int = 0
    out_fen: int = 0

    def add(self, lines: Columns, kinds: list[RowKind], amounts: list[int]) -> None:
        """Lines that moved so much; FILE_BALANCE."""
        column = "账户结余(元)"
        balances = lines.yuan(column, signed=True)
        moved = [fen if kind == "in" else -fen for kind, fen in zip(kinds, amounts, strict=True)]
        first = balances[0] - moved[0] if self.balance_fen is None else self.balance_fen
        due = list(map(add, [first, *balances[:-1]], moved))
        if due != balances:
            reason = told("{} fen, but the balance before gives {}", balances[0], due[0])
            raise FileError(lines.line_no, column, reason, FileCode.FILE_BALANCE)
        self.balance_fen = balances[-1]
        came = kinds.count("in")
        came_fen = (sum(amounts) + sum(moved)) // 2
        self.in_count, self.in_fen = self.in_count + came, self.in_fen + came_fen
        self.out_count, self.out_fen = (
            self.out_count + len(kinds) - came,
            self.out_fen + sum(amounts) - came_fen,
        )

    def check(self, totals: BillTotals) -> None:
        for name, found in (
            ("资金流水总笔数", self.in_count + self.out_count),
            ("收入笔数", self.in_count),
            ("支出笔数", self.out_count),
        ):
            column, text = totals.of(name)
            if cells.count(totals.line_no, column, text) != found:
                reason = told("{}, but the file has {}", text, found)
                raise FileError(totals.line_no, column, reason, FileCode.FILE_TOTAL_COUNT)
        for name, found in (("收入金额", self.in_fen), ("支出金额", self.out_fen)):
            column, text = totals.of(name)
            stated = cells.yuan(totals.line_no, column, text)
            if stated != found:
                reason = told("{} fen, but the rows give {}", stated, found)
                raise FileError(totals.line_no, column, reason, FileCode.FILE_TOTAL_AMOUNT)


def _read(reading: Reading, account: _Account, lines: Columns) -> list[Row]:
    kinds = lines.word("收支类型", KINDS)
    at = lines.moment("记账时间")
    for day in dict.fromkeys([one.date() for one in at]):
        reading.on_day(lines.line_no, "记账时间", day)
    flows, vouchers, types = lines.serial("资金流水单号"), lines["业务凭证号"], lines["业务类型"]
    fees = [one in FEES for one in types]
    own = [not fee and one not in ("", "0") for fee, one in zip(fees, vouchers, strict=True)]
    if (named := lines.some(own)) is not None:
        named.serial("业务凭证号")
    serials = [
        voucher if mine else flow for mine, voucher, flow in zip(own, vouchers, flows, strict=True)
    ]
    amounts = lines.yuan("收支金额(元)")
    originals = [
        one if fee else "" for fee, one in zip(fees, lines.clean("业务凭证号"), strict=True)
    ]
    refs, batches = lines.clean("微信支付业务单号"), lines.clean("业务类型")
    account.add(lines, kinds, amounts)
    return list(map(Row, lines.line_nos, serials, kinds, amounts, repeat(0), at, originals, refs,
                    repeat(""), batches))  # fmt: skip
