"""What a report asks: out of data that was kept or typed, each name held to the catalogue."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from yifen.core.facts.bilingual import Bilingual
from yifen.core.facts.refused import Refused
from yifen.trades.figures import periods
from yifen.trades.figures.catalogue import DIMENSIONS, MEASURES
from yifen.trades.figures.codes import FigureCode
from yifen.trades.figures.periods import ReportSpan

ROWS_MAX, MEASURES_MAX, FILTERS_MAX, VALUES_MAX, VALUE_MAX, TOP_MAX = 3, 8, 8, 50, 120, 1000
COLUMNS_MAX = 36  # values of the column's dimension that stand apart; the rest are one, the others
CHARTS = ("none", "bar", "line")
BY_NAME = "name"


class ReportAsk(NamedTuple):
    """`rows` and `column` name dimensions, `filters` values by dimension, `sort` a measure or BY_NAME; `top`: so many
    rows, the others as one; 0: all."""

    rows: tuple[str, ...]
    measures: tuple[str, ...]
    column: str = ""
    filters: Mapping[str, tuple[str, ...]] = {}
    period: str = "this_month"
    since: date | None = None
    until: date | None = None
    compare: str = ""
    sort: str = BY_NAME
    top: int = 0
    chart: str = "bar"

    @property
    def dimensions(self) -> tuple[str, ...]:
        """Of rows and column."""
        return (*self.rows, *((self.column,) if self.column else ()))

    @property
    def views(self) -> tuple[str, ...]:
        """Which views are asked."""
        return tuple(dict.fromkeys(MEASURES[name].view for name in self.measures))

    def span(self, today: date, seasons: Sequence[ReportSpan] = ()) -> ReportSpan:
        """Its days."""
        return periods.span(self.period, today, self.since, self.until, seasons)

    def data(self) -> dict[str, Any]:
        """As it is kept."""
        return {**self._asdict(), "filters": {name: list(values) for name, values in self.filters.items()},
                "since": self.since.isoformat() if self.since else None,
                "until": self.until.isoformat() if self.until else None}  # fmt: skip


def read_ask(data: Any) -> ReportAsk:
    """What was kept or typed. Refused: REPORT_WRONG, REPORT_MIXED, PERIOD_TOO_LONG, with the field."""
    _hold(isinstance(data, Mapping), "rows")
    ask = ReportAsk(
        _names(data.get("rows", ()), "rows"), _names(data.get("measures", ()), "measures"),
        _text(data.get("column", ""), "column"), _filters(data.get("filters", {})),
        _text(data.get("period", ""), "period"), _day(data.get("since"), "since"), _day(data.get("until"), "until"),
        _text(data.get("compare", ""), "compare"), _text(data.get("sort", BY_NAME), "sort"), data.get("top", 0),
        _text(data.get("chart", "none"), "chart"))  # fmt: skip
    return held(ask)


def held(ask: ReportAsk) -> ReportAsk:
    """The same, if it can be told. Refused as `read_ask` says."""
    known = set(DIMENSIONS)
    _hold(
        1 <= len(ask.rows) <= ROWS_MAX
        and len(set(ask.rows)) == len(ask.rows)
        and set(ask.rows) <= known,
        "rows", Bilingual(f"一至 {ROWS_MAX} 个不同的维度", f"one to {ROWS_MAX} dimensions, each once"),
    )  # fmt: skip
    _hold(not ask.column or (ask.column in known and ask.column not in ask.rows), "column",
          Bilingual("列维度已是行维度", "the columns are rows already"))  # fmt: skip
    _hold(1 <= len(ask.measures) <= MEASURES_MAX and len(set(ask.measures)) == len(ask.measures)
          and set(ask.measures) <= set(MEASURES), "measures",
          Bilingual(f"一至 {MEASURES_MAX} 个不同的指标", f"one to {MEASURES_MAX} measures, each once"))  # fmt: skip
    _hold(len(ask.filters) <= FILTERS_MAX and set(ask.filters) <= known, "filters")
    _hold(ask.compare in periods.COMPARED, "compare")
    _hold(ask.sort == BY_NAME or ask.sort in ask.measures, "sort",
          Bilingual("排序的指标没有选", "what it is sorted by was not chosen"))  # fmt: skip
    _hold(type(ask.top) is int and 0 <= ask.top <= TOP_MAX, "top", f"0–{TOP_MAX}")
    _hold(ask.chart in CHARTS, "chart")
    ask.span(date(2026, 1, 1))
    for view in ask.views:
        for name in ask.dimensions:
            if view not in DIMENSIONS[name].of:
                raise Refused(FigureCode.REPORT_MIXED, "column" if name == ask.column else "rows",
                              _apart(_first_of(ask, view), name))  # fmt: skip
        for name in ask.filters:
            if view not in DIMENSIONS[name].of:
                raise Refused(FigureCode.REPORT_MIXED, "filters", _apart(_first_of(ask, view), name))
    for measure in ask.measures:
        for name in set(MEASURES[measure].not_by) & set(ask.dimensions):
            raise Refused(FigureCode.REPORT_MIXED, "column" if name == ask.column else "rows", _apart(measure, name))
    if ask.compare and ask.column:
        raise Refused(FigureCode.REPORT_MIXED, "compare", Bilingual("对比时没有列维度", "held against, no columns"))
    return ask


def _first_of(ask: ReportAsk, view: str) -> str:
    """The first measure of a view."""
    return next(name for name in ask.measures if MEASURES[name].view == view)


def _apart(measure: str, dimension: str) -> Bilingual:
    """Which measure is not told by which dimension."""
    one, by = MEASURES[measure].text, DIMENSIONS[dimension].text
    return Bilingual(f"{one.zh}：{by.zh}", f"{one.en}: {by.en}")


def _hold(true: bool, field: str, detail: str = "") -> None:
    if not true:
        raise Refused(FigureCode.REPORT_WRONG, field, detail)


def _text(value: Any, field: str) -> str:
    _hold(isinstance(value, str), field)
    return str(value)


def _names(value: Any, field: str) -> tuple[str, ...]:
    _hold(isinstance(value, list | tuple) and all(isinstance(one, str) for one in value), field)
    return tuple(value)


def _filters(value: Any) -> dict[str, tuple[str, ...]]:
    _hold(isinstance(value, Mapping), "filters")
    found = {str(name): _names(values, "filters") for name, values in value.items()}
    _hold(all(1 <= len(values) <= VALUES_MAX for values in found.values()), "filters",
          Bilingual(f"每个条件一至 {VALUES_MAX} 个值", f"one to {VALUES_MAX} values of each filter"))  # fmt: skip
    _hold(all(len(one) <= VALUE_MAX and "\0" not in one for values in found.values() for one in values), "filters",
          Bilingual(f"一个值最长 {VALUE_MAX} 字", f"a value has at most {VALUE_MAX} characters"))  # fmt: skip
    return found


def _day(value: Any, field: str) -> date | None:
    if value is None or isinstance(value, date):
        return value
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        raise Refused(FigureCode.REPORT_WRONG, field) from None
