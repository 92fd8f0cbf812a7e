"""Reconciliation's charts as ECharts options, and the same as table rows."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from yifen.face import words as said
from yifen.face.overview.amounts import percent, short_yuan
from yifen.trades.reconciliation.pages import words
from yifen.trades.reconciliation.pages.figures import (
    AGES,
    SIZES,
    ClassLine,
    GridCell,
    MatchRate,
    OpenCell,
    age_label,
    size_label,
)

Option = dict[str, Any]
Rows = list[list[Any]]
TONES = ("ok", "waiting", "bad")


def match_rate(rates: list[MatchRate]) -> Option:
    """Matched rows of all rows, in percent, day by day; the axis begins where the worst day is."""
    worst = min((row.bp for row in rates), default=0)
    return {
        "xAxis": {"type": "category", "data": [f"{row.day:%m-%d}" for row in rates]},
        "yAxis": {"type": "value", "max": 100, "min": worst // 100 if worst < 10_000 else 99},
        "series": [{"type": "line", "name": _("勾对率"), "symbol": "circle", "symbolSize": 4,
                    "data": [{"value": percent(row.bp), "url": day_url(row)} for row in rates]}],
    }  # fmt: skip


def rate_rows(rates: list[MatchRate]) -> Rows:
    return [[{"text": row.day.isoformat(), "url": day_url(row)}, f"{percent(row.bp)} %"] for row in rates]


def day_url(row: MatchRate) -> str:
    return reverse("reconciliation_day") + f"?day={row.day}"


def grid(cells: list[GridCell]) -> tuple[Option, Rows]:
    """Partner × day: what matched, and whose file is missing; a day leads to its run, or to all of the day."""
    partners = list(dict.fromkeys(cell.partner for cell in cells))
    days = sorted({cell.day for cell in cells})
    data, rows = [], []
    for cell in cells:
        url, told = cell_url(cell), cell_told(cell)
        data.append({
            "value": [days.index(cell.day), partners.index(cell.partner), TONES.index(cell.tone)], "url": url,
            "label": {"formatter": "" if cell.tone == "ok" else cell_mark(cell)},
            "tooltip": {"formatter": f"{cell.partner}  {cell.day}\n{told}"},
        })  # fmt: skip
        rows.append([cell.partner, f"{cell.day}", {"text": told, "url": url}])
    return (
        {"tooltip": {"trigger": "item"}, "grid": {"left": 8, "right": 12, "top": 8, "bottom": 8, "containLabel": True},
         "xAxis": {"type": "category", "data": [f"{day:%m-%d}" for day in days]},
         "yAxis": {"type": "category", "inverse": True, "data": partners,
                   "axisLabel": {"width": 90, "overflow": "break"}},
         "visualMap": {"show": False, "type": "piecewise",
                       "pieces": [{"value": place, "tone": tone} for place, tone in enumerate(TONES)]},
         "series": [{"type": "heatmap", "label": {"show": True, "fontSize": 10}, "itemStyle": {"opacity": 0.6},
                     "data": data}]},
        [[_("合作方"), _("会计日期"), _("勾对率")], *rows],
    )  # fmt: skip


def cell_url(cell: GridCell) -> str:
    if cell.run_id:
        return reverse("reconciliation", args=[cell.run_id])
    return reverse("reconciliation_day") + f"?day={cell.day}"


def cell_told(cell: GridCell) -> str:
    if cell.run_id is None:
        return _("文件已到，未对账") if cell.has_file else _("缺文件")
    if not cell.has_ended:
        return _("对账未完成")
    return f"{percent(cell.bp)} %" if cell.bp is not None else _("双方无明细")


def cell_mark(cell: GridCell) -> str:
    """What stands in a small square that is not all right."""
    if cell.run_id is None or not cell.has_ended:
        return pgettext("mark", "缺") if not cell.has_file else "…"
    return f"{(cell.bp or 0) // 100}"


def by_age(cells: list[OpenCell]) -> tuple[Option, Rows]:
    """Open differences: by how many days they stand, and of how much they are."""
    sizes = [size_label(place) for place in range(len(SIZES))]
    data, rows = [], []
    for cell in cells:
        url = reverse("differences") + f"?state=todo&age={cell.age}&size={cell.size}"
        told = f"{_('%s 项') % f'{cell.items:,}'} · ¥{short_yuan(cell.fen)}"
        data.append({"value": [cell.age, cell.size, cell.items], "url": url,
                     "label": {"formatter": told.replace(" · ", "\n")},
                     "tooltip": {"formatter": told}})  # fmt: skip
        rows.append([age_label(cell.age), sizes[cell.size], {"text": f"{cell.items:,}", "url": url},
                     short_yuan(cell.fen)])  # fmt: skip
    return (
        {"tooltip": {"trigger": "item"},
         "xAxis": {"type": "category", "name": _("天"), "data": [age_label(place) for place in range(len(AGES))]},
         "yAxis": {"type": "category", "data": sizes},
         "visualMap": {"show": False, "min": 0, "max": max((cell.items for cell in cells), default=1)},
         "series": [{"type": "heatmap", "label": {"show": True, "fontSize": 11, "lineHeight": 14}, "data": data}]},
        [[_("天数"), _("金额（元）"), _("差异"), _("合计（元）")], *rows],
    )  # fmt: skip


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
