"""An agent bank's books in memory: vouchers by number, what became of each line, its claims of a day. Pure; no HTTP.

It advances what it pays, and claims it from the treasury at the end of the day by 2301: what came back before that is
not in it, what comes back later is refunded by a 2302. A line that it cannot pay waits three working days, then fails.
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from yifen.trades.treasury.wire.mof import MofVoucher
from yifen.trades.treasury.wire.paper_port import reference_of
from yifen.trades.treasury.wire.papers import Bill, Items, fen_of, text_of

HOLD_DAYS = 3
WRONG_NAME, TOO_LATE, BACK = "户名与账号不符", "逾三个工作日未能支付，资金退回", "持卡人账户已销户，资金退回"
_CODES = ("FundTypeCode", "FundTypeName", "PayTypeCode", "PayTypeName")


class AgentHouse(NamedTuple):
    """Who it is, and between which accounts it is cleared."""

    bank_no: str = "102471000012"
    name: str = "代理银行"
    account: str = "1610020100000001"
    treasury_no: str = "1710000000"
    treasury_account: str = "2710000000000001"


class LineBack(NamedTuple):
    """So much of a line is at the bank again."""

    at: datetime
    fen: int
    why: str


class AgentLine:
    """One repayment: decided at `at` (paid, or failed because of `reason`); what came back of it."""

    def __init__(self, items: Items, at: datetime, reason: str = "") -> None:
        self.items, self.at, self.reason, self.fen = items, at, reason, fen_of(items, "PayAmt")
        self.backs: list[LineBack] = []

    def paid_by(self, now: datetime) -> bool:
        return not self.reason and self.at <= now

    def back_by(self, now: datetime) -> list[LineBack]:
        return [back for back in self.backs if self.paid_by(now) and back.at <= now]

    def claimed(self, kind: str, day: date, now: datetime) -> int:
        """Its fen in a claim, or in a refund, of the day: what is back on the day of its payment is not claimed."""
        if not self.paid_by(now) or (self.at.date() == day) != (kind == "2301"):
            return 0
        back = sum(back.fen for back in self.back_by(now) if back.at.date() == day)
        return self.fen - back if kind == "2301" else back


class AgentVoucher(NamedTuple):
    """An 8202 as it came, its lines, our serial."""

    voucher: MofVoucher
    serial: str
    lines: tuple[AgentLine, ...]


class AgentBooks:
    """All vouchers of one bank."""

    def __init__(self, house: AgentHouse | None = None) -> None:
        self.house = house or AgentHouse()
        self.kept: dict[str, AgentVoucher] = {}

    def take(self, voucher: MofVoucher, meets: str, now: datetime, process_s: float = 0.0, back_s: float = 0.0) -> bool:
        """Once for each number; False: another one has it. `meets`: by script."""
        reference = reference_of(voucher.bill.text("AdmDivCode"), voucher.number)
        there = self.kept.get(reference)
        if there is not None:
            return there.voucher == voucher
        serial = f"AB{now:%Y%m%d}{len(self.kept) + 1:06d}"
        lines = tuple(self._line(items, place, meets, now, process_s, back_s)
                      for place, items in enumerate(voucher.bill.details))  # fmt: skip
        self.kept[reference] = AgentVoucher(voucher, serial, lines)
        return True

    def answer(self, number: str, now: datetime) -> MofVoucher | None:
        """The voucher with what the bank fills in; None: not one line is decided."""
        kept = self.kept[number]
        decided = [line for line in kept.lines if line.at <= now]
        if not decided:
            return None
        details = [self._told(kept, place, line, now) for place, line in enumerate(kept.lines, 1)]
        main: dict[str, Any] = dict(kept.voucher.bill.items)
        if len(decided) == len(kept.lines):
            main |= {"XPayDate": max(line.at for line in decided).date(), "XAgentBusinessNo": kept.serial,
                     "XPayAmt": sum(fen_of(items, "XPayAmt") for items in details)}  # fmt: skip
        return kept.voucher._replace(bill=Bill(main, tuple(details)), flag="1")

    def papers(self, kind: str, day: date, now: datetime) -> list[MofVoucher]:
        """Of a day: 2301 and 2302 by division and fund, 2203 by line."""
        if kind == "2203":
            return [self._return(kept, place, line, turn) for kept, place, line in self._lines()
                    for turn, back in enumerate(line.back_by(now)) if back.at.date() == day]  # fmt: skip
        wanted: dict[tuple[str, str], list[tuple[AgentVoucher, int]]] = {}
        for kept, _place, line in self._lines():
            if fen := line.claimed(kind, day, now):
                bill = kept.voucher.bill
                wanted.setdefault((bill.text("AdmDivCode"), bill.text("FundTypeCode")), []).append((kept, fen))
        return [self._claim(kind, day, place, lines) for place, (_fund, lines) in enumerate(sorted(wanted.items()), 1)]

    def came_back(self, number: str, place: int, fen: int, at: datetime, why: str = BACK) -> None:
        """Goods were returned, an account is closed: so much of a line."""
        self.kept[number].lines[place - 1].backs.append(LineBack(at, fen, why))

    def paid(self, now: datetime) -> dict[str, int]:
        """Detail number → fen that went to a card and did not come back."""
        left = {text_of(line.items, "Id"): line.fen - sum(back.fen for back in line.back_by(now))
                for _kept, _place, line in self._lines() if line.paid_by(now)}  # fmt: skip
        return {number: fen for number, fen in left.items() if fen}

    def _lines(self) -> Iterable[tuple[AgentVoucher, int, AgentLine]]:
        return ((kept, place, line) for kept in self.kept.values() for place, line in enumerate(kept.lines, 1))

    def _line(self, items: Items, place: int, meets: str, now: datetime, process_s: float, back_s: float) -> AgentLine:
        match meets:
            case "fail":
                return AgentLine(items, now, WRONG_NAME)
            case "part" if place % 2:
                return AgentLine(items, now, WRONG_NAME)
            case "hold" if place % 2 == 0:
                return AgentLine(items, working_days_later(now, HOLD_DAYS), TOO_LATE)
            case "slow":
                return AgentLine(items, now + timedelta(seconds=process_s))
            case "back" if place % 2 == 0:
                line = AgentLine(items, now)
                line.backs.append(LineBack(now + timedelta(seconds=back_s), line.fen, BACK))
                return line
        return AgentLine(items, now)

    def _told(self, kept: AgentVoucher, place: int, line: AgentLine, now: datetime) -> Items:
        if line.at > now:
            return line.items
        told: dict[str, Any] = {**line.items, "XPayDate": line.at.date(), "XPayAmt": 0}
        if line.reason:
            return {**told, "XAddWord": line.reason}
        return {**told, "XPayAmt": fen_of(line.items, "PayAmt"), "XAgentBusinessNo": f"{kept.serial}-{place}"}

    def _claim(self, kind: str, day: date, place: int, lines: list[tuple[AgentVoucher, int]]) -> MofVoucher:
        first, house, number = lines[0][0].voucher.bill, self.house, f"{kind}-{day:%y%m%d}-{place}"
        sums: dict[tuple[str, str, str], int] = {}
        for kept, fen in lines:
            bill = kept.voucher.bill
            key = kept.voucher.number, bill.text("SupDepCode") or bill.text("AgencyCode"), bill.text("ExpFuncCode")
            sums[key] = sums.get(key, 0) + fen
        sign = 1 if kind == "2301" else -1
        details: tuple[Items, ...] = tuple(
            {"Id": f"{number}-{row}", "VoucherNo": key[0], "SupDepCode": key[1], "ExpFuncCode": key[2],
             "PayAmt": sign * fen, "PaySummaryName": "公务卡还款"}
            for row, (key, fen) in enumerate(sorted(sums.items()), 1))  # fmt: skip
        codes = {tag: first.items[tag] for tag in _CODES if tag in first.items}
        main: dict[str, Any] = {
            "Id": number, "AdmDivCode": first.text("AdmDivCode"), "StYear": f"{day:%Y}", "VtCode": kind, "VouDate": day,
            "VoucherNo": number, "TreCode": house.treasury_no, "FinOrgCode": first.text("AdmDivCode")[:6], **codes,
            "AgentAcctNo": house.account, "AgentAcctName": house.name, "AgentAcctBankName": house.name,
            "ClearAcctNo": house.treasury_account, "ClearAcctName": "国库单一账户", "ClearAcctBankName": "人民银行",
            "PayAmt": sign * sum(sums.values()), "PayBankName": house.name, "PayBankNo": house.bank_no,
        }  # fmt: skip
        return MofVoucher(kind, Bill(main, details))

    def _return(self, kept: AgentVoucher, place: int, line: AgentLine, turn: int) -> MofVoucher:
        bill, (at, fen, why) = kept.voucher.bill, line.backs[turn]
        number = f"TK{at:%y%m%d}{kept.serial[-6:]}{place:03d}{turn or ''}"
        pay = {tag: bill.items[tag] for tag in ("PayAcctNo", "PayAcctName", "PayAcctBankName")}
        codes = {tag: bill.items[tag] for tag in ("AgencyCode", "AgencyName", "ExpFuncCode", "ExpFuncName")
                 if tag in bill.items}  # fmt: skip
        main: dict[str, Any] = {
            "Id": number, "AdmDivCode": bill.text("AdmDivCode"), "StYear": f"{at:%Y}", "VtCode": "2203",
            "VouDate": at.date(), "VoucherNo": number, "AgentBusinessNo": f"{kept.serial}-{place}",
            "OriBillNo": text_of(line.items, "Id"), "RefundType": "1", **pay, "PayAmt": fen, "Remark": why,
            "PayDate": line.at.date(),
        }  # fmt: skip
        detail = {"Id": f"{number}-1", "VoucherBillId": number, "VoucherNo": kept.voucher.number, **codes, **pay,
                  "PayAmt": fen}  # fmt: skip
        return MofVoucher("2203", Bill(main, (detail,)))


def working_days_later(at: datetime, days: int) -> datetime:
    """Mondays to Fridays; this bank knows no holiday."""
    while days:
        at += timedelta(days=1)
        days -= at.weekday() < 5
    return at
