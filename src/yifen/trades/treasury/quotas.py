"""Messages of quota 额度通知 as they are taken: 5101 实拨, 5102 direct, 5103 authorised, bill by bill. Pure."""

from datetime import date
from typing import Any, NamedTuple

from psycopg.types.json import Jsonb

from yifen.core.facts.refused import Refused
from yifen.trades.treasury.codes import TreasuryCode as C
from yifen.trades.treasury.wire.cfx import read_cfx
from yifen.trades.treasury.wire.checks import check_cfx
from yifen.trades.treasury.wire.papers import Bill, Items, day_at, fen_of, text_of

KINDS = ("5101", "5102", "5103")


class QuotaMessage(NamedTuple):
    """As treasury_take_quota_v1 is asked."""

    kind: str
    number: str
    treasury_no: str
    bureau: str
    bills: Jsonb


def read(kind: str, body: bytes, today: date) -> QuotaMessage:
    """Refused as `read_cfx` and `check_cfx`; PAPER_KIND: of another kind."""
    told = read_cfx(body)
    check_cfx(told, today)
    if told.number != kind:
        raise Refused(C.PAPER_KIND, "HEAD/MsgNo", told.number)
    return QuotaMessage(kind, text_of(told.head, "MsgID"), text_of(told.batch, "TreCode"),
                        text_of(told.batch, "BillOrg"), Jsonb([_bill(bill) for bill in told.bills]))  # fmt: skip


def _bill(bill: Bill) -> dict[str, Any]:
    """5102 has the unit in each detail, the others in the bill; only 5103 has a month, only 5101 an account and a
    sign of adjustment."""
    on, month = day_at(bill.items, "VouDate"), bill.text("OfMonth")
    return {
        "number": bill.text("VouNo"), "year": int(bill.text("OfYear")), "month": int(month) if month else None,
        "day": on.isoformat() if on else None, "account": bill.text("PayeeAcct"),
        "in": bill.text("BudgetType") == "1", "adjusts": bill.text("TrimSign") == "1",
        "rows": [_row(bill, items) for items in bill.details],
    }  # fmt: skip


def _row(bill: Bill, items: Items) -> dict[str, Any]:
    fen = fen_of(items, "Amt")
    if not fen:
        raise Refused(C.PAPER_AMOUNT, "Detail/Amt")
    return {"seq": fen_of(items, "SeqNo"), "unit": text_of(items, "BdgOrgCode") or bill.text("BdgOrgCode"),
            "func": text_of(items, "FuncBdgSbtCode"), "eco": text_of(items, "EcnomicSubjectCode"),
            "project": text_of(items, "BudgetPrjCode"), "fen": fen}  # fmt: skip
