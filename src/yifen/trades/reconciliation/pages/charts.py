"""Reconciliation's charts as ECharts options, and the same as table rows."""

from typing import Any

from django.utils.translation import gettext as _

from yifen.face import words as said
from yifen.face.overview.statistics import percent
from yifen.trades.reconciliation.pages import words
from yifen.trades.reconciliation.pages.figures import Age, ClassLine, MatchRate

Option = dict[str, Any]


def match_rate(rates: list[MatchRate]) -> Option:
    """Matched rows of all rows, in percent, day by day; the axis begins where the worst day is."""
    worst = min((row.bp for row in rates), default=0)
    return {
        "xAxis": {"type": "category", "data": [f"{row.day:%m-%d}" for row in rates]},
        "yAxis": {"type": "value", "max": 100, "min": worst // 100 if worst < 10_000 else 99},
        "series": [{"type": "line", "name": _("勾对率"), "symbol": "circle", "symbolSize": 4,
                    "data": [percent(row.bp) for row in rates]}],
    }  # fmt: skip


def rate_rows(rates: list[MatchRate]) -> list[list[str]]:
    return [[row.day.isoformat(), f"{percent(row.bp)} %"] for row in rates]


def ageing(ages: list[Age]) -> Option:
    """Open differences by how many days they stand."""
    return {
        "xAxis": {"type": "category", "data": [row.label for row in ages]},
        "yAxis": {"type": "value", "minInterval": 1},
        "series": [{"type": "bar", "name": _("差异"), "data": [row.items for row in ages]}],
    }


def age_rows(ages: list[Age]) -> list[list[str]]:
    return [[row.label, str(row.items)] for row in ages]


def by_class(lines: list[ClassLine]) -> Option:
    """One bar a class: open, waiting, closed."""
    parts = (("open", _("待处理")), ("waiting", _("等待中")), ("closed", _("已平账")))
    return {
        "legend": {"data": [name for _key, name in parts], "top": 0, "right": 0},
        "xAxis": {"type": "value", "minInterval": 1},
        "yAxis": {"type": "category", "inverse": True,
                  "data": [str(said.word(words.CLASSES, line.name)) for line in lines]},
        "series": [
            {"type": "bar", "stack": "all", "name": name,
             "data": [getattr(line, key) for line in lines]}
            for key, name in parts
        ],
    }  # fmt: skip
