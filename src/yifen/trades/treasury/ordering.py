"""A voucher as an 8202: written for the agent bank, and what its answer says line by line."""

from datetime import date
from typing import Any, NamedTuple

from yifen.core.facts.refused import Refused
from yifen.core.facts.secrets import KeyRing
from yifen.trades.treasury.codes import TreasuryCode as C
from yifen.trades.treasury.wire.checks import check_voucher
from yifen.trades.treasury.wire.mof import MofVoucher, read_voucher, voucher_bytes
from yifen.trades.treasury.wire.paper_port import reference_of
from yifen.trades.treasury.wire.papers import Bill, Items, day_at, fen_of, text_of

CARD_CONTEXT = "card number"
REMARK = "公务卡还款"
NAME, PURPOSE = 119, 199  # bytes


class OrderRow(NamedTuple):
    """A voucher as its row and its indicator have it."""

    voucher_no: str
    state: str
    tries: int
    resent: bool
    amount_fen: int
    purpose: str
    account_no: str
    bank_name: str
    bank_code: str
    pay_on: date
    year: int
    bank_id: int
    bureau_id: int
    division: str
    unit_code: str
    unit: str
    above_code: str | None
    above: str | None
    func_code: str
    gov_code: str
    dep_code: str
    project: str
    fund_code: str

    @property
    def reference(self) -> str:
        """At the bank, which pays for several bureaus: numbers are of a division."""
        return reference_of(self.division, self.voucher_no)


class VoucherLine(NamedTuple):
    """A line; the card's number sealed."""

    line_no: int
    amount_fen: int
    number: bytes
    name: str


def order_bytes(ring: KeyRing, row: OrderRow, lines: list[VoucherLine]) -> bytes:
    """What the bank is told. KeyRingError; Refused where the bank would refuse it."""
    unit, bank = _cut(row.unit, NAME), _cut(row.bank_name, NAME)
    codes: dict[str, Any] = {
        "FundTypeCode": row.fund_code, "PayTypeCode": "12", "PayTypeName": "授权支付", "AgencyCode": row.unit_code,
        "AgencyName": unit, "ExpFuncCode": row.func_code, "GovExpEcoCode": row.gov_code,
        "SupDepCode": row.above_code or row.unit_code, "SupDepName": _cut(row.above or row.unit, NAME),
    }  # fmt: skip
    if row.dep_code:
        codes["DepExpEcoCode"] = row.dep_code
    if row.project:
        codes["DepProCode"] = row.project
    main: dict[str, Any] = {
        "Id": row.voucher_no, "AdmDivCode": row.division, "StYear": str(row.year), "VtCode": "8202",
        "VouDate": row.pay_on, "VoucherNo": row.voucher_no, **codes, "PayBankCode": row.bank_code,
        "PayBankName": bank, "PayAcctNo": row.account_no, "PayAcctName": _cut(f"{row.unit}零余额账户", NAME),
        "PayAcctBankName": bank, "PaySummaryCode": "2", "PaySummaryName": _cut(row.purpose, PURPOSE),
        "PayAmt": row.amount_fen, "FundDealModeCode": "2", "BusinessTypeCode": "2", "BusinessTypeName": "公务卡",
    }  # fmt: skip
    details: tuple[Items, ...] = tuple(
        {"Id": f"{row.voucher_no}-{line.line_no}", "VoucherBillId": row.voucher_no, "VoucherBillNo": row.voucher_no,
         **codes, "PayeeAcctNo": ring.open(bytes(line.number), CARD_CONTEXT).decode(),
         "PayeeAcctName": line.name.strip(" "), "PayAmt": line.amount_fen, "Remark": REMARK}
        for line in lines)  # fmt: skip
    voucher = MofVoucher("8202", Bill(main, details))
    check_voucher(voucher, row.pay_on)
    return voucher_bytes(voucher)


def answered_lines(sent: bytes, answer: bytes, today: date) -> list[dict[str, Any]]:
    """{line, fen, serial, reason, on} of each line that the bank decided. Refused: VOUCHER_OTHERWISE when it is no
    answer to just what was sent; else as `read_voucher` and `check_voucher`."""
    ours, told = read_voucher(sent), read_voucher(answer)
    check_voucher(told, today)
    if told.kind != "8202" or _asked(ours.bill) != _asked(told.bill):
        raise Refused(C.VOUCHER_OTHERWISE, "Voucher")
    found = []
    for place, items in enumerate(told.bill.details, 1):
        if "XPayAmt" not in items:
            continue
        on = day_at(items, "XPayDate")
        found.append({
            "line": place, "fen": fen_of(items, "XPayAmt"),
            "serial": text_of(items, "XAgentBusinessNo") or told.bill.text("XAgentBusinessNo"),
            "reason": text_of(items, "XAddWord"), "on": on.isoformat() if on else None,
        })  # fmt: skip
    return found


def _cut(text: str, most: int) -> str:
    """So much of it as a message carries, in bytes."""
    return text.encode("gb18030")[:most].decode("gb18030", "ignore").strip(" ")


def line_of(detail_id: str) -> tuple[str, int]:
    """(voucher, line) of a detail's number. Refused: PAPER_MAIN."""
    number, _, line = detail_id.rpartition("-")
    if not number or not (line.isdecimal() and len(line) < 5):
        raise Refused(C.PAPER_MAIN, "OriBillNo", detail_id[:40])
    return number, int(line)


def _asked(bill: Bill) -> list[dict[str, Any]]:
    """Main part and details without what the bank fills in."""
    return [{tag: value for tag, value in items.items() if not tag.startswith(("X", "Hold"))}
            for items in (bill.items, *bill.details)]  # fmt: skip
