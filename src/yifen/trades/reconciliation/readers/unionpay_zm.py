"""Reader of UnionPay's merchant settlement file ZM (银联商户对账流水), 42 fields in 607 bytes.

The file has no total line: a file cut off between two lines shows only in the match.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from functools import partial
from itertools import repeat
from operator import add
from typing import BinaryIO

from yifen.core.facts.days import DayError, moment_in_day
from yifen.trades.reconciliation.codes import FileCode
from yifen.trades.reconciliation.readers.columns import Columns, are_words
from yifen.trades.reconciliation.readers.fixed_width import Fields, FixedField, fen
from yifen.trades.reconciliation.readers.reading import Hints, Reading
from yifen.trades.reconciliation.readers.unionpay_name import moments_near, open_named
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


def _rows(stream: BinaryIO, day: date, reading: Reading) -> Iterator[Sequence[Row]]:
    return FIELDS.rows(stream, partial(_read, reading, day))


def _read(reading: Reading, day: date, lines: Columns) -> list[Row]:
    for owner in lines.said("merchant_id"):
        reading.of_owner(lines.line_no, "merchant_id", owner)
    kinds = lines.word("txn_type", KINDS)
    if (still := lines.some([kind is None for kind in kinds])) is not None:
        _check_still(still)
    moving = lines.some([kind is not None for kind in kinds])
    return [] if moving is None else _moved(reading, day, moving, [kind for kind in kinds if kind])


def _check_still(lines: Columns) -> None:
    """FILE_KIND_UNKNOWN: money moved by a type that moves none."""
    for column in ("fee", "settlement_amount", "net"):
        if any(amounts := fen(lines, column)):
            reason = told(
                "{} moves no money, but {} is {} fen", lines["txn_type"][0], column, amounts[0]
            )
            raise FileError(lines.line_no, "txn_type", reason, FileCode.FILE_KIND_UNKNOWN)


def _moved(reading: Reading, day: date, lines: Columns, kinds: list[RowKind]) -> list[Row]:
    orders = lines["order_id"]
    if not ("".join(orders).isascii() and are_words(orders)):
        lines.each("order_id", _order)
    at = _sent_at(lines, day, reading.hints.cut_off or CUT_OFF)
    amounts, fees = fen(lines, "amount"), fen(lines, "fee")
    _check_money(lines, kinds, amounts, fees)
    return list(map(
        Row, lines.line_nos, orders, kinds, amounts, fees, at, lines["original_order_id"],
        lines["query_id"], repeat(""), lines["merchant_id"],
    ))  # fmt: skip


def _order(line_no: int, column: str, text: str) -> str:
    if not _SERIAL.fullmatch(text):
        raise FileError(
            line_no, column, told("not an order id: {!r}", text), FileCode.FILE_SERIAL_MISSING
        )
    return text


def _sent_at(lines: Columns, day: date, cut_off: time) -> list[datetime]:
    """The moments. Where the first and the last of them lie in the business day, all do."""
    texts = lines["sent_at"]
    try:
        near = {f"{day + timedelta(n):%m%d}": day + timedelta(n) for n in (-1, 0, 1)}
        at = moments_near(texts, near.__getitem__)
        for one in (min(at), max(at)):
            moment_in_day(f"{one:%m%d%H%M%S}", day, cut_off, CUT_OFF_SLACK)
    except (KeyError, ValueError, OverflowError):
        return lines.each("sent_at", partial(_moment, day, cut_off))
    return at


def _moment(day: date, cut_off: time, line_no: int, column: str, text: str) -> datetime:
    try:
        return moment_in_day(text, day, cut_off, CUT_OFF_SLACK)
    except DayError as error:
        outside = "outside" in str(error)
        code = FileCode.FILE_OF_ANOTHER_DAY if outside else FileCode.FILE_TIME_INVALID
        raise FileError(line_no, column, error.args[0], code) from error


def _check_money(lines: Columns, kinds: list[RowKind], amounts: list[int], fees: list[int]) -> None:
    """Settlement amount and net are amount + fee; a split's rule is unknown, so it is refused."""
    if any(fen(lines, "split_amount")):
        reason = "a split settlement is not supported"
        raise FileError(lines.line_no, "split_amount", reason, FileCode.FILE_NOT_SUPPORTED)
    signed = [
        amount if kind == "sale" else -amount for kind, amount in zip(kinds, amounts, strict=True)
    ]
    due = list(map(add, signed, fees))
    for column in ("settlement_amount", "net"):
        if (said := fen(lines, column)) != due:
            reason = told(
                "{} fen, but amount {} + fee {} = {}", said[0], signed[0], fees[0], due[0]
            )
            raise FileError(lines.line_no, column, reason, FileCode.FILE_ROW_SUM)
