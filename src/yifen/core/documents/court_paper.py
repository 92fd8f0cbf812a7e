"""Papers of court funds, a page each: 缴款通知书, 案款收据, 到账通知书."""

from datetime import datetime

import msgspec

from yifen.core.documents.figures import grouped_yuan, red_capitals, shown_at
from yifen.core.documents.qr import qr_svg
from yifen.core.documents.render import Form, render


class PaperFact(msgspec.Struct, frozen=True, kw_only=True):
    """A line of the paper's table. `code`: a number that is typed off: set apart."""

    zh: str
    en: str
    value: str
    code: bool = False


class CourtPaper(msgspec.Struct, frozen=True, kw_only=True):
    """What it says. `to`: whom it is for, empty: nobody by name; `number`: its own, empty: none; `qr_url`: what its
    code opens, with what that is for; `signed`: with lines for who receives it."""

    title: str
    title_en: str
    issuer: str
    number: str = ""
    to: str = ""
    facts: tuple[PaperFact, ...]
    amount_fen: int | None = None
    amount_zh: str = "金额"
    amount_en: str = "Amount"
    text: tuple[str, ...] = ()
    qr_url: str = ""
    qr_zh: str = ""
    qr_en: str = ""
    signed: bool = False
    made_at: datetime
    made_by: str


def court_paper(data: CourtPaper, form: Form = "pdf") -> bytes:
    """A4. AmountError beyond MAX_FEN."""
    fen = data.amount_fen
    shown = msgspec.to_builtins(data) | {
        "amount": "" if fen is None else grouped_yuan(fen), "capitals": "" if fen is None else red_capitals(fen),
        "qr": qr_svg(data.qr_url, robust=True).decode() if data.qr_url else "", "made_at": shown_at(data.made_at),
    }  # fmt: skip
    return render("court_paper", shown, data.made_at, form)
