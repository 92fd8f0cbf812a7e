"""Reader of the acquirer portal's export (银联商务对账明细): tab separated, UTF-8, no header, no totals.

Above the rows stand lines of tabs alone, below them the portal's caption. Columns that no known
file fills are not read. How the portal writes a void or a return is known from no file: an amount
below zero is expected.
"""

from collections.abc import Iterator
from datetime import datetime
from functools import partial
from typing import BinaryIO

from yifen.core.facts.days import business_day
from yifen.trades.reconciliation.codes import FileCode
from yifen.trades.reconciliation.readers import cells
from yifen.trades.reconciliation.readers.lines import decoded, read_lines
from yifen.trades.reconciliation.readers.reading import Hints, Reading
from yifen.trades.reconciliation.readers.unionpay_zm import CUT_OFF, CUT_OFF_SLACK
from yifen.trades.reconciliation.rows import FileError, Row, RowKind

COLUMNS = (
    "settlement_day", "date", "time", "amount", "terminal", "net", "fee", "trace", "kind",
    "reference", "card", "merchant", "bank", "card_type", "", "", "", "order_amount", "", "", "",
)  # fmt: skip
KINDS: dict[str, RowKind] = {"消费": "sale", "消费撤销": "void", "退货": "refund"}
CAPTION = "对账明细查询结果"
PREAMBLE_MAX = 20


def open_ums(stream: BinaryIO, hints: Hints) -> Reading:
    """serial: the reference number (检索参考号); ref: terminal and trace; batch: the merchant, whose
    net is paid in one sum; fee: negative when we pay it. Day (settlement day) and owner (merchant)
    stand in every row. Without a caption below the rows the file is cut off."""
    return Reading(hints, partial(_rows, stream))


def _rows(stream: BinaryIO, reading: Reading) -> Iterator[Row]:
    line_no, begun, ended = 0, False, False
    for line_no, raw in read_lines(stream):
        line = decoded(line_no, raw, "utf-8")
        if line.startswith(CAPTION):
            ended = True
        elif ended:
            raise FileError(line_no, "line", "after the caption", FileCode.FILE_AFTER_END)
        elif not begun and not line.strip("\t") and line_no <= PREAMBLE_MAX:
            continue
        else:
            begun = True
            yield _row(line_no, line.split("\t"), reading)
    if not line_no:
        raise FileError(1, "line", "the file is empty", FileCode.FILE_EMPTY)
    if not ended:
        raise FileError(line_no + 1, "line", "the caption is missing", FileCode.FILE_TAIL_MISSING)
    reading.whole = True


def _row(line_no: int, parts: list[str], reading: Reading) -> Row:
    if len(parts) != len(COLUMNS):
        reason = f"{len(parts)} cells, not {len(COLUMNS)}"
        raise FileError(line_no, "line", reason, FileCode.FILE_CELLS_WRONG)
    cell = dict(zip(COLUMNS, parts, strict=True))
    reading.on_day(
        line_no, "settlement_day", cells.day(line_no, "settlement_day", cell["settlement_day"])
    )
    reading.of_owner(line_no, "merchant", cell["merchant"])
    kind = KINDS.get(cell["kind"])
    if kind is None:
        reason = f"unknown: {cell['kind'][:20]!r}"
        raise FileError(line_no, "kind", reason, FileCode.FILE_KIND_UNKNOWN)
    amount_fen, fee_fen = _money(line_no, cell, kind)
    return Row(
        line_no=line_no,
        serial=cells.serial(line_no, "reference", cell["reference"]),
        kind=kind,
        amount_fen=amount_fen,
        fee_fen=fee_fen,
        at=_at(line_no, cell, reading),
        ref=cells.clean(f"{cell['terminal']}-{cell['trace']}"),
        batch=cells.clean(cell["merchant"]),
    )


def _money(line_no: int, cell: dict[str, str], kind: RowKind) -> tuple[int, int]:
    """Amount without its sign, and the fee as it moves our money."""
    amount, net, fee = (
        cells.yuan(line_no, name, cell[name], signed=True) for name in ("amount", "net", "fee")
    )
    if amount < 0 if kind == "sale" else amount > 0:
        reason = f"the sign does not fit {cell['kind']}"
        raise FileError(line_no, "amount", reason, FileCode.FILE_AMOUNT_INVALID)
    if amount - fee != net:
        reason = f"{net} fen, but amount {amount} - fee {fee} = {amount - fee}"
        raise FileError(line_no, "net", reason, FileCode.FILE_ROW_SUM)
    return abs(amount), -fee


def _at(line_no: int, cell: dict[str, str], reading: Reading) -> datetime:
    at = cells.moment(line_no, "time", f"{cell['date']} {cell['time']}")
    cut_off = reading.hints.cut_off or CUT_OFF
    first, last = (business_day(at + slack, cut_off) for slack in (-CUT_OFF_SLACK, CUT_OFF_SLACK))
    if not first <= (reading.day or first) <= last:
        reason = f"{at} is outside business day {reading.day} (cut-off {cut_off:%H:%M})"
        raise FileError(line_no, "time", reason, FileCode.FILE_OF_ANOTHER_DAY)
    return at
