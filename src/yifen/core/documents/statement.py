"""A table on paper with its totals: the PDF form of every list that can be exported."""

from datetime import date, datetime
from typing import Literal

import msgspec

from yifen.core.documents.figures import grouped_yuan, shown_at, shown_day
from yifen.core.documents.qr import qr_svg
from yifen.core.documents.render import Form, render

Cell = str | int | date | datetime | None
"""Text, a count or fen (as the column says), a day, an aware time; None leaves the cell empty."""


class StatementColumn(msgspec.Struct, frozen=True, kw_only=True):
    """A column: both titles, what its integers mean, and its share of the width."""

    zh: str
    en: str
    holds: Literal["text", "count", "fen"] = "text"
    share: int = 1


class Fact(msgspec.Struct, frozen=True, kw_only=True):
    """One line above the table: whose account, which days."""

    zh: str
    en: str
    value: str


class Statement(msgspec.Struct, frozen=True, kw_only=True):
    """What a statement says. `totals` has a cell for each column, or none at all. `check_url`: where everybody who has
    it can hold it to the books, by its `number`; empty: nowhere."""

    issuer: str
    title: str
    title_en: str
    columns: tuple[StatementColumn, ...]
    rows: tuple[tuple[Cell, ...], ...]
    made_at: datetime
    made_by: str
    facts: tuple[Fact, ...] = ()
    totals: tuple[Cell, ...] = ()
    across: bool = False
    number: str = ""
    check_url: str = ""


def statement(data: Statement, form: Form = "pdf") -> bytes:
    """The table on A4, upright or across, its head on every page.

    2,000 rows of eight columns take 1.5 seconds of processor; export longer lists as Excel or CSV.
    ValueError when a row has more or fewer cells than there are columns.
    """
    shown = msgspec.to_builtins(data) | {
        "columns": [
            {"zh": column.zh, "en": column.en, "share": column.share,
             "right": column.holds != "text"}
            for column in data.columns
        ],
        "rows": [_cells(data.columns, row) for row in data.rows],
        "totals": _cells(data.columns, data.totals) if data.totals else [],
        "count": f"{len(data.rows):,}",
        "made_at": shown_at(data.made_at),
        "qr": qr_svg(data.check_url).decode() if data.check_url else "",
    }  # fmt: skip
    return render("statement", shown, data.made_at, form)


def _cells(columns: tuple[StatementColumn, ...], row: tuple[Cell, ...]) -> list[str]:
    return [_shown(column, cell) for column, cell in zip(columns, row, strict=True)]


def _shown(column: StatementColumn, cell: Cell) -> str:
    match cell:
        case None:
            return ""
        case int():
            return grouped_yuan(cell) if column.holds == "fen" else f"{cell:,}"
        case datetime():
            return shown_at(cell)
        case date():
            return shown_day(cell)
    return cell
