"""An invoice on the company's numbered paper (发票): what was paid, and the number that the paper has."""

from datetime import date, datetime
from typing import Literal

import msgspec

from yifen.core.documents.figures import grouped_yuan, shown_at, shown_day
from yifen.core.documents.receipt import COPIES, Copy, ReceiptLine
from yifen.core.documents.render import Form, render
from yifen.core.facts.capitals import capitals

Layout = Literal["a5", "a4", "slip"]


class Invoice(msgspec.Struct, frozen=True, kw_only=True):
    """What an invoice says. `payer_name` is whole, as an invoice has it. `prefix` and `number` are those of the
    paper; `copy` says 重打 or 补打, which stands in the right upper corner."""

    layout: Layout
    kind: str
    prefix: str
    number: str
    seller: str  # the company whose invoice it is
    account_no: str
    payer_name: str
    lines: tuple[ReceiptLine, ...]
    business_day: date
    payment_id: int
    channel: str
    outlet: str
    teller: str
    printed_at: datetime
    copy: Copy = "original"
    copy_no: int = 0

    @property
    def amount_fen(self) -> int:
        return sum(line.amount_fen for line in self.lines)


def invoice(data: Invoice, form: Form = "pdf") -> bytes:
    """On A5 across, A4, or a slip of 80 mm. AmountError when the total is below zero or beyond MAX_FEN."""
    shown = msgspec.to_builtins(data) | {
        "lines": [[line.title, grouped_yuan(line.amount_fen)] for line in data.lines],
        "amount": grouped_yuan(data.amount_fen),
        "capitals": capitals(data.amount_fen),
        "business_day": shown_day(data.business_day),
        "printed_at": shown_at(data.printed_at),
        "payment_id": str(data.payment_id),
        "copy": COPIES[data.copy],
    }
    return render("invoice", shown, data.printed_at, form)
