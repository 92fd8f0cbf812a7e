"""One row of the acquirer portal's export, by the names of its columns."""

from datetime import datetime

from yifen.core.facts.days import DayError, business_day
from yifen.trades.reconciliation.codes import FileCode
from yifen.trades.reconciliation.readers import cells
from yifen.trades.reconciliation.readers.reading import Reading
from yifen.trades.reconciliation.readers.unionpay_zm import CUT_OFF, CUT_OFF_SLACK
from yifen.trades.reconciliation.reasons import told
from yifen.trades.reconciliation.rows import FileError, Row, RowKind

KINDS: dict[str, RowKind] = {"消费": "sale", "消费撤销": "void", "退货": "refund"}
Cells = dict[str, str]


def row_of(line_no: int, cell: Cells, reading: Reading) -> Row:
    """The row; `cell` has settlement_day, date, time, amount, net, fee, terminal, trace, kind,
    reference and merchant. FileError names the first that does not fit."""
    reading.on_day(
        line_no, "settlement_day", cells.day(line_no, "settlement_day", cell["settlement_day"])
    )
    reading.of_owner(line_no, "merchant", cell["merchant"])
    kind = KINDS.get(cell["kind"])
    if kind is None:
        reason = told("unknown: {!r}", cell['kind'][:20])
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


def _money(line_no: int, cell: Cells, kind: RowKind) -> tuple[int, int]:
    """Amount without its sign, and the fee as it moves our money."""
    amount, net, fee = (
        cells.yuan(line_no, name, cell[name], signed=True) for name in ("amount", "net", "fee")
    )
    if amount < 0 if kind == "sale" else amount > 0:
        reason = told("the sign does not fit {}", cell['kind'])
        raise FileError(line_no, "amount", reason, FileCode.FILE_AMOUNT_INVALID)
    if amount - fee != net:
        reason = told("{} fen, but amount {} - fee {} = {}", net, amount, fee, amount - fee)
        raise FileError(line_no, "net", reason, FileCode.FILE_ROW_SUM)
    return abs(amount), -fee


def _at(line_no: int, cell: Cells, reading: Reading) -> datetime:
    at = cells.moment(line_no, "time", f"{cell['date']} {cell['time']}")
    cut_off = reading.hints.cut_off or CUT_OFF
    try:
        first, last = (
            business_day(at + slack, cut_off) for slack in (-CUT_OFF_SLACK, CUT_OFF_SLACK)
        )
    except (DayError, OverflowError) as error:
        raise FileError(line_no, "time", told("no such time: {}", at), FileCode.FILE_TIME_INVALID) from error
    if not first <= (reading.day or first) <= last:
        reason = told("{} is outside business day {} (cut-off {:%H:%M})", at, reading.day, cut_off)
        raise FileError(line_no, "time", reason, FileCode.FILE_OF_ANOTHER_DAY)
    return at
