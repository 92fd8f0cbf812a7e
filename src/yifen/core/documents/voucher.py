"""The teller's accounting voucher (记账凭证): which accounts an operation booked, and who did it."""

from datetime import date, datetime
from typing import Literal

import msgspec

from yifen.core.documents.figures import grouped_yuan, red_capitals, shown_at, shown_day
from yifen.core.documents.receipt import COPIES, Copy
from yifen.core.documents.render import Form, render

PaidBy = Literal["cash", "transfer", "cheque"]

PAID_BY: dict[PaidBy, tuple[str, str]] = {
    "cash": ("现金", "Cash"),
    "transfer": ("转账", "Transfer"),
    "cheque": ("支票", "Cheque"),
}


VoucherKind = Literal["booking", "personal", "settlement", "reversal", "cash_deposit", "transfer_deposit", "charge"]
KINDS: dict[VoucherKind, tuple[str, str]] = {
    "booking": ("记账凭证", "Accounting voucher"),
    "personal": ("个人业务转账凭证", "Personal transfer voucher"),
    "settlement": ("结算转账凭证", "Settlement transfer voucher"),
    "reversal": ("冲正记账凭证", "Reversal voucher"),
    "cash_deposit": ("电力方现金缴费记账凭证", "Company deposit in cash, voucher"),
    "transfer_deposit": ("电力方转账缴费记账凭证", "Company deposit by transfer, voucher"),
    "charge": ("收费凭证", "Charge voucher"),
}
"""What is printed at the top, by who paid how (P4), or what it is of (P5, P11)."""


class VoucherEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One transfer: the same amount to the debit of one account and the credit of another.

    An account is its number and, behind a blank, its name. A reversal is written with the
    accounts of the original and an amount below zero (红字).
    """

    summary: str
    debit: str
    credit: str
    amount_fen: int


class Voucher(msgspec.Struct, frozen=True, kw_only=True):
    """What a voucher says. `operation` is the transaction code with its title: "4623 电费收缴".

    `supervisor` authorised the operation on the spot; empty when none had to. `original_serial`
    names what a red voucher takes back, `reason` why, `papers` which invoices came back. `paid_for_by`: who brought it
    缴款人; `payer`: whose account paid, masked; `cheque`: its number; of another bank, its drawer and bank too.
    `payment_id`: of a payment of the hub. `copy_no`: how often it was printed again 补打.
    """

    institution: str
    outlet: str
    operation: str
    paid_by: PaidBy
    entries: tuple[VoucherEntry, ...]
    business_day: date
    booked_at: datetime
    serial: str
    teller: str
    payment_id: int | None = None
    supervisor: str = ""
    original_serial: str = ""
    kind: VoucherKind = "booking"
    payer: str = ""
    paid_for_by: str = ""
    cheque: str = ""
    reason: str = ""
    papers: str = ""
    copy: Copy = "original"
    copy_no: int = 0

    @property
    def amount_fen(self) -> int:
        return sum(entry.amount_fen for entry in self.entries)


def voucher(data: Voucher, form: Form = "pdf") -> bytes:
    """The voucher on A5, across; amounts below zero in red. AmountError beyond MAX_FEN."""
    shown = msgspec.to_builtins(data) | {
        "entries": [
            {
                "summary": entry.summary,
                "debit": entry.debit,
                "credit": entry.credit,
                "amount": grouped_yuan(entry.amount_fen),
                "red": entry.amount_fen < 0,
            }
            for entry in data.entries
        ],
        "amount": grouped_yuan(data.amount_fen),
        "capitals": red_capitals(data.amount_fen),
        "red": data.amount_fen < 0,
        "paid_by": PAID_BY[data.paid_by],
        "title": KINDS[data.kind],
        "business_day": shown_day(data.business_day),
        "booked_at": shown_at(data.booked_at),
        "payment_id": str(data.payment_id or ""),
        "copy": COPIES[data.copy],
    }
    return render("voucher", shown, data.booked_at, form)
