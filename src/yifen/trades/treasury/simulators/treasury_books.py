"""A treasury's books in memory: quota by unit and function, claims by number, checks of a day. Pure; no HTTP."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from yifen.core.facts.refused import Refused
from yifen.trades.treasury.codes import TreasuryCode as C
from yifen.trades.treasury.wire.cfx import Cfx
from yifen.trades.treasury.wire.checks import check_cfx
from yifen.trades.treasury.wire.mof import MofVoucher
from yifen.trades.treasury.wire.papers import Bill, Items, day_at, fen_of, text_of

BANK = "102471000012"  # of the units' accounts
PACK = 100  # lines of a child pack
NOT_CLEARED, TWICE = "原申请划款凭证未清算", "退款超过原清算金额"
_CODES = ("FundTypeCode", "FundTypeName", "PayTypeCode", "PayTypeName")


class TreasuryBooks:
    """All of one treasury. `odd`: what its checks get wrong: missing (the last line), other (the first amount), pack
    (the last child pack is not sent)."""

    def __init__(self, code: str = "1710000000", odd: str = "") -> None:
        self.code, self.odd = code, odd
        self.claims: dict[str, tuple[MofVoucher, date]] = {}
        self.quotas: dict[str, Cfx] = {}

    def take(self, voucher: MofVoucher, today: date) -> MofVoucher | None:
        """A claim 2301 or refund 2302, once for each number: cleared that day. None: another one has the number.
        Refused: PAPER_TREASURY_NO, PAPER_AMOUNT (a refund of more than was cleared)."""
        there = self.claims.get(voucher.number)
        if there is None:
            if voucher.bill.text("TreCode") != self.code:
                raise Refused(C.PAPER_TREASURY_NO, "Voucher/TreCode", self.code)
            if voucher.kind == "2302":
                self._check_refund(voucher)
            self.claims[voucher.number] = there = voucher, today
        if there[0] != voucher:
            return None
        items: dict[str, Any] = {**voucher.bill.items, "XClearDate": there[1], "XPayAmt": voucher.bill.fen("PayAmt")}
        return voucher._replace(bill=Bill(items, voucher.bill.details), flag="1")

    def quota(self, number: str, told: Cfx) -> bool:
        """Once for each message number; False: another one has it."""
        return self.quotas.setdefault(number, told) == told

    def quotas_of(self, kind: str, day: date) -> list[Cfx]:
        """Messages of a kind, of a day, in the order in which they were told."""
        return [told for told in self.quotas.values()
                if told.number == kind and day_at(told.batch, "EntrustDate") == day]  # fmt: skip

    def grant(self, asked: Mapping[str, str], today: date) -> Cfx:
        """A 5103 of one unit and function (5102, 5101 by `kind`), as the bureau's own system tells it, and told as its
        next number. ValueError, KeyError: it is none; Refused: as `check_cfx`."""
        number, fen = len(self.quotas) + 1, int(asked["fen"])
        kind, vou = asked.get("kind", "5103"), asked.get("number", f"ED{today:%Y%m%d}{number:04d}")
        year, month = asked.get("year", f"{today:%Y}"), asked.get("month", f"{today:%m}")
        unit = {"BdgOrgCode": asked["unit"]}
        head: Items = {"VER": "1.0", "SRC": asked["bureau"], "DES": self.code, "APP": "TIPS", "MsgNo": kind,
                       "MsgID": f"{today:%Y%m%d}{number:012d}", "MsgRef": f"{today:%Y%m%d}{number:012d}",
                       "WorkDate": today}  # fmt: skip
        batch: dict[str, Any] = {
            "TreCode": self.code, "BillOrg": asked["bureau"], "EntrustDate": today, "PackNo": f"{number:08d}",
            "AllNum": 1, "AllAmt": fen, "PayoutVouType": "1", **({"PayeeBankNo": BANK} if kind == "5101" else {}),
        }  # fmt: skip
        bill: dict[str, Any] = {
            "TraNo": f"{number:08d}", "VouNo": vou, "VouDate": today, "BudgetType": asked.get("budget", "1"),
            "OfYear": year, "StatInfNum": 1,
        }  # fmt: skip
        if kind == "5101":
            bill |= {**unit, "BudgetOrgName": asked["unit"], "PayerAcct": "2710000000000001",
                     "PayerName": "国库单一账户", "Amt": fen, "PayeeOpBkNo": BANK, "PayeeAcct": asked["account"],
                     "PayeeName": asked["unit"], "TrimSign": asked.get("adjusts", "0")}  # fmt: skip
        else:
            bill |= {"SumAmt": fen, "RransactOrg": BANK, "AmtKind": "1"}
        if kind == "5103":
            bill |= {**unit, "OfMonth": month}
        line: dict[str, Any] = {"SeqNo": 1, "FuncBdgSbtCode": asked["func"], "Amt": fen,
                                **(unit if kind == "5102" else {}), **({"AcctProp": "1"} if kind == "5103" else {})}
        if asked.get("eco"):
            line["EcnomicSubjectCode"] = asked["eco"]
        told = Cfx(head, batch, (Bill(bill, (line,)),))
        check_cfx(told, today)
        self.quotas[text_of(head, "MsgID")] = told
        return told

    def quota_fen(self) -> dict[str, int]:
        """`unit function` → quota that was told."""
        sums: dict[str, int] = {}
        for told in self.quotas.values():
            for bill in told.bills:
                for items in bill.details:
                    unit = bill.text("BdgOrgCode") or text_of(items, "BdgOrgCode")
                    key = f"{unit} {text_of(items, 'FuncBdgSbtCode')}"
                    sums[key] = sums.get(key, 0) + fen_of(items, "Amt")
        return sums

    def checks(self, kind: str, day: date) -> list[MofVoucher]:
        """3504 by unit, fund and function, or 3507 by line, in child packs; nothing for a day without clearing."""
        rows = [(voucher, items) for voucher, cleared in self.claims.values() if cleared == day
                for items in voucher.bill.details]  # fmt: skip
        if not rows:
            return []
        lines = self._totals(rows) if kind == "3504" else [self._line(*row) for row in rows]
        if self.odd == "missing":
            lines = lines[:-1]
        if self.odd == "other" and lines:
            lines[0] = {**lines[0], "PayAmt": fen_of(lines[0], "PayAmt") + 1}
        packs = [lines[at : at + PACK] for at in range(0, len(lines), PACK)]
        if self.odd == "pack" and len(lines) > 1:
            packs = [lines[:-1], lines[-1:]]
        first = rows[0][0]
        told = [self._pack(kind, day, first, pack, place, len(packs)) for place, pack in enumerate(packs, 1)]
        return told[:-1] if self.odd == "pack" and len(told) > 1 else told

    def _check_refund(self, voucher: MofVoucher) -> None:
        for items in voucher.bill.details:
            number = text_of(items, "VoucherNo")
            left = sum(fen_of(one, "PayAmt") for claim, _day in self.claims.values() for one in claim.bill.details
                       if text_of(one, "VoucherNo") == number)  # fmt: skip
            if left + fen_of(items, "PayAmt") < 0:
                raise Refused(C.PAPER_AMOUNT, "Detail/PayAmt", TWICE if left else NOT_CLEARED)

    def _totals(self, rows: list[tuple[MofVoucher, Items]]) -> list[Items]:
        sums: dict[tuple[str, str, str], tuple[MofVoucher, int]] = {}
        for voucher, items in rows:
            key = text_of(items, "SupDepCode"), voucher.bill.text("FundTypeCode"), text_of(items, "ExpFuncCode")
            sums[key] = voucher, sums.get(key, (voucher, 0))[1] + fen_of(items, "PayAmt")
        return [{"Id": str(place), **self._codes(voucher), "SupDepCode": unit, "ExpFuncCode": func, "PayAmt": fen}
                for place, ((unit, _fund, func), (voucher, fen)) in enumerate(sorted(sums.items()), 1)]  # fmt: skip

    def _line(self, voucher: MofVoucher, items: Items) -> Items:
        return {"Id": text_of(items, "Id"), "PayAgentBillNo": voucher.number, "PayDetailId": text_of(items, "Id"),
                "VoucherNo": text_of(items, "VoucherNo"), **self._codes(voucher),
                "SupDepCode": text_of(items, "SupDepCode"), "ExpFuncCode": text_of(items, "ExpFuncCode"),
                "PayAmt": fen_of(items, "PayAmt"), "PlanAmt": 0, "RefundAmt": 0, "PlanRemainAmt": 0}  # fmt: skip

    def _codes(self, voucher: MofVoucher) -> dict[str, Any]:
        return {**{tag: voucher.bill.items[tag] for tag in _CODES if tag in voucher.bill.items},
                "PayBankCode": voucher.bill.text("PayBankNo"), "PayBankName": voucher.bill.text("PayBankName"),
                "PayBankNo": voucher.bill.text("PayBankNo")}  # fmt: skip

    def _pack(self, kind: str, day: date, first: MofVoucher, lines: list[Items], place: int, packs: int) -> MofVoucher:
        number = f"{kind}-{day:%y%m%d}"
        main: dict[str, Any] = {
            "AdmDivCode": first.bill.text("AdmDivCode"), "StYear": f"{day:%Y}", "VtCode": kind, "VouDate": day,
            "VoucherNo": f"{number}-{place}", "VoucherCheckNo": number, "ChildPackNum": packs, "CurPackNo": place,
            "TreCode": self.code, "BeginDate": day, "EndDate": day,
            "AllAmt": sum(fen_of(items, "PayAmt") for items in lines),
        }  # fmt: skip
        if kind == "3507":
            main["AllNum"] = len(lines)
        return MofVoucher(kind, Bill(main, tuple(lines)))
