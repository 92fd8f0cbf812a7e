"""Statistics 统计 (H12): payments and charges of any period by day, institution, biller, channel or its kind, hour
or result code, beside the period before; a list like any other, so it is exported and kept as a view.

Payments are of business days, requests of the same days of the clock.
"""

from collections.abc import Callable, Iterator
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yifen.core.directory.models import Institution
from yifen.face import scope
from yifen.face.lists.filters import ChosenField, DayField, ListFilters, WordField
from yifen.face.lists.keys import ListOrder, read_key, text, whole, write_key
from yifen.face.lists.listing import Column, ListAsk, Listing, ListPage, Row
from yifen.face.overview.amounts import change, percent
from yifen.face.overview.counting import StatisticsLine, lines

BY = [
    ("day", _("日")), ("week", _("周")), ("month", _("月")), ("hour", _("小时")),
    ("institution", _("机构")), ("biller", _("收费单位")), ("channel", _("渠道")), ("kind", _("渠道种类")),
    ("code", _("结果码")),
]  # fmt: skip
HOURS = [(str(hour), f"{hour:02d}") for hour in range(24)]


class StatisticsFilters(ListFilters):
    """The open business day by biller unless the address says otherwise; each thing may be narrowed to one."""

    since = DayField(_("起日"))
    until = DayField(_("止"))
    by = forms.ChoiceField(label=_("分类"), required=False, choices=BY)
    institution = ChosenField(_("机构（含下级）"))
    channel = ChosenField(_("渠道"))
    biller = ChosenField(_("收费单位"))
    hour = WordField(_("小时"), HOURS)

    def first_value(self, name: str) -> Any:
        if name in ("since", "until"):
            return scope.business_day(self.access.scope, self.now)
        return "biller" if name == "by" else super().first_value(name)

    def arrange(self) -> None:
        mine = self.access.scope
        seats = [(row.pk, f"{row.code} {row.name}") for row in Institution.objects.order_by("code")
                 if mine.has_institution(row.pk)]  # fmt: skip
        choices = {"institution": seats, "channel": [(row.id, row.label) for row in scope.channels(mine)],
                   "biller": [(row.id, row.label) for row in scope.billers(mine)]}  # fmt: skip
        for name, found in choices.items():
            self.fields[name].choices = [("", _("全部")), *found]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        for name in ("since", "until"):
            if name not in self.errors and not data.get(name):
                self.add_error(name, _("请选择日期"))
        return data


def pages(ask: ListAsk) -> ListPage:
    """A piece of all lines, by key as any list."""
    found = lines(ask)
    keys = [ask.order.key(row) for row in found]
    if ask.key is None:
        start, end = 0, ask.limit
    elif ask.back:
        end = next((n for n, key in enumerate(keys) if not _before(key, ask.key, ask.descending)), len(keys))
        start = max(0, end - ask.limit)
    else:
        start = next((n for n, key in enumerate(keys) if _before(ask.key, key, ask.descending)), len(keys))
        end = start + ask.limit
    if ask.back and start == 0:
        end = ask.limit
    rows = found[start:end]
    return ListPage(rows, keys[start] if start and rows else None, keys[end - 1] if end < len(keys) and rows else None)


def _before(one: Any, other: Any, descending: bool) -> bool:
    return bool(one > other if descending else one < other)


def _order(key: Callable[[Row], Any], reader: Any, descending: bool) -> ListOrder:
    return ListOrder((), lambda written: read_key(written, (reader, text)), write_key,
                     lambda row: (key(row), row.key), descending)  # fmt: skip


def every(ask: ListAsk) -> Iterator[Row]:
    return iter(lines(ask))


def _share(share_bp: int | None) -> str | None:
    return percent(share_bp) if share_bp is not None else None


STATISTICS = Listing(
    name="statistics",
    title=_("统计"),
    note=_("缴费按会计日期，请求按自然日；对比为紧前同样天数的期间。"),
    empty=_("该期间没有缴费，也没有请求"),
    permission="dashboard.view",
    export="dashboard.view",
    handy=True,
    route="statistics/",
    form=StatisticsFilters,
    orders={
        "name": _order(lambda row: row.name, text, False),
        "amount": _order(lambda row: row.amount_fen or 0, whole, True),
        "payments": _order(lambda row: row.payments or 0, whole, True),
        "calls": _order(lambda row: row.call("calls") or 0, whole, True),
    },
    pages=pages,
    every=every,
    count=lambda ask, most: min(len(lines(ask)), most),
    row=StatisticsLine,
    columns=(
        Column("name", "", _("名称")),
        Column("payments", "", _("笔数"), "num"),
        Column("amount_fen", "", _("金额（元）"), "amount"),
        Column("then_payments", "", _("前期笔数"), "num"),
        Column("then_fen", "", _("前期金额（元）"), "amount"),
        Column("change", "", _("金额增减"), value=lambda r, a: change(r.amount_fen or 0, r.then_fen or 0) or None),
        Column("returned", "", _("退回笔数"), "num"),
        Column("returned_fen", "", _("退回金额（元）"), "amount"),
        Column("calls", "", _("销账请求"), "num", value=lambda r, a: r.call("calls")),
        Column("taken", "", pgettext_lazy("calls", "成功"), "num", value=lambda r, a: r.call("taken")),
        Column("refused", "", _("业务拒绝"), "num", value=lambda r, a: r.call("refused")),
        Column("failed", "", _("故障"), "num", value=lambda r, a: r.call("failed")),
        Column("success", "", _("成功率（%）"), value=lambda r, a: _share(r.call("success_bp"))),
        Column("p50", "", _("p50（毫秒）"), "num", value=lambda r, a: r.call("p50"), shown=False),
        Column("p95", "", _("p95（毫秒）"), "num", value=lambda r, a: r.call("p95")),
        Column("p99", "", _("p99（毫秒）"), "num", value=lambda r, a: r.call("p99"), shown=False),
    ),
)
