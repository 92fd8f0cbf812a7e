"""What a message must be beyond its table, as the treasury's front-end checks it: sums, lines, days.

The first thing that is wrong is told by its number. What needs the books (is it cleared, was it refunded before) is
asked in the database.
"""

from collections.abc import Sequence
from datetime import date

from yifen.core.facts.refused import Refused
from yifen.trades.treasury.codes import TreasuryCode as C
from yifen.trades.treasury.wire.cfx import Cfx
from yifen.trades.treasury.wire.mof import MofVoucher
from yifen.trades.treasury.wire.papers import Bill, Items, day_at, fen_of, text_of

LINES_MAX = 499
_REFUNDS = ("2302", "3504", "3507")  # amounts may stand with a minus: refunds, and checks of a day that had one
_SAME = ("FundTypeCode", "PayTypeCode", "AgencyCode", "ExpFuncCode", "ExpEcoCode", "GovExpEcoCode", "DepExpEcoCode",
         "DepProCode")  # fmt: skip


def check_voucher(voucher: MofVoucher, today: date) -> None:
    """Refused: PAPER_FUTURE, PAPER_LINES, PAPER_LINE_TWICE, PAPER_AMOUNT, PAPER_SUM, PAPER_MAIN, PAPER_PACK."""
    bill = voucher.bill
    _not_future(bill.items, "VouDate", today)
    _lines(bill.details, "Id")
    amounts = [fen_of(items, "PayAmt") for items in bill.details]
    if voucher.kind not in _REFUNDS:
        _not_negative(amounts)
    whole = "AllAmt" if voucher.kind in ("3504", "3507") else "PayAmt"
    _sum(bill, whole, sum(amounts))
    match voucher.kind:
        case "8202":
            _payment(bill)
        case "2301" | "2302":
            if voucher.kind == "2301" and bill.fen("PayAmt") <= 0:
                raise Refused(C.PAPER_AMOUNT, "Voucher/PayAmt", "is above zero")
        case "2203":
            _return(bill)
        case "3504" | "3507":
            _check(voucher)


def check_cfx(told: Cfx, today: date) -> None:
    """Refused: PAPER_FUTURE, PAPER_LINES, PAPER_LINE_TWICE, PAPER_SUM, PAPER_PACK."""
    if told.number == "3201":
        _not_future(told.batch, "ChkDate", today)
        _pack(told.batch)
        count, fen = "CurPackNum", "CurPackAmt"
    else:
        _not_future(told.batch, "EntrustDate", today)
        count, fen = "AllNum", "AllAmt"
    if not 1 <= len(told.bills) <= LINES_MAX:
        raise Refused(C.PAPER_LINES, "MSG", str(len(told.bills)))
    if told.number != "3201":
        numbers = [bill.text("TraNo") for bill in told.bills]
        if len(set(numbers)) != len(numbers):
            raise Refused(C.PAPER_LINE_TWICE, "TraNo")
    whole = {"5102": "SumAmt", "5103": "SumAmt", "3201": "AllAmt"}.get(told.number, "Amt")
    for place, bill in enumerate(told.bills, 1):
        if told.number == "3201":
            continue
        _not_future(bill.items, "VouDate", today)
        _lines(bill.details, "SeqNo")
        _sum(bill, whole, sum(fen_of(items, "Amt") for items in bill.details), f"Bill[{place}]")
        if bill.fen("StatInfNum") != len(bill.details):
            raise Refused(C.PAPER_SUM, f"Bill[{place}]/StatInfNum", str(len(bill.details)))
    total = sum(bill.fen(whole) for bill in told.bills)
    if fen_of(told.batch, fen) != total or fen_of(told.batch, count) != len(told.bills):
        raise Refused(C.PAPER_SUM, f"BatchHead/{fen}", str(total))


def _payment(bill: Bill) -> None:
    """8202: details are of the main part, with its codes; each names the card that is repaid."""
    for place, items in enumerate(bill.details, 1):
        path = f"Detail[{place}]"
        if text_of(items, "VoucherBillId") != bill.text("Id"):
            raise Refused(C.PAPER_MAIN, f"{path}/VoucherBillId")
        if text_of(items, "VoucherBillNo") != bill.text("VoucherNo"):
            raise Refused(C.PAPER_MAIN, f"{path}/VoucherBillNo")
        for tag in _SAME:
            if text_of(items, tag) != bill.text(tag):
                raise Refused(C.PAPER_MAIN, f"{path}/{tag}")
        if not text_of(items, "PayeeAcctNo") or not text_of(items, "PayeeAcctName"):
            raise Refused(C.PAPER_MAIN, f"{path}/PayeeAcctNo")
    paid = [fen_of(items, "XPayAmt") for items in bill.details if "XPayAmt" in items]
    for place, items in enumerate(bill.details, 1):
        if fen_of(items, "XPayAmt") not in (0, fen_of(items, "PayAmt")):
            raise Refused(C.PAPER_AMOUNT, f"Detail[{place}]/XPayAmt", "a line is paid whole or not at all")
    if "XPayAmt" in bill.items:  # decided as a whole; until then single lines may be
        if len(paid) != len(bill.details):
            raise Refused(C.PAPER_SUM, "Voucher/XPayAmt", "a line is not answered")
        _sum(bill, "XPayAmt", sum(paid))


def _return(bill: Bill) -> None:
    if bill.text("RefundType") not in ("1", "2"):
        raise Refused(C.PAPER_FIELD, "Voucher/RefundType", bill.text("RefundType"))
    if bill.fen("PayAmt") <= 0:
        raise Refused(C.PAPER_AMOUNT, "Voucher/PayAmt", "is above zero")


def _check(voucher: MofVoucher) -> None:
    bill = voucher.bill
    begin, end = day_at(bill.items, "BeginDate"), day_at(bill.items, "EndDate")
    if begin is None or end is None or begin > end:
        raise Refused(C.PAPER_FIELD, "Voucher/EndDate")
    _pack(bill.items)
    # AllNum and AllAmt are of this pack alone, as the treasury's own front-end sums them.
    if voucher.kind == "3507" and bill.fen("AllNum") != len(bill.details):
        raise Refused(C.PAPER_SUM, "Voucher/AllNum", str(len(bill.details)))


def _pack(items: Items) -> None:
    if not 1 <= fen_of(items, "CurPackNo") <= fen_of(items, "ChildPackNum"):
        raise Refused(C.PAPER_PACK, "CurPackNo")


def _not_future(items: Items, tag: str, today: date) -> None:
    day = day_at(items, tag)
    if day is not None and day > today:
        raise Refused(C.PAPER_FUTURE, tag, day.isoformat())


def _lines(details: Sequence[Items], tag: str) -> None:
    if not 1 <= len(details) <= LINES_MAX:
        raise Refused(C.PAPER_LINES, "", str(len(details)))
    if len({items.get(tag) for items in details}) != len(details):
        raise Refused(C.PAPER_LINE_TWICE, tag)


def _not_negative(amounts: Sequence[int]) -> None:
    for place, fen in enumerate(amounts, 1):
        if fen < 0:
            raise Refused(C.PAPER_AMOUNT, f"Detail[{place}]/PayAmt", "is negative")


def _sum(bill: Bill, tag: str, total: int, path: str = "Voucher") -> None:
    if bill.fen(tag) != total:
        raise Refused(C.PAPER_SUM, f"{path}/{tag}", f"{bill.fen(tag)} / {total} fen")
