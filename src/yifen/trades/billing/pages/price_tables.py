"""A price as its page tells it: parts, limits, a picture of its steps, and a trial beside the price in force."""

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from yifen.core.access.telling import told
from yifen.trades.billing.prices.telling import month_spans, plain_number, unit_of, units
from yifen.trades.billing.prices.trial import PriceTrial, TriedLine
from yifen.trades.billing.prices.versions import (
    ALL_MONTHS,
    BASES,
    PricePart,
    PriceVersion,
    TierLimit,
    months_of,
)

Shown = dict[str, Any]
CLOCK = ("peak", "valley", "flat")


def parts(version: PriceVersion, unit: str) -> Shown:
    """Every part with what its price is a price of."""
    return {
        "columns": [{"title": _("计价项")}, {"title": _("计价依据")},
                    {"title": pgettext("price", "阶梯"), "kind": "num"},
                    {"title": _("单价（元）"), "kind": "num"}, {"title": _("单位")}],
        "rows": [{"cells": [
            {"text": part.name}, {"text": told(BASES[part.basis].text)}, {"kind": "num", "text": str(part.tier or "—")},
            {"kind": "num", "text": plain_number(part.price)},
            {"kind": "code", "text": told(unit_of(part.basis, unit))},
        ]} for part in version.parts],
    }  # fmt: skip


def limits(version: PriceVersion, unit: str) -> Shown:
    """Where each tier ends."""
    return {
        "columns": [{"title": pgettext("price", "阶梯")}, {"title": _("上限（%s）") % unit, "kind": "num"},
                    {"title": _("月份")}, {"title": _("人口多的户")}],
        "rows": [{"cells": [
            {"text": str(one.tier)}, {"kind": "num", "text": units(one.limit_milli)},
            {"text": months_said(one.months)}, {"text": household_said(one)},
        ]} for one in version.limits],
    }  # fmt: skip


def months_said(bits: int) -> str:
    return _("全年") if bits == ALL_MONTHS else month_spans(bits)


def household_said(limit: TierLimit) -> str:
    if limit.persons_over is None or not limit.add_milli:
        return "—"
    said = _("超过 %(over)s 人，每多一人 +%(add)s") if limit.add_each else _("超过 %(over)s 人 +%(add)s")
    return said % {"over": limit.persons_over, "add": units(limit.add_milli)}


def picture(version: PriceVersion, unit: str) -> tuple[Shown, list[list[Any]]] | None:
    """The price of the next unit over what was used in the cycle: a line for each set of months, and for peak and
    valley; and the same as a table. None: nothing of it depends on a quantity."""
    lines = [(name, steps) for months in seasons(version) for name, steps in _lines(version, months)]
    if not lines:
        return None
    far = max(start for _name, steps in lines for start, _price in steps)
    end = float(far * Decimal("1.3") / 1000) or 100.0
    series = [{"type": "line", "step": "end", "name": name,
               "data": [*([float(Decimal(start) / 1000), float(price)] for start, price in steps),
                        [end, float(steps[-1][1])]]} for name, steps in lines]  # fmt: skip
    option: Shown = {
        "xAxis": {"type": "value", "name": unit, "nameLocation": "middle", "nameGap": 26, "max": end},
        "yAxis": {"type": "value", "name": pgettext("price", "元")}, "series": series,
        "grid": {"left": 8, "right": 16, "top": 40, "bottom": 26, "containLabel": True},
    }  # fmt: skip
    if len(lines) > 1:
        option["legend"] = {"data": [name for name, _steps in lines], "top": 0, "right": 0}
    head = [pgettext("price", "从（%s）") % unit, _("单价（元）")]
    rows = [[f"{name} {units(start)}".strip(), plain_number(price)] for name, steps in lines for start, price in steps]
    return option, [head, *rows]


def seasons(version: PriceVersion) -> list[int]:
    """Sets of months with the same limits."""
    found: dict[tuple[tuple[int, int], ...], int] = {}
    for month in range(1, 13):
        own = tuple((one.tier, one.limit_milli) for one in version.limits if one.months >> month & 1)
        found[own] = found.get(own, 0) | 1 << month
    return [*found.values()]


def _lines(version: PriceVersion, months: int) -> list[tuple[str, list[tuple[int, Decimal]]]]:
    month = months_of(months)[0]
    starts = {1: 0} | {one.tier + 1: one.limit_milli for one in version.limits if one.months >> month & 1}
    clocks = [basis for basis in CLOCK if any(part.basis == basis for part in version.parts)]
    when = "" if months == ALL_MONTHS else _("%s 月") % months_said(months)
    found = []
    for clock in clocks or ["qty"]:
        priced = [part for part in version.parts if part.basis in ("qty", clock)]
        if priced:
            steps = [(start, _price_at(priced, tier)) for tier, start in sorted(starts.items())]
            name = " ".join(word for word in (told(BASES[clock].text) if clocks else "", when) if word)
            found.append((name, steps))
    return found


def _price_at(priced: list[PricePart], tier: int) -> Decimal:
    return sum((part.price for part in priced if part.tier in (0, tier)), Decimal(0))


def trial(tried: PriceTrial, unit: str) -> Shown:
    """Both prices line by line, one below the other, and their sums."""
    lines = [(_("新价格"), line) for line in tried.new] + [(_("现行价格"), line) for line in tried.now]
    return {
        "columns": [{"title": ""}, {"title": _("计价项")}, {"title": pgettext("price", "阶梯"), "kind": "num"},
                    {"title": _("数量（%s）") % unit, "kind": "num"}, {"title": _("单价（元）"), "kind": "num"},
                    {"title": _("金额（元）"), "kind": "amount"}],
        "rows": [{"cells": [
            {"text": which}, {"text": line_name(line)}, {"kind": "num", "text": str(line.tier or "—")},
            {"kind": "num", "text": units(line.qty_milli)}, {"kind": "num", "text": plain_number(line.price)},
            {"kind": "amount", "fen": line.amount_fen}]} for which, line in lines],
    }  # fmt: skip


def line_name(line: TriedLine) -> str:
    """Its part, or what was lacking or too much."""
    if line.part_no:
        return line.name
    return _("保底补足") if line.amount_fen > 0 else _("封顶减免")
