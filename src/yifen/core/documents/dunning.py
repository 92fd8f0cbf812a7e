"""Letters of dunning 催缴函 and notices of a cut 停供通知书: one sheet each, with the code to pay by."""

from datetime import datetime

import msgspec

from yifen.core.documents.figures import grouped_yuan, red_capitals, shown_at
from yifen.core.documents.qr import qr_svg
from yifen.core.documents.render import Form, render


class DunningSheet(msgspec.Struct, frozen=True, kw_only=True):
    """One sheet. `cut_days`: of a notice, after how many days behind its serving it is cut off; `copies`: how often
    it was
    printed before."""

    number: int
    cut_days: int | None
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
        } for one in sheets
    ]}, at, form)  # fmt: skip
