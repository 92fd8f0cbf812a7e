"""A report on the screen: a table whose rows lead to what they are made of, and a picture."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from yifen.core.access.telling import told
from yifen.core.documents.figures import grouped_yuan
from yifen.face.overview.amounts import change
from yifen.trades.figures import labels, spending
from yifen.trades.figures.asking import COLUMNS_MAX, ReportAsk
from yifen.trades.figures.catalogue import DIMENSIONS, MEASURES, SOURCES
from yifen.trades.figures.pages import filtering
from yifen.trades.figures.pages.lists import written
from yifen.trades.figures.telling import OTHERS, ReportHead, ToldReport, Value

ROWS_SHOWN, BARS_SHOWN = 500, 30
Shown = dict[str, Any]


def table(report: ToldReport) -> Shown:
    """Heads and rows; `more`: how many rows are not shown but in files."""
    heads = report.heads
    columns = [{"title": told(DIMENSIONS[name].text)} for name in report.ask.rows]
    columns += [{"title": labels.head(report, one, told), "kind": "num"} for one in heads]
    rows = []
    for line in report.lines[:ROWS_SHOWN]:
        names = labels.names(report, line.keys, told)
        rows.append(
            _row(
                names,
                heads,
                line.values,
                dict(zip(report.ask.rows, line.keys, strict=True)),
                report,
            )
        )
    ends = labels.lines_of(report._replace(lines=[]), told)
    rows += [
        _row(names, heads, values, None if names[0] != told(labels.TOTAL) else {}, report)
        for names, values in ends
    ]
    return {"columns": columns, "rows": rows, "more": max(0, len(report.lines) - ROWS_SHOWN)}


def _row(
    names: list[str],
    heads: list[ReportHead],
    values: list[Value],
    keys: dict[str, str] | None,
    report: ToldReport,
) -> Shown:
    """`keys` None: nothing to lead to."""
    cells: list[Shown] = [{"text": name} for name in names]
    for place, (head, value) in enumerate(zip(heads, values, strict=True)):
        cells.append(
            _cell(head, value) | ({"url": drill(report, head, keys)} if keys is not None else {})
        )
        if head.then and head.unit != "rate" and value is not None:
            told_then = (plain(head, value), change(values[place - 1] or 0, value))
            cells[-1] |= {"kind": "num", "text": " ".join(filter(None, told_then))}
    return {"cells": cells}


def _cell(head: ReportHead, value: Value) -> Shown:
    if head.unit == "fen":
        return {"kind": "amount", "fen": value}
    return {"kind": "num", "text": plain(head, value)}


def plain(head: ReportHead, value: Value) -> str | None:
    """As people read it; None: of nothing, or not read."""
    if value is None:
        return None
    if head.unit == "rate":
        return f"{labels.percent(value)} %"
    return grouped_yuan(value) if head.unit == "fen" else f"{value:,}"


def drill(report: ToldReport, head: ReportHead, keys: dict[str, str]) -> str:
    """The list of what a figure is made of; of the others of a column there is none, nor of a card holder's own."""
    source = SOURCES[MEASURES[head.measure].view]
    if report.is_own and source.permission == spending.PERMISSION:
        return ""
    span = report.then if head.then and report.then else report.span
    asked = {name: filtering.listed(name, values, report.users) for name, values in report.ask.filters.items()}
    asked |= {name: filtering.listed(name, [key], report.users) for name, key in keys.items()}
    if head.column is not None and report.ask.column:
        if head.column == OTHERS:
            return ""
        asked[report.ask.column] = filtering.listed(report.ask.column, [head.column], report.users)
    return f"{reverse(source.rows)}?{urlencode({'since': span.since, 'until': span.until, **asked})}"


def chart(report: ToldReport) -> Shown | None:
    """The sums of the first rows, in whole yuan; a line each measure of one unit, what it is sorted by first."""
    ask = report.ask
    unit = "fen" if any(head.unit == "fen" for head in report.heads) else "num"
    unit = MEASURES[ask.sort].unit if ask.sort in MEASURES and MEASURES[ask.sort].unit != "rate" else unit
    places = [(n, head) for n, head in enumerate(report.heads) if head.column is None and head.unit == unit]
    places = sorted(places, key=lambda one: one[1].measure != ask.sort)[: 4 if ask.compare else 5]
    if ask.chart == "none" or not report.lines or not places:
        return None
    lines = report.lines[:BARS_SHOWN]
    names = [" ".join(labels.names(report, line.keys, told)) for line in lines]
    scale = 100 if places[0][1].unit == "fen" else 1
    series = [{"type": ask.chart, "name": _series(head), "data": [
        {"value": (line.values[n] or 0) / scale,
         "url": drill(report, head, dict(zip(ask.rows, line.keys, strict=True)))} for line in lines]}
        for n, head in places]  # fmt: skip
    return {
        "animation": False, "legend": {"type": "scroll", "data": [one["name"] for one in series], "top": 0, "left": 0},
        "xAxis": {"type": "category", "data": names, "axisLabel": {"alignMinLabel": "left", "alignMaxLabel": "right"}},
        "yAxis": {"type": "value"}, "series": series,
    }  # fmt: skip


def _series(head: ReportHead) -> str:
    return told(MEASURES[head.measure].text) + (f" · {told(labels.THEN)}" if head.then else "")


def without_nothing(report: ToldReport, measure: str) -> ToldReport:
    """Without this measure, where there is nothing of it; of no compared report."""
    place = next(n for n, head in enumerate(report.heads) if head.measure == measure)
    if report.total.values[place]:
        return report

    def less(line: Any) -> Any:
        return line._replace(values=[*line.values[:place], *line.values[place + 1 :]])

    return report._replace(
        heads=[*report.heads[:place], *report.heads[place + 1 :]], total=less(report.total),
        lines=[less(one) for one in report.lines], others=less(report.others) if report.others else None)  # fmt: skip


def query_of(ask: ReportAsk, users: Mapping[str, str]) -> str:
    """The address of the builder that asks the same, its filters in the words of the page."""
    rows = {f"row{n}": name for n, name in enumerate(ask.rows, 1)}
    filters: dict[str, str] = {}
    for n, (name, values) in enumerate(ask.filters.items(), 1):
        filters |= {f"filter{n}": name, f"value{n}": written(filtering.said(name, one, users) for one in values)}
    return urlencode({
        **rows, "column": ask.column, "measures": list(ask.measures), **filters, "period": ask.period,
        "since": ask.since or "", "until": ask.until or "", "compare": ask.compare, "sort": ask.sort, "top": ask.top,
        "chart": ask.chart}, doseq=True)  # fmt: skip


def warnings(report: ToldReport, shown: Shown) -> list[str]:
    """What of it is not shown."""
    found = []
    if report.cut:
        found.append(
            _("行数过多，只读了前面的，其余合为“其他”；请加条件或减少行维度。合计是全部的。")
        )
    if report.columns_left:
        found.append(
            _("列只列前 %(most)s 个，其余 %(count)s 个合为“其他”；合计是全部的。")
            % {"most": COLUMNS_MAX, "count": report.columns_left}
        )
    if shown["more"]:
        found.append(_("另有 %(count)s 行只在导出的文件里。") % {"count": shown["more"]})
    return found
