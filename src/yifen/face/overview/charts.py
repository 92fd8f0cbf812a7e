"""The dashboard's charts as ECharts options, and the same as table rows: data only, colours are the page's.

What may be opened carries its address: the page follows `url` of the bar, cell or point that is pressed, and
the table behind the chart has the same links.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from yifen.face.overview.amounts import percent, short_count, short_yuan
from yifen.face.overview.doors import ListDoors
from yifen.face.overview.figures import Figures, added
from yifen.face.overview.tree import Branch
from yifen.face.overview.words import compared_name
from yifen.hub.payments.figures.reading import Bucket, Total
from yifen.hub.payments.traffic_queries import Figure

Option = dict[str, Any]
Rows = list[list[Any]]
STILL = {"animation": False}  # drawn anew every few seconds
LABELLED = 16  # a sixteenth of the picture holds its name
HOUR, FIVE_MINUTES = timedelta(hours=1), timedelta(minutes=5)
LEGEND = {"top": 0, "right": 0}
WHOLE = {"type": "value", "minInterval": 1}


def link(text: Any, url: str) -> Any:
    """A cell of a table behind a chart."""
    return {"text": text, "url": url} if url else text


def payments(found: Figures, doors: ListDoors) -> tuple[Option, Rows]:
    """Payments by hour or day of the business days shown; of a day beside those it is held against."""
    if found.period.by == "day":
        return _payments_by_hour(found, doors)
    rows = {row.key[0]: row for row in found.by(0)}
    points = [(day, row, doors.payments(day, day)) for day, row in rows.items()]
    bars = [{"value": row.payments, "url": url} for _day, row, url in points]
    return (
        {**STILL, "xAxis": category(f"{day:%m-%d}" for day in rows), "yAxis": WHOLE,
         "series": [{"type": "bar", "name": _("笔数"), "data": bars}]},
        [[_("会计日期"), _("笔数"), _("金额（元）")],
         *([link(f"{day}", url), f"{row.payments:,}", short_yuan(row.amount_fen)] for day, row, url in points)],
    )  # fmt: skip


def _payments_by_hour(found: Figures, doors: ListDoors) -> tuple[Option, Rows]:
    day = found.period.since
    mine = {row.key[0]: row for row in added(found.cells, lambda key: (timezone.localtime(key[0]).hour,))}
    others = {compared_name(name): other.by_hour for name, other in found.compared.items() if other.by_hour}
    hours = sorted({*mine, *(hour for other in others.values() for hour in other)})
    bars = [_bar(mine.get(hour), _hour_url(found, hour, doors)) for hour in hours]
    lines = {name: [_count(other.get(hour)) for hour in hours] for name, other in others.items()}
    return (
        {**STILL, "legend": {"data": [f"{day:%m-%d}", *lines], **LEGEND},
         "xAxis": category(f"{hour:02d}" for hour in hours), "yAxis": WHOLE,
         "series": [{"type": "bar", "name": f"{day:%m-%d}", "data": bars},
                    *({"type": "line", "name": name, "symbol": "circle", "symbolSize": 4, "data": counts}
                      for name, counts in lines.items())]},
        [[_("小时"), f"{day:%m-%d}", _("金额（元）"), *lines],
         *([link(f"{hour:02d}", bar.get("url", "")), f"{bar['value'] or 0:,}",
            short_yuan(mine[hour].amount_fen) if hour in mine else "—",
            *(f"{counts[place] or 0:,}" for counts in lines.values())]
           for place, (hour, bar) in enumerate(zip(hours, bars, strict=True)))],
    )  # fmt: skip


def _hour_url(found: Figures, hour: int, doors: ListDoors) -> str:
    """An hour of a business day that was open over midnight may be of two days of the clock: then all of them."""
    day = found.period.since
    times = sorted({cell.key[0] for cell in found.cells if timezone.localtime(cell.key[0]).hour == hour})
    return doors.payments(day, day, times[0], HOUR) if len(times) == 1 else doors.payments(day, day)


def buckets(found: Figures, doors: ListDoors) -> tuple[Option, Rows]:
    """The open business day, by five minutes of booking; those without a payment too."""
    by_time, day = {row.at: row for row in found.buckets}, found.period.since
    first, last = found.buckets[0].at, found.buckets[-1].at
    times = [first + FIVE_MINUTES * number for number in range((last - first) // FIVE_MINUTES + 1)]
    rows = [(at, by_time.get(at, Bucket(at, 0, 0)), doors.payments(day, day, at, FIVE_MINUTES)) for at in times]
    return (
        {**STILL, "xAxis": category(minute_of(at) for at in times), "yAxis": WHOLE,
         "series": [{"type": "bar", "name": _("笔数"), "barCategoryGap": "20%",
                     "data": [{"value": row.payments, "url": url} for _at, row, url in rows]}]},
        [[_("时间"), _("笔数"), _("金额（元）")],
         *([link(minute_of(at), url), f"{row.payments:,}", short_yuan(row.amount_fen)]
           for at, row, url in rows if row.payments)],
    )  # fmt: skip


def outcomes(found: Figures, doors: ListDoors) -> tuple[Option, Rows]:
    """Charges of the clock's days: taken, refused for a reason, failed; never one figure of both."""
    rows = found.charges_by_time
    urls = [_codes_url(found, row, doors) for row in rows]
    parts = (("taken", pgettext("calls", "成功")), ("refused", _("业务拒绝")), ("failed", _("故障")))
    tones = {"refused": "waiting", "failed": "bad"}
    return (
        {**STILL, "legend": {"data": [name for _key, name in parts], **LEGEND},
         "xAxis": category(_time_of(row) for row in rows), "yAxis": WHOLE,
         "series": [{"type": "bar", "stack": "all", "name": name, "tone": tones.get(key, ""),
                     "data": [{"value": getattr(row, key), "url": url} for row, url in zip(rows, urls, strict=True)]}
                    for key, name in parts]},
        [[_("时间"), *(name for _key, name in parts), _("成功率")],
         *([link(_time_of(row), url), *(f"{getattr(row, key):,}" for key, _name in parts), success(row) or "—"]
           for row, url in zip(rows, urls, strict=True))],
    )  # fmt: skip


def latency(found: Figures, doors: ListDoors) -> tuple[Option, Rows]:
    """Within how many milliseconds half, 95 and 99 of a hundred charges were answered, as bands."""
    rows, names = found.charges_by_time, ("p99", "p95", "p50")
    urls = [_codes_url(found, row, doors) for row in rows]
    return (
        {**STILL, "legend": {"data": list(reversed(names)), **LEGEND},
         "xAxis": category(_time_of(row) for row in rows) | {"boundaryGap": len(rows) < 2}, "yAxis": WHOLE,
         "series": [{"type": "line", "name": name, "symbol": "circle", "symbolSize": 5, "areaStyle": {"opacity": 0.18},
                     "data": [{"value": getattr(row, name), "url": url} for row, url in zip(rows, urls, strict=True)]}
                    for name in names]},
        [[_("时间"), "p50", "p95", "p99"],
         *([link(_time_of(row), url), f"{row.p50:,}", f"{row.p95:,}", f"{row.p99:,}"]
           for row, url in zip(rows, urls, strict=True))],
    )  # fmt: skip


def heat(found: Figures, names: dict[int, str], doors: ListDoors) -> tuple[Option, Rows]:
    """Channel × biller: how many payments, and how much."""
    rows, period = found.by(1, 2), found.period
    channels = [row.key[0] for row in sorted(found.by(1), key=lambda row: row.amount_fen)]
    billers = [row.key[0] for row in sorted(found.by(2), key=lambda row: -row.amount_fen)]
    cells: list[Option] = []
    for row in rows:
        channel, biller = row.key
        told = _("%s 笔") % short_count(row.payments)
        cells.append({
            "value": [billers.index(biller), channels.index(channel), row.amount_fen // 100],
            "label": {"formatter": f"{short_yuan(row.amount_fen)}\n{told}"},
            "tooltip": {"formatter": f"{names[channel]} × {names[biller]}\n¥{short_yuan(row.amount_fen)} · {told}"},
            "url": doors.payments(period.since, period.until, channel=channel, biller=biller),
        })  # fmt: skip
    most = max((cell["value"][2] for cell in cells), default=0)
    return (
        {**STILL, "tooltip": {"trigger": "item"},
         "xAxis": category(names[key] for key in billers)
         | {"axisLabel": {"interval": 0, "width": 62, "overflow": "break"}},
         "yAxis": category(names[key] for key in channels) | {"axisLabel": {"width": 72, "overflow": "break"}},
         "visualMap": {"show": False, "min": 0, "max": max(most, 1)},
         "series": [{"type": "heatmap", "label": {"show": True, "fontSize": 11, "lineHeight": 14}, "data": cells}]},
        [[_("渠道"), _("收费单位"), _("笔数"), _("金额（元）")],
         *([names[row.key[0]], names[row.key[1]], link(f"{row.payments:,}", cell["url"]), short_yuan(row.amount_fen)]
           for row, cell in zip(rows, cells, strict=True))],
    )  # fmt: skip


def tree_map(branches: Iterable[Branch], found: Figures, doors: ListDoors) -> Option:
    """Institutions by amount; a parent's rectangle holds those below it. The one at the top is the whole picture."""
    shown = list(branches)
    while len(shown) == 1 and sum(one.amount_fen for one in shown[0].children) == shown[0].amount_fen:
        shown = shown[0].children
    return {
        **STILL,
        "tooltip": {"trigger": "item"},
        "series": [
            {"type": "treemap", "roam": False, "nodeClick": False, "breadcrumb": {"show": False},
             "left": 0, "right": 0, "top": 0, "bottom": 0, "visibleMin": 0,
             "label": {"lineHeight": 17, "fontSize": 12, "overflow": "truncate"},
             "upperLabel": {"show": True, "height": 22},
             "levels": [{"itemStyle": {"gapWidth": 3}}, {"itemStyle": {"gapWidth": 3}},
                        {"itemStyle": {"gapWidth": 2}}, {"itemStyle": {"gapWidth": 1}}],
             "data": [_node(branch, found, doors, sum(one.amount_fen for one in shown)) for branch in shown]}
        ],
    }  # fmt: skip


def _node(branch: Branch, found: Figures, doors: ListDoors, whole_fen: int) -> Option:
    """One too small for its name says it when pointed at."""
    node = _leaf(branch.name, branch.amount_fen, institution_url(branch, found, doors))
    node["label"]["show"] = branch.amount_fen * LABELLED >= whole_fen
    if branch.children:
        below = sum(child.amount_fen for child in branch.children)
        node["children"] = [_node(child, found, doors, whole_fen) for child in branch.children]
        if branch.amount_fen > below:  # what its own billers took
            own = _leaf(_("%s 本级") % branch.name, branch.amount_fen - below, node["url"])
            node["children"].insert(0, own)
    return node


def _leaf(name: str, fen: int, url: str) -> Option:
    told = short_yuan(fen)
    return {"name": name, "value": fen // 100, "url": url, "label": {"formatter": f"{name}\n{told}"},
            "upperLabel": {"formatter": f"{name}  {told}"}, "tooltip": {"formatter": f"{name}  ¥{told}"}}  # fmt: skip


def institution_url(branch: Branch, found: Figures, doors: ListDoors) -> str:
    """The billers of an institution and of those below it."""
    period = found.period
    return doors.statistics(period.since, period.until, "biller", institution=branch.pk) if branch.pk else ""


def category(names: Iterable[str]) -> Option:
    return {"type": "category", "data": list(names)}


def success(figure: Figure | None) -> str | None:
    """The share taken of what could be done."""
    return f"{percent(figure.success_bp)} %" if figure and figure.success_bp is not None else None


def hour_of(at: datetime) -> str:
    return f"{timezone.localtime(at):%H}"


def minute_of(at: datetime) -> str:
    return f"{timezone.localtime(at):%H:%M}"


def _time_of(row: Figure) -> str:
    at = row.key[0]
    return hour_of(at) if isinstance(at, datetime) else f"{at:%m-%d}"


def _codes_url(found: Figures, row: Figure, doors: ListDoors) -> str:
    """The result codes of the clock's day or hour that the bar stands for."""
    at = row.key[0]
    if isinstance(at, datetime):
        day = timezone.localdate(at)
        return doors.statistics(day, day, "code", hour=timezone.localtime(at).hour)
    return doors.statistics(at, at, "code")


def _count(row: Total | None) -> int | None:
    return row.payments if row else None


def _bar(row: Total | None, url: str) -> Option:
    return {"value": row.payments, "url": url} if row and row.payments else {"value": None}
