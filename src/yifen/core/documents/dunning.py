"""Letters of dunning 催缴函 and notices of a cut 停供通知书: one sheet each, with the code to pay by."""

from datetime import datetime
from typing import Any

import msgspec

from yifen.core.documents.figures import grouped_yuan, red_capitals, shown_at
from yifen.core.documents.qr import qr_svg
from yifen.core.documents.render import Form, render

BILLS_MAX = 7
"""Bills that a sheet has room for, the oldest; the sums are of all."""


class DunnedBill(msgspec.Struct, frozen=True):
    """A bill that is overdue: what it asked for, and its late fee, as far as they are not paid."""

    number: str
    title: str
    due_on: str
    principal_fen: int
    late_fen: int


class DunningSheet(msgspec.Struct, frozen=True, kw_only=True):
    """One sheet. `cut_days`: of a notice, after how many days behind its serving it is cut off; `cut_on`: if it is
    served on the day on which it was printed; `acts`: the law by which it asks; `phone`, `office`: where the company is
    found, "": not known; `copies`: how often it was printed before."""

    number: int
    cut_days: int | None
    cut_on: str | None = None
    acts: str = ""
    bills: list[DunnedBill] = []
    phone: str = ""
    office: str = ""
    issuer: str
    biller: str
    account_no: str
    payer_name: str
    place: str
    fee: str
    owed_fen: int
    oldest_on: str
    printed_at: datetime
    copies: int
    pay_url: str


def dunning_sheets(sheets: list[DunningSheet], at: datetime, form: Form = "pdf") -> bytes:
    """All of them, a page each."""
    return render("dunning", {"sheets": [
        msgspec.to_builtins(one) | {
            "owed": grouped_yuan(one.owed_fen), "capitals": red_capitals(one.owed_fen),
            "printed_at": shown_at(one.printed_at), "qr": qr_svg(one.pay_url, robust=True).decode(),
            "bills": [_bill(bill) for bill in one.bills[:BILLS_MAX]], "others": max(len(one.bills) - BILLS_MAX, 0),
            "principal": grouped_yuan(sum(bill.principal_fen for bill in one.bills)),
            "late": grouped_yuan(sum(bill.late_fen for bill in one.bills)),
        } for one in sheets
    ]}, at, form)  # fmt: skip


def _bill(one: DunnedBill) -> dict[str, Any]:
    facts: dict[str, Any] = msgspec.to_builtins(one)
    return facts | {
        "principal": grouped_yuan(one.principal_fen), "late": grouped_yuan(one.late_fen),
        "sum": grouped_yuan(one.principal_fen + one.late_fen)}  # fmt: skip
