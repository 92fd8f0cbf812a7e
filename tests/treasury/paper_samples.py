"""Vouchers and TIPS messages made by hand, that fit; tests change one thing of them."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from yifen.trades.treasury.wire.cfx import Cfx
from yifen.trades.treasury.wire.mof import MofVoucher
from yifen.trades.treasury.wire.papers import Bill, Items

DAY = date(2026, 11, 30)
CODES: dict[str, Any] = {
    "FundTypeCode": "1111", "FundTypeName": "一般公共预算资金", "PayTypeCode": "12", "PayTypeName": "授权支付",
    "AgencyCode": "301001", "AgencyName": "市卫生局本级", "ExpFuncCode": "2010350", "ExpFuncName": "事业运行",
}  # fmt: skip


def head(kind: str, number: str) -> dict[str, Any]:
    return {"AdmDivCode": "371000000", "StYear": "2026", "VtCode": kind, "VouDate": DAY, "VoucherNo": number}


def payment(fen: Sequence[int] = (120_00, 35_50), **changed: Any) -> MofVoucher:
    """8202 with a line an amount."""
    main = {"Id": "V1", **head("8202", "2026-000001"), **CODES, "PayBankCode": "102", "PayBankName": "工行",
            "PayAcctNo": "1610020109008001", "PayAcctName": "市卫生局零余额账户", "PayAcctBankName": "工行营业部",
            "PaySummaryCode": "01", "PaySummaryName": "公务卡还款", "PayAmt": sum(fen), "BusinessTypeCode": "2",
            "BusinessTypeName": "公务卡", **changed}  # fmt: skip
    lines = tuple({"Id": f"V1-{place}", "VoucherBillId": "V1", "VoucherBillNo": "2026-000001", **CODES,
                   "PayeeAcctNo": f"62834512000{place:05d}", "PayeeAcctName": "欧阳小明", "PayAmt": one,
                   "Remark": "公务卡还款"} for place, one in enumerate(fen, 1))  # fmt: skip
    return MofVoucher("8202", Bill(main, lines))


def claim(kind: str = "2301", fen: Sequence[int] = (155_50,), **changed: Any) -> MofVoucher:
    main = {"Id": "C1", **head(kind, "2301-1"), "TreCode": "1710000000", "FinOrgCode": "371000",
            "FundTypeCode": "1111", "PayTypeCode": "12", "AgentAcctNo": "1001", "AgentAcctName": "工行划款户",
            "AgentAcctBankName": "工行", "ClearAcctNo": "2001", "ClearAcctName": "国库单一账户",
            "ClearAcctBankName": "人行", "PayAmt": sum(fen), "PayBankName": "工行", "PayBankNo": "102471000012",
            **changed}  # fmt: skip
    lines = tuple({"Id": f"C1-{place}", "VoucherNo": "2026-000001", "SupDepCode": "301", "ExpFuncCode": "2010350",
                   "PayAmt": one} for place, one in enumerate(fen, 1))  # fmt: skip
    return MofVoucher(kind, Bill(main, lines))


def quota(fen: int = 100_00, **changed: Any) -> Cfx:
    """5103, authorised quota of a month."""
    cfx_head: Items = {"VER": "1.0", "SRC": "371000", "DES": "100000000000", "APP": "TIPS", "MsgNo": "5103",
                       "MsgID": "20261130000000000001", "MsgRef": "20261130000000000001", "WorkDate": DAY}  # fmt: skip
    batch: Items = {"TreCode": "1710000000", "BillOrg": "371000", "EntrustDate": DAY, "PackNo": "00000001",
                    "AllNum": 1, "AllAmt": fen, "PayoutVouType": "1", **changed}  # fmt: skip
    bill = {"TraNo": "00000001", "VouNo": "ED-1", "VouDate": DAY, "SumAmt": fen, "BdgOrgCode": "301001",
            "BudgetType": "1", "OfYear": "2026", "OfMonth": "11", "RransactOrg": "102471000012", "AmtKind": "1",
            "StatInfNum": 1}  # fmt: skip
    line = {"SeqNo": 1, "FuncBdgSbtCode": "2010350", "Amt": fen, "AcctProp": "1"}
    return Cfx(cfx_head, batch, (Bill(bill, (line,)),))
