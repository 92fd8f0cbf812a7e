"""The read sheet 抄表单: meters in the order in which one walks, with room for what they show."""

from datetime import date, datetime

import msgspec

from yifen.core.documents.figures import shown_at
from yifen.core.documents.render import Form, render


class SheetLine(msgspec.Struct, frozen=True):
    """One meter, with what it showed last."""

    place: str
    account_no: str
    number: str
    register: str
    last_on: date
    last: str


class ReadSheet(msgspec.Struct, frozen=True, kw_only=True):
    """Meters of one fee at one address."""

    fee: str
    address: str
    lines: tuple[SheetLine, ...]


def read_sheet(sheet: ReadSheet, at: datetime, form: Form = "pdf") -> bytes:
    """The sheet as PDF or PNG, made `at` (aware)."""
    data = msgspec.to_builtins(sheet) | {"made_at": shown_at(at), "count": len(sheet.lines)}
    return render("read_sheet", data, at, form)
