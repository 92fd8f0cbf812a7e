"""Indicators as their pages tell them."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from yifen.core.facts.spending_classes import with_name
from yifen.face import words
from yifen.trades.budget.pages.words import ENTRIES

Shown = dict[str, Any]


class IndicatorRow(NamedTuple):
    """As the query `indicator` reads it; `next_id`: the one that continues it in the next year."""

    indicator_id: int
    bureau_id: int
    bureau: str
    unit_code: str
    unit: str
    number: str
    year: int
    type_code: str
    func_code: str
    gov_code: str
    dep_code: str
    project: str
    fund_code: str
    title: str
    granted_fen: int
    free_fen: int
    quota_fen: int
    held_fen: int
    used_fen: int
    closed_at: datetime | None
    ori_id: int | None
    ori: str | None
    next_id: int | None
    next: str | None


def indicator_facts(one: IndicatorRow) -> list[Shown]:
    return [
        {"title": _("单位"), "text": f"{one.unit_code} {one.unit}"},
        {"title": _("年度"), "kind": "code", "text": str(one.year)},
        {"title": _("指标类型"), "kind": "code", "text": one.type_code},
        {"title": _("功能分类"), "kind": "code", "text": with_name(one.func_code)},
        {"title": _("政府经济分类"), "kind": "code", "text": with_name(one.gov_code)},
        {"title": _("部门经济分类"), "kind": "code", "text": with_name(one.dep_code) or None},
        {"title": pgettext("budget", "项目"), "kind": "code", "text": one.project or None},
        {"title": _("资金性质"), "kind": "code", "text": one.fund_code},
        {"title": pgettext("budget", "摘要"), "text": one.title or None},
        {"title": _("结转自"), "kind": "code", "text": one.ori, "url": _address(one.ori_id)},
        {"title": _("结转到"), "kind": "code", "text": one.next, "url": _address(one.next_id)},
    ]  # fmt: skip


def entry_table(entries: Iterable[Any]) -> Shown:
    """The time line of an indicator, the newest first."""
    heads = (_("时间"), _("事项"), _("金额（元）"), _("可用额度（元）"), _("文号、用途"), _("单据"),
             _("会计日期"), "")
    return table(heads, (
        ({"kind": "time", "at": at}, {"kind": "badge", "text": words.word(ENTRIES, kind), "tone": words.tone(ENTRIES,
                                                                                                            kind)},
         {"kind": "amount", "fen": fen}, {"kind": "amount", "fen": rest}, said,
         {"text": paper, "url": f"{reverse('search')}?find={paper}"} if paper else "",
         {"kind": "code", "text": str(day)},
         {"text": _("查看复核"), "url": reverse("proposal", args=[proposal])} if proposal else "")
        for at, kind, fen, said, day, proposal, paper, rest in entries), (2, 3))  # fmt: skip


def table(heads: Sequence[Any], lines: Iterable[Sequence[Any]], amounts: Sequence[int] = ()) -> Shown:
    """A plain table."""
    def cell(value: Any) -> Shown:
        return value if isinstance(value, dict) else {"text": "" if value is None else str(value)}

    return {"columns": [{"title": head, "kind": "amount"} if place in amounts else {"title": head}
                        for place, head in enumerate(heads)],
            "rows": [{"cells": [cell(value) for value in line]} for line in lines]}  # fmt: skip


def board_chart(units: Sequence[Any]) -> Shown | None:
    """A bar a unit: used, held, in quota, not in quota, in yuan."""
    if not units:
        return None
    parts = ((pgettext("budget", "已用"), "ok", 2), (_("预留"), "waiting", 3), (_("可用额度"), "", 4),
             (_("未到账"), "neutral", 5))  # fmt: skip
    return {"animation": False, "legend": {"data": [name for name, *_rest in parts], "top": 0, "right": 0},
            "xAxis": {"type": "category", "data": [unit[1] for unit in units]}, "yAxis": {"type": "value"},
            "series": [{"type": "bar", "stack": "all", "name": name, "tone": tone,
                        "data": [unit[place] // 100 for unit in units]} for name, tone, place in parts]}  # fmt: skip


def unit_table(units: Iterable[Any]) -> Shown:
    """The same in figures."""
    heads = (_("单位"), _("指标（元）"), pgettext("budget", "已用（元）"), _("预留（元）"), _("可用额度（元）"),
             _("未到账（元）"),
             _("执行率"))  # fmt: skip
    return table(heads, (
        ({"text": f"{code} {name}", "url": f"{reverse('budget_indicators')}?q={code}"},
         *({"kind": "amount", "fen": fen} for fen in (sum(fens), *fens)),
         {"kind": "num", "text": f"{fens[0] / sum(fens):.1%}" if sum(fens) else "—"})
        for code, name, *fens in units), (1, 2, 3, 4, 5))  # fmt: skip


def _address(indicator: int | None) -> str:
    return reverse("budget_indicator", args=[indicator]) if indicator else ""
