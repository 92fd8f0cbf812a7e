"""Reader of UnionPay's merchant error file ZME (银联商户差错流水), 22 fields in 339 bytes.

The widths are published, no real file is: the first nine fields are ZM's, the meaning of the rest
follows from widths that ZM shares (original trace and time, fee and settlement amount with a sign
letter, two merchant numbers). The sign of the settlement amount says where the money goes.
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from functools import partial
from itertools import repeat
from operator import add
from typing import BinaryIO

from yifen.core.facts.days import DayError, moment_in_day
from yifen.trades.reconciliation.codes import FileCode
from yifen.trades.reconciliation.readers.columns import Columns
from yifen.trades.reconciliation.readers.fixed_width import Fields, FixedField, fen
from yifen.trades.reconciliation.readers.reading import Hints, Reading
from yifen.trades.reconciliation.readers.unionpay_name import moments_near, open_named
from yifen.trades.reconciliation.reasons import told
from yifen.trades.reconciliation.rows import FileError, Row

FIELDS = Fields(
    FixedField("txn_code", 3, "text"),
    FixedField("acquirer", 11, "text"),
    FixedField("forwarder", 11, "text"),
    FixedField("trace", 6, "digits"),
    FixedField("sent_at", 10, "digits"),
    FixedField("card", 19, "text"),
    FixedField("amount", 12, "fen"),
    FixedField("mcc", 4, "digits_or_blank"),
    FixedField("terminal_type", 2, "digits_or_blank"),
    FixedField("card_type", 2, "text"),
    FixedField("original_trace", 6, "digits_or_blank"),
    FixedField("original_sent_at", 10, "digits_or_blank"),
    FixedField("reason", 4, "text"),
    FixedField("reference", 12, "text"),
    FixedField("fee", 13, "signed_fen"),
    FixedField("settlement_amount", 13, "signed_fen"),
    FixedField("merchant_id", 15, "text"),
    FixedField("group_merchant", 15, "text"),
    FixedField("split_mode", 1, "text"),
    FixedField("instalment_fee", 12, "text"),
    FixedField("instalments", 2, "text"),
    FixedField("reserve", 135, "text"),
)


def open_zme(stream: BinaryIO, hints: Hints) -> Reading:
    """Each adjustment: money to us (credit 贷记调整) is a sale, money from us (debit, chargeback) a
    refund. serial: sending time and trace; original: those of the transaction it corrects; ref:
    the reference number; batch: the merchant. A file of no bytes is a day without errors."""
    return open_named(stream, hints, "ZME", _rows)


def _rows(stream: BinaryIO, day: date, reading: Reading) -> Iterator[Sequence[Row]]:
    return FIELDS.rows(stream, partial(_read, reading, day))


def _read(reading: Reading, day: date, lines: Columns) -> list[Row]:
    for owner in lines.said("merchant_id"):
        reading.of_owner(lines.line_no, "merchant_id", owner)
    settled, fees = fen(lines, "settlement_amount"), fen(lines, "fee")
    ours = [fen >= 0 for fen in settled]
    amounts = [fen if our else -fen for our, fen in zip(ours, fen(lines, "amount"), strict=True)]
    if list(map(add, amounts, fees)) != settled:
        due = amounts[0] + fees[0]
        reason = told("{} fen, but amount {} + fee {} = {}", settled[0], amounts[0], fees[0], due)
        raise FileError(lines.line_no, "settlement_amount", reason, FileCode.FILE_ROW_SUM)
    return list(map(
        Row, lines.line_nos, map(add, lines["sent_at"], lines["trace"]),
        ["sale" if our else "refund" for our in ours], map(abs, amounts), fees, _sent_at(lines, day),
        map(add, lines["original_sent_at"], lines["original_trace"]), lines["reference"], repeat(""),
        lines["merchant_id"],
    ))  # fmt: skip


def _sent_at(lines: Columns, day: date) -> list[datetime]:
    """The last such times up to the end of the day: an adjustment may correct an old transaction."""
    try:
        return moments_near(lines["sent_at"], partial(_day_of, day))
    except ValueError:
        return lines.each("sent_at", partial(_moment, day))


def _moment(day: date, line_no: int, column: str, text: str) -> datetime:
    try:
        return moment_in_day(text, _day_of(day, text), time(0, 0))
    except DayError as error:
        raise FileError(line_no, column, error.args[0], FileCode.FILE_TIME_INVALID) from error


def _day_of(day: date, text: str) -> date:
    """DayError: there is no such day."""
    for year in (day.year, day.year - 1):
        try:
            near = date(year, int(text[:2]), int(text[2:4]))
        except ValueError:
            continue
        if near <= day:
            return near
    raise DayError(told("no such day: {}", text))
