"""Posters with a QR code to hang up or hand out: pay this biller, or this one account."""

from datetime import datetime

import msgspec

from yifen.core.documents.qr import qr_svg
from yifen.core.documents.render import Form, render


class Poster(msgspec.Struct, frozen=True, kw_only=True):
    """What a poster says. With an account number it is one payer's own; the name comes masked."""

    issuer: str
    biller: str
    category: str
    category_en: str
    pay_url: str
    made_at: datetime
    account_no: str = ""
    payer_name: str = ""
    help_line: str = ""


def poster(data: Poster, form: Form = "pdf") -> bytes:
    """The poster on A4."""
    shown = msgspec.to_builtins(data) | {"qr": qr_svg(data.pay_url, robust=True).decode()}
    return render("poster", shown, data.made_at, form)
