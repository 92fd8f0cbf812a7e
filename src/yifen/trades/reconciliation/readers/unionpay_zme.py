"""Reader of UnionPay's merchant error file ZME (银联商户差错流水), 22 fields in 339 bytes.

The widths are published, no real file is: the first nine fields are ZM's, the meaning of the rest
follows from widths that ZM shares (original trace and time, fee and settlement amount with a sign
letter, two merchant numbers). The sign of the settlement amount says where the money goes.
"""

from collections.abc import Iterator
from datetime import date, datetime, time
from typing import BinaryIO

from yifen.core.facts.days import DayError, moment_in_day
from yifen.trades.reconciliation.codes import FileCode
from yifen.trades.reconciliation.readers.fixed_width import Fields, FixedField, FixedRecord
from yifen.trades.reconciliation.readers.reading import Hints, Reading
from yifen.trades.reconciliation.readers.unionpay_name import open_named
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


def _rows(stream: BinaryIO, day: date, reading: Reading) -> Iterator[Row]:
    for record in FIELDS.records(stream):
        reading.of_owner(record.line_no, "merchant_id", record.text["merchant_id"])
        yield _row(record, day)


def _row(record: FixedRecord, day: date) -> Row:
    text, fen = record.text, record.fen
    settled, fee = fen["settlement_amount"], fen["fee"]
    amount = fen["amount"] if settled >= 0 else -fen["amount"]
    if amount + fee != settled:
        reason = told("{} fen, but amount {} + fee {} = {}", settled, amount, fee, amount + fee)
        raise FileError(record.line_no, "settlement_amount", reason, FileCode.FILE_ROW_SUM)
    return Row(
        line_no=record.line_no,
        serial=text["sent_at"] + text["trace"],
        kind="sale" if settled >= 0 else "refund",
        amount_fen=abs(amount),
        fee_fen=fee,
        at=_moment(record, day),
        original=text["original_sent_at"] + text["original_trace"],
        ref=text["reference"],
        batch=text["merchant_id"],
    )


def _moment(record: FixedRecord, day: date) -> datetime:
    """The last such time up to the end of the day: an adjustment may correct an old transaction."""
    text = record.text["sent_at"]
    try:
        for year in (day.year, day.year - 1):
            near = _day_of(text, year)
            if near is not None and near <= day:
                return moment_in_day(text, near, time(0, 0))
    except DayError as error:
        raise FileError(record.line_no, "sent_at", error.args[0], FileCode.FILE_TIME_INVALID) from error
    raise FileError(record.line_no, "sent_at", told("no such day: {}", text), FileCode.FILE_TIME_INVALID)


def _day_of(text: str, year: int) -> date | None:
    try:
        return date(year, int(text[:2]), int(text[2:4]))
    except ValueError:
        return None
