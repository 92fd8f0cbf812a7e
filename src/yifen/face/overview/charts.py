"""The dashboard's charts as ECharts options: data only, colours are the page's."""

from collections.abc import Iterable
from typing import Any

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from yifen.core.documents.figures import short_yuan
from yifen.face.overview.figures import Figures
from yifen.face.overview.tree import Branch

Option = dict[str, Any]
STILL = {"animation": False}  # drawn anew every few seconds


def by_hour(figures: Figures) -> Option:
    """Payments of the business day by the hour in which they were booked."""
    return {
        **STILL,
        "xAxis": {"type": "category", "data": [hour_of(row.key) for row in figures.hours]},
        "yAxis": {"type": "value", "minInterval": 1},
        "series": [
            {"type": "bar", "name": _("笔数"), "data": [row.payments for row in figures.hours]}
        ],
    }


def latency(figures: Figures) -> Option:
    """How long charges took to be answered, by the hour."""
    rows = figures.charges_by_hour
    return {
        **STILL,
        "legend": {"data": ["p50", "p95", "p99"], "top": 0, "right": 0},
        "xAxis": {"type": "category", "data": [hour_of(row.key) for row in rows]},
        "yAxis": {"type": "value", "minInterval": 1},
        "series": [
            {"type": "line", "name": name, "symbol": "circle", "symbolSize": 4,
             "data": [getattr(row, name) for row in rows]}
            for name in ("p50", "p95", "p99")
        ],
    }  # fmt: skip


def tree_map(branches: Iterable[Branch]) -> Option:
    """Institutions by amount, whole yuan; a parent's rectangle holds those below it."""
    return {
        **STILL,
        "tooltip": {"trigger": "item", "formatter": "{b}"},
        "series": [
            {"type": "treemap", "roam": False, "nodeClick": False, "breadcrumb": {"show": False},
             "left": 0, "right": 0, "top": 0, "bottom": 0,
             "label": {"formatter": "{b}", "lineHeight": 16},
             "upperLabel": {"show": True, "height": 22},
             "levels": [{"itemStyle": {"gapWidth": 2}}, {"itemStyle": {"gapWidth": 2}},
                        {"itemStyle": {"gapWidth": 1}}],
             "data": [_node(branch) for branch in branches]}
        ],
    }  # fmt: skip


def _node(branch: Branch) -> Option:
    node = _leaf(branch.name, branch.amount_fen)
    if branch.children:
        below = sum(child.amount_fen for child in branch.children)
        node["children"] = [_node(child) for child in branch.children]
        if branch.amount_fen > below:  # what its own billers took
            node["children"].insert(0, _leaf(branch.name, branch.amount_fen - below))
    return node


def _leaf(name: str, amount_fen: int) -> Option:
    chinese = not (get_language() or "").startswith("en")
    return {"name": f"{name}\n¥{short_yuan(amount_fen, chinese=chinese)}", "value": amount_fen // 100}


def hour_of(at: Any) -> str:
    return f"{timezone.localtime(at):%H}"
