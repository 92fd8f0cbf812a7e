"""What the values and heads of a report are called, in the reader's language."""

from collections.abc import Callable, Iterable

from yifen.core.facts.plug import Text
from yifen.trades.figures.catalogue import DIMENSIONS, MEASURES
from yifen.trades.figures.telling import OTHERS, ReportHead, ToldReport

NOTHING, REST, TOTAL, ALL, THEN = (Text("—", "—"), Text("其他", "Others"), Text("合计", "Total"), Text("合计", "All"),
                                   Text("对比", "then"))  # fmt: skip
Said = Callable[[Text], str]


def value(report: ToldReport, dimension: str, key: str, said: Said) -> str:
    """A value of a dimension."""
    if dimension == "user" and key in report.users:
        return report.users[key]
    if dimension == "user" and key in report.places:
        return said(numbered(key, report.places[key]))
    words = DIMENSIONS[dimension].words
    return said(words[key]) if key in words else key or said(NOTHING)


def numbered(number: str, place: str) -> Text:
    """A teller or collector out of the reader's reach: his number, and where he works."""
    return Text(f"{place} {number} 号人员", f"no. {number} of {place}")


def together(words: Iterable[str], said: Said) -> str:
    """Several, as each language lists them."""
    return said(Text("、", ", ")).join(words)


def head(report: ToldReport, one: ReportHead, said: Said) -> str:
    """Of a column of figures."""
    measure = said(MEASURES[one.measure].text) + (f" · {said(THEN)}" if one.then else "")
    if not report.ask.column:
        return measure
    of = (
        said(ALL)
        if one.column is None
        else said(REST)
        if one.column == OTHERS
        else value(report, report.ask.column, one.column, said)
    )
    return f"{of} {measure}" if len(report.ask.measures) > 1 else of


def percent(basis_points: int | None) -> str | None:
    """93.21 of 9,321."""
    if basis_points is None:
        return None
    whole, rest = divmod(abs(basis_points), 100)
    return f"{'-' if basis_points < 0 else ''}{whole:,}.{rest:02d}"


def names(report: ToldReport, keys: tuple[str, ...], said: Said) -> list[str]:
    """Of a row; the others and the total say so in the first cell. Which of both they are says `lines_of`."""
    return [
        value(report, dimension, key, said)
        for dimension, key in zip(report.ask.rows, keys, strict=True)
    ]


def lines_of(report: ToldReport, said: Said) -> list[tuple[list[str], list[int | None]]]:
    """Every row with its names: the others and the total at the end."""
    width = len(report.ask.rows)
    found = [(names(report, line.keys, said), line.values) for line in report.lines]
    for line, word in ((report.others, REST), (report.total, TOTAL)):
        if line is not None:
            found.append(([said(word), *[""] * (width - 1)], line.values))
    return found
