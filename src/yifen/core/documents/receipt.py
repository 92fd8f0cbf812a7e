"""The payer's receipt (缴费回单): what was paid to whom, checkable by everybody who has it."""

from datetime import date, datetime
from typing import Literal

import msgspec

from yifen.core.documents.figures import grouped_yuan, shown_at, shown_day
from yifen.core.documents.qr import qr_svg
from yifen.core.documents.render import Form, render
from yifen.core.facts.capitals import capitals

State = Literal["valid", "pending", "reversed", "refunded"]
Copy = Literal["original", "reprint", "supplementary"]

STATES: dict[State, tuple[str, str]] = {
    "valid": ("有效", "Valid"),
    "pending": ("处理中", "Pending"),
    "reversed": ("已冲正", "Reversed"),
    "refunded": ("已退款", "Refunded"),
}
COPIES: dict[Copy, tuple[str, str]] = {
    "original": ("", ""),
    "reprint": ("重打", "Reprint"),
    "supplementary": ("补打", "Supplementary print"),
}

HEADINGS = (
    ("缴费回单", "Payment receipt", "缴费时间", "Paid at"),
    ("退款凭证", "Refund slip", "退款时间", "Refunded at"),
)
"""What it is called, and its moment: of a payment, of what goes back."""


class ReceiptLine(msgspec.Struct, frozen=True, kw_only=True):
    """One payable of the payment, as the payer knows it, and what was paid of it."""

    title: str
    amount_fen: int


class Receipt(msgspec.Struct, frozen=True, kw_only=True):
    """What a receipt says. `payer_name` comes masked; the total is the sum of the lines.

    `number` is `codes.receipt_number`; `check_url` is where the public can check it. `issuer` is
    the institution that answers for it. Outlet and teller are set for payments at a counter. State
    `pending`: the money is held, and the biller has yet to answer.
    """

    number: str
    check_url: str
    issuer: str
    biller: str
    account_no: str
    payer_name: str
    lines: tuple[ReceiptLine, ...]
    channel: str
    business_day: date
    paid_at: datetime
    payment_id: int
    serial: str
    printed_at: datetime
    state: State = "valid"
    returned_at: datetime | None = None
    copy: Copy = "original"
    copy_no: int = 0
    outlet: str = ""
    teller: str = ""
    told: tuple[tuple[str, str], ...] = ()  # what trades tell who paid: what he bought, a token
    refund_of: str = ""  # the original's serial: then it is a refund slip 退款凭证, of what goes back

    @property
    def amount_fen(self) -> int:
        return sum(line.amount_fen for line in self.lines)


def receipt(data: Receipt, form: Form = "pdf") -> bytes:
    """The receipt on A5, across. AmountError when the total is below zero or beyond MAX_FEN."""
    shown = msgspec.to_builtins(data) | {
        "lines": [[line.title, grouped_yuan(line.amount_fen)] for line in data.lines],
        "amount": grouped_yuan(data.amount_fen),
        "capitals": capitals(data.amount_fen),
        "business_day": shown_day(data.business_day),
        "paid_at": shown_at(data.paid_at),
        "printed_at": shown_at(data.printed_at),
        "returned_at": shown_at(data.returned_at) if data.returned_at else "",
        "payment_id": str(data.payment_id),
        "heading": HEADINGS[bool(data.refund_of)],
        "valid": data.state == "valid" or bool(data.refund_of),
        "void": data.state in ("reversed", "refunded") and not data.refund_of,
        "state": STATES[data.state],
        "copy": COPIES[data.copy],
        "qr": qr_svg(data.check_url).decode(),
    }
    return render("receipt", shown, data.printed_at, form)
