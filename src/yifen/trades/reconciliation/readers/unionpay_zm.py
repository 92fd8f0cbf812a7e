"""Reader of UnionPay's merchant settlement file ZM (银联商户对账流水), 42 fields in 607 bytes.

The file has no total line: a file cut off between two lines shows only in the match.
"""

import re
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import BinaryIO

from yifen.core.facts.days import DayError, moment_in_day
from yifen.trades.reconciliation.codes import FileCode
from yifen.trades.reconciliation.readers.fixed_width import Fields, FixedField, FixedRecord
from yifen.trades.reconciliation.readers.reading import Hints, Reading
from yifen.trades.reconciliation.readers.unionpay_name import open_named
from yifen.trades.reconciliation.reasons import told
from yifen.trades.reconciliation.rows import FileError, Row, RowKind

CUT_OFF = time(23, 0)
CUT_OFF_SLACK = timedelta(minutes=30)
"""The switch does not cut at 23:00:00 of the sender's clock: a real file of the 18th runs from
the 17th 23:02:01 to the 18th 23:01:56. A time further outside the day than this is refused."""

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
    FixedField("query_id", 21, "digits"),
    FixedField("old_pay_type", 2, "text"),
    FixedField("order_id", 32, "text"),
    FixedField("card_type", 2, "text"),
    FixedField("original_trace", 6, "digits_or_blank"),
    FixedField("original_sent_at", 10, "digits_or_blank"),
    FixedField("fee", 13, "signed_fen"),
    FixedField("settlement_amount", 13, "signed_fen"),
    FixedField("pay_type", 4, "text"),
    FixedField("group_merchant", 15, "text"),
    FixedField("txn_type", 2, "text"),
    FixedField("txn_subtype", 2, "text"),
    FixedField("biz_type", 6, "text"),
    FixedField("account_type", 2, "text"),
    FixedField("bill_type", 4, "text"),
    FixedField("bill_no", 32, "text"),
    FixedField("mode", 1, "text"),
    FixedField("original_query_id", 21, "digits_or_blank"),
    FixedField("merchant_id", 15, "text"),
    FixedField("split_mode", 1, "text"),
    FixedField("split_merchant", 15, "text"),
    FixedField("split_name", 32, "text"),
    FixedField("split_amount", 13, "signed_fen"),
    FixedField("net", 13, "signed_fen"),
    FixedField("terminal_id", 8, "text"),
    FixedField("merchant_reserved", 32, "text"),
    FixedField("discount", 13, "signed_fen"),
    FixedField("invoice_amount", 13, "signed_fen"),
    FixedField("instalment_fee", 12, "signed_fen"),
    FixedField("instalments", 2, "text"),
    FixedField("media", 1, "text"),
    FixedField("original_order_id", 32, "text"),
    FixedField("reserve", 98, "text"),
)
KINDS: dict[str, RowKind | None] = {
    "00": None, "01": "sale", "02": None, "03": "sale", "04": "refund", "05": "sale", "11": "sale",
    "12": "out", "13": "sale", "14": "out", "21": None, "22": None, "31": "void", "32": None,
    "33": "void", "70": None, "71": None, "72": None, "73": None, "74": None, "75": None, "76": None,
    "77": None, "78": None, "79": None, "94": None, "95": None,
}  # fmt: skip
"""UnionPay's transaction types (交易类型): 01 sale, 03 completed pre-authorisation, 05 load, 11 collection
(代收), 13 bill payment bring money; 04 return, 31 and 33 (void of 01, of 03) take it back; 12 payout (代付)
and 14 transfer send it away. The rest (queries, pre-authorisations, batches, bindings) moves none: such a
record gives no row, and must have no money in its settlement amount and net."""

_SERIAL = re.compile(r"[!-~]{1,32}")


def open_zm(stream: BinaryIO, hints: Hints) -> Reading:
    """The rows of a ZM file in file order; the owner is the merchant.

    serial: the order id (商户订单号); original: the original order id; ref: the query id; batch:
    the merchant, whose net is paid in one sum; fee: negative when we pay it. Day and merchant
    are the hints' or the name's (FILE_NAME when neither says the day); where both speak they
    must agree. A file of no bytes is a day without sales.
    """
    return open_named(stream, hints, "ZM", _rows)


def _rows(stream: BinaryIO, day: date, reading: Reading) -> Iterator[Row]:
    cut_off = reading.hints.cut_off or CUT_OFF
    for record in FIELDS.records(stream):
        reading.of_owner(record.line_no, "merchant_id", record.text["merchant_id"])
        if (kind := _kind(record)) is not None:
            yield _row(record, kind, day, cut_off)


def _kind(record: FixedRecord) -> RowKind | None:
    """What the record is; None where its type moves no money. FILE_KIND_UNKNOWN: there is no such type,
    or money moved all the same."""
    line_no, name = record.line_no, record.text["txn_type"]
    if name not in KINDS:
        reason = told("unknown: {!r}", name)
        raise FileError(line_no, "txn_type", reason, FileCode.FILE_KIND_UNKNOWN)
    if (kind := KINDS[name]) is None:
        for column in ("fee", "settlement_amount", "net"):
            if record.fen[column]:
                reason = told("{} moves no money, but {} is {} fen", name, column, record.fen[column])
                raise FileError(line_no, "txn_type", reason, FileCode.FILE_KIND_UNKNOWN)
    return kind


def _row(record: FixedRecord, kind: RowKind, day: date, cut_off: time) -> Row:
    text, line_no = record.text, record.line_no
    if not _SERIAL.fullmatch(text["order_id"]):
        reason = told("not an order id: {!r}", text['order_id'])
        raise FileError(line_no, "order_id", reason, FileCode.FILE_SERIAL_MISSING)
    row = Row(
        line_no=line_no,
        serial=text["order_id"],
        kind=kind,
        amount_fen=record.fen["amount"],
        fee_fen=record.fen["fee"],
        at=_sent_at(record, day, cut_off),
        original=text["original_order_id"],
        ref=text["query_id"],
        batch=text["merchant_id"],
    )
    _check_money(row, record.fen)
    return row


def _sent_at(record: FixedRecord, day: date, cut_off: time) -> datetime:
    try:
        return moment_in_day(record.text["sent_at"], day, cut_off, CUT_OFF_SLACK)
    except DayError as error:
        outside = "outside" in str(error)
        code = FileCode.FILE_OF_ANOTHER_DAY if outside else FileCode.FILE_TIME_INVALID
        raise FileError(record.line_no, "sent_at", error.args[0], code) from error


def _check_money(row: Row, fen: dict[str, int]) -> None:
    """Settlement amount and net are amount + fee; a split's rule is unknown, so it is refused."""
    if fen["split_amount"]:
        reason = "a split settlement is not supported"
        raise FileError(row.line_no, "split_amount", reason, FileCode.FILE_NOT_SUPPORTED)
    due = row.signed_fen + row.fee_fen
    for column in ("settlement_amount", "net"):
        if fen[column] != due:
            reason = told("{} fen, but amount {} + fee {} = {}", fen[column], row.signed_fen, row.fee_fen, due)
            raise FileError(row.line_no, column, reason, FileCode.FILE_ROW_SUM)
