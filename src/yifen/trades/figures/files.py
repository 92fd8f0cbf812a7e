"""A report as a workbook and on paper; the same rows and sums as on the screen, all that were read."""

from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from yifen.core.access.edge import Access
from yifen.core.documents.statement import Fact, Statement, StatementColumn, statement
from yifen.core.facts.plug import Text
from yifen.core.facts.refused import Refused
from yifen.face.exports.excel_file import write_excel
from yifen.face.lists.listing import Column, ListAsk, Listing
from yifen.trades.figures import labels
from yifen.trades.figures.catalogue import DIMENSIONS
from yifen.trades.figures.codes import FigureCode
from yifen.trades.figures.telling import ToldReport

KINDS = {"fen": "amount", "num": "num", "rate": "text"}
PAPER_COLUMNS_MAX, PAPER_ROWS_MAX = 14, 2000
TYPES = {
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


class PaperAbout(NamedTuple):
    """What stands above a report and below it: title, whose, made by whom and when."""

    title: str
    issuer: str
    made_by: str
    made_at: datetime


def rows_of(report: ToldReport, said: labels.Said) -> list[list[Any]]:
    """Names and figures; of a rate its percent as text."""
    units = [head.unit for head in report.heads]
    return [
        [
            *names,
            *(
                labels.percent(value) if unit == "rate" else value
                for unit, value in zip(units, values, strict=True)
            ),
        ]
        for names, values in labels.lines_of(report, said)
    ]


def heads_of(report: ToldReport, said: labels.Said) -> list[tuple[str, str]]:
    """(title, kind) of each column."""
    return [*((said(DIMENSIONS[name].text), "text") for name in report.ask.rows),
            *((labels.head(report, one, said) + (" %" if one.unit == "rate" else ""), KINDS[one.unit])
              for one in report.heads)]  # fmt: skip


def workbook(
    heads: list[tuple[str, str]], rows: list[list[Any]], access: Access, now: datetime
) -> bytes:
    """By the writer of exports: text stays text, money is exact."""
    columns = tuple(Column(f"c{place}", "", title, kind, value=lambda row, _access, place=place: row[place])  # type: ignore[misc, arg-type]
                    for place, (title, kind) in enumerate(heads))  # fmt: skip
    listing = Listing(name="figure_file", title="", permission="figures.view", route="", columns=columns, key="1",
                      row=lambda *values: values)  # fmt: skip
    ask = ListAsk(access, now, {}, next(iter(listing.orders.values())), False)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "report.xlsx"
        write_excel(path, listing, ask, rows)
        return path.read_bytes()


def paper(report: ToldReport, about: PaperAbout) -> bytes:
    """A4 across with totals, heads in both languages. Refused: REPORT_WRONG, what no sheet has room for."""
    width = len(report.ask.rows) + len(report.heads)
    rows = rows_of(report, Text.__str__)
    if width > PAPER_COLUMNS_MAX or len(rows) > PAPER_ROWS_MAX:
        raise Refused(
            FigureCode.REPORT_WRONG, "format", f"> {PAPER_COLUMNS_MAX} × {PAPER_ROWS_MAX}"
        )
    english = [title for title, _ in heads_of(report, lambda text: text.en)]
    columns = tuple(
        StatementColumn(
            zh=zh,
            en=en,
            holds={"amount": "fen", "num": "count"}.get(kind, "text"),  # type: ignore[arg-type]
            share=3 if kind == "text" and place < len(report.ask.rows) else 2,
        )
        for place, ((zh, kind), en) in enumerate(
            zip(heads_of(report, Text.__str__), english, strict=True)
        )
    )
    return statement(
        Statement(
            issuer=about.issuer,
            title=about.title,
            title_en="Report",
            columns=columns,
            rows=tuple(map(tuple, rows[:-1])),
            totals=tuple(rows[-1]),
            made_at=about.made_at,
            made_by=about.made_by,
            across=True,
            facts=tuple(facts(report)),
        )
    )


def facts(report: ToldReport) -> list[Fact]:
    """Which days, held against which, of what."""
    found = [Fact(zh="期间", en="Period", value=f"{report.span.since} — {report.span.until}")]
    if report.then:
        found.append(
            Fact(zh="对比", en="Held against", value=f"{report.then.since} — {report.then.until}")
        )
    for name, values in report.ask.filters.items():
        dimension = DIMENSIONS[name]
        told = "、".join(labels.value(report, name, one, Text.__str__) for one in values)
        found.append(Fact(zh=dimension.text.zh, en=dimension.text.en, value=told))
    if report.cut:
        found.append(
            Fact(
                zh="注意",
                en="Note",
                value="行数过多，未列出的合为“其他” Too many rows: the rest is one row",
            )
        )
    return found
