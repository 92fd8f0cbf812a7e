"""A report as a workbook and on paper; the same rows and sums as on the screen, all that were read."""

from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from yifen.core.access.edge import Access
from yifen.core.documents.figures import shown_at
from yifen.core.documents.statement import Fact, Statement, StatementColumn, statement
from yifen.core.facts.bilingual import Bilingual
from yifen.core.facts.plug import Text
from yifen.core.facts.refused import Refused
from yifen.face.exports.csv_file import csv_chunks
from yifen.face.exports.excel_file import write_excel
from yifen.face.lists.listing import Column, ListAsk, Listing
from yifen.trades.figures import labels
from yifen.trades.figures.catalogue import DIMENSIONS
from yifen.trades.figures.codes import FigureCode
from yifen.trades.figures.telling import ToldReport

KINDS = {"fen": "amount", "num": "num", "rate": "text"}
PAPER_COLUMNS_MAX, PAPER_ROWS_MAX = 14, 2000
ABOUT = Text("说明", "About")
TYPES = {
    "csv": "text/csv; charset=utf-8",
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


class FileAbout(NamedTuple):
    """What a file tells of itself: title, whose, made by whom and when."""

    title: str
    issuer: str
    made_by: str
    made_at: datetime


def english(text: Text) -> str:
    """In English, whoever reads."""
    return text.en


def file(form: str, report: ToldReport, about: FileAbout, access: Access, said: labels.Said) -> bytes:
    """As `form` says, xlsx, csv or pdf. Refused: REPORT_WRONG, what no sheet of paper has room for."""
    if form == "pdf":
        return paper(report, about, said)
    if form == "csv":
        return b"".join(csv_chunks(*_listed(heads_of(report, said), about, access), rows_of(report, said)))
    return workbook(heads_of(report, said), rows_of(report, said), about, facts(report, said), access, said)


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


def _listed(heads: list[tuple[str, str]], about: FileAbout, access: Access) -> tuple[Listing, ListAsk]:
    """What the writers of exports take: rows are lists."""
    columns = tuple(Column(f"c{place}", "", title, kind, value=lambda row, _access, place=place: row[place])  # type: ignore[misc, arg-type]
                    for place, (title, kind) in enumerate(heads))  # fmt: skip
    listing = Listing(name="figure_file", title="", permission="figures.open", route="", columns=columns, key="1",
                      row=lambda *values: values)  # fmt: skip
    ask = ListAsk(access, about.made_at, {}, next(iter(listing.orders.values())), False)
    return listing, ask


def workbook(
    heads: list[tuple[str, str]], rows: list[list[Any]], about: FileAbout, told: list[Fact], access: Access,
    said: labels.Said,
) -> bytes:  # fmt: skip
    """By the writer of exports: text stays text, money is exact. A second sheet tells what it is."""
    listing, ask = _listed(heads, about, access)
    made = [Fact(zh="报表", en="Report", value=about.title), Fact(zh="单位", en="Of", value=about.issuer), *told,
            Fact(zh="制作人", en="Made by", value=about.made_by),
            Fact(zh="制作时间", en="Made at", value=shown_at(about.made_at))]  # fmt: skip
    with TemporaryDirectory() as folder:
        path = Path(folder) / "report.xlsx"
        write_excel(path, listing, ask, rows, said(ABOUT), [(said(Text(one.zh, one.en)), one.value) for one in made])
        return path.read_bytes()


def fits(report: ToldReport) -> bool:
    """Whether paper has room for it."""
    width = len(report.ask.rows) + len(report.heads)
    return width <= PAPER_COLUMNS_MAX and len(report.lines) <= PAPER_ROWS_MAX


def paper(report: ToldReport, about: FileAbout, said: labels.Said) -> bytes:
    """A4 across with totals, heads in both languages, values in the reader's. Refused: REPORT_WRONG, what no sheet has
    room for."""
    rows = rows_of(report, said)
    if not fits(report):
        raise Refused(FigureCode.REPORT_WRONG, "format", Bilingual(
            f"PDF 最多 {PAPER_COLUMNS_MAX} 列、{PAPER_ROWS_MAX} 行，请用 Excel",
            f"a PDF has at most {PAPER_COLUMNS_MAX} columns and {PAPER_ROWS_MAX} rows: take Excel"))  # fmt: skip
    titles = [title for title, _ in heads_of(report, english)]
    columns = tuple(
        StatementColumn(
            zh=zh,
            en=en,
            holds={"amount": "fen", "num": "count"}.get(kind, "text"),  # type: ignore[arg-type]
            share=3 if kind == "text" and place < len(report.ask.rows) else 2,
        )
        for place, ((zh, kind), en) in enumerate(
            zip(heads_of(report, Text.__str__), titles, strict=True)
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
            facts=tuple(facts(report, said)),
        )
    )


def facts(report: ToldReport, said: labels.Said) -> list[Fact]:
    """Which days, held against which, of what."""
    found = [Fact(zh="期间", en="Period", value=f"{report.span.since} — {report.span.until}")]
    if report.then:
        found.append(
            Fact(zh="对比", en="Held against", value=f"{report.then.since} — {report.then.until}")
        )
    for name, values in report.ask.filters.items():
        dimension = DIMENSIONS[name]
        told = labels.together((labels.value(report, name, one, said) for one in values), said)
        found.append(Fact(zh=dimension.text.zh, en=dimension.text.en, value=told))
    if report.cut:
        found.append(
            Fact(
                zh="注意",
                en="Note",
                value=said(Text("行数过多，未列出的合为“其他”", "Too many rows: the rest is one row")),
            )
        )
    return found
