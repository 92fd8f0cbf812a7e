"""Rows of the acquirer portal's export, by the names of their columns."""

from datetime import datetime
from itertools import repeat
from operator import neg, sub

from yifen.core.facts.days import DayError, business_day
from yifen.trades.reconciliation.codes import FileCode
from yifen.trades.reconciliation.readers import cells
from yifen.trades.reconciliation.readers.columns import Columns, cleaned, moments
from yifen.trades.reconciliation.readers.reading import Reading
from yifen.trades.reconciliation.readers.unionpay_zm import CUT_OFF, CUT_OFF_SLACK
from yifen.trades.reconciliation.reasons import told
from yifen.trades.reconciliation.rows import FileError, Row, RowKind

KINDS: dict[str, RowKind] = {"消费": "sale", "消费撤销": "void", "退货": "refund"}


def rows_of(lines: Columns, reading: Reading) -> list[Row]:
    """The rows; `lines` has settlement_day, date, time, amount, net, fee, terminal, trace, kind,
    reference and merchant. FileError names the first that does not fit."""
    line_no = lines.line_no
    for text in lines.said("settlement_day"):
        reading.on_day(line_no, "settlement_day", cells.day(line_no, "settlement_day", text))
    for owner in lines.said("merchant"):
        reading.of_owner(line_no, "merchant", owner)
    kinds = lines.word("kind", KINDS)
    amounts, fees = _money(lines, kinds)
    refs = map("-".join, zip(lines["terminal"], lines["trace"], strict=True))
    return list(map(
        Row, lines.line_nos, lines.serial("reference"), kinds, amounts, fees, _at(lines, reading),
        repeat(""), cleaned(list(refs)), repeat(""), lines.clean("merchant"),
    ))  # fmt: skip


def _money(lines: Columns, kinds: list[RowKind]) -> tuple[list[int], list[int]]:
    """Amounts without their sign, and the fees as they move our money."""
    amounts, nets, fees = (lines.yuan(name, signed=True) for name in ("amount", "net", "fee"))
    for amount, kind in zip(amounts, kinds, strict=True):
        if amount < 0 if kind == "sale" else amount > 0:
            reason = told("the sign does not fit {}", lines["kind"][0])
            raise FileError(lines.line_no, "amount", reason, FileCode.FILE_AMOUNT_INVALID)
    if list(map(sub, amounts, fees)) != nets:
        amount, fee, net = amounts[0], fees[0], nets[0]
        reason = told("{} fen, but amount {} - fee {} = {}", net, amount, fee, amount - fee)
        raise FileError(lines.line_no, "net", reason, FileCode.FILE_ROW_SUM)
    return list(map(abs, amounts)), list(map(neg, fees))


def _at(lines: Columns, reading: Reading) -> list[datetime]:
    """The moments; first and last of them must lie in the business day."""
    texts = list(map(" ".join, zip(lines["date"], lines["time"], strict=True)))
    at = moments(texts) or lines.each("time", cells.moment, texts)
    cut_off = reading.hints.cut_off or CUT_OFF
    for one in {min(at), max(at)}:
        try:
            first, last = (
                business_day(one + slack, cut_off) for slack in (-CUT_OFF_SLACK, CUT_OFF_SLACK)
            )
        except (DayError, OverflowError) as error:
            reason = told("no such time: {}", one)
            raise FileError(lines.line_no, "time", reason, FileCode.FILE_TIME_INVALID) from error
        if not first <= (reading.day or first) <= last:
            reason = told(
                "{} is outside business day {} (cut-off {:%H:%M})", one, reading.day, cut_off
            )
            raise FileError(lines.line_no, "time", reason, FileCode.FILE_OF_ANOTHER_DAY)
    return at
