"""The treasury's payment voucher 国库集中支付凭证（财政授权支付）, A5 across, in three copies."""

from datetime import date, datetime

import msgspec

from yifen.core.documents.figures import grouped_yuan, red_capitals, shown_at, shown_day
from yifen.core.documents.render import Form, render

Labelled = tuple[str, str, str]  # in Chinese, in English, what it is

PAY_COPIES: tuple[Labelled, ...] = (
    ("一", "代理银行记账凭证", "For the agent bank's books"),
    ("二", "回单（退预算单位）", "Receipt, back to the unit"),
    ("三", "预算单位存查", "Kept by the unit"),
)


class PayVoucher(msgspec.Struct, frozen=True, kw_only=True):
    """What it says. `payee`, `payer`: name, account, bank; `codes`: what the budget knows it by; `mark`: how often it
    was printed; `digest`: of what two people agreed to and of the message, so that an edited copy is known."""

    bureau: str
    number: str
    on_day: date | None
    way: str
    payee: tuple[Labelled, Labelled, Labelled]
    payer: tuple[Labelled, Labelled, Labelled]
    amount_fen: int
    codes: tuple[Labelled, ...]
    purpose: str
    maker: str
    checker: str
    mark: str
    digest: str
    made_at: datetime
    made_by: str


def pay_voucher(data: PayVoucher, form: Form = "pdf") -> bytes:
    """A page for each copy. AmountError beyond MAX_FEN."""
    return render("pay_voucher", msgspec.to_builtins(data) | {
        "title": "国库集中支付凭证（财政授权支付）", "title_en": "Voucher of centralised payment, authorised",
        "copies": PAY_COPIES, "day": shown_day(data.on_day) if data.on_day else "",
        "amount": grouped_yuan(data.amount_fen), "capitals": red_capitals(data.amount_fen),
        "made_at": shown_at(data.made_at),
    }, data.made_at, form)  # fmt: skip
