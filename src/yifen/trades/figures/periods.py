"""Periods 期间 of reports: fixed days, or relative to today; and those beside them. Both ends count."""

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import NamedTuple

from yifen.core.facts.plug import Text
from yifen.core.facts.refused import Refused
from yifen.trades.figures.codes import FigureCode

YEARS_MAX = 10
ONE_DAY = timedelta(days=1)


class ReportSpan(NamedTuple):
    """Days, both ends."""

    since: date
    until: date


RELATIVE = {
    "today": Text("今天", "Today"),
    "yesterday": Text("昨天", "Yesterday"),
    "this_week": Text("本周", "This week"),
    "last_week": Text("上周", "Last week"),
    "this_month": Text("本月", "This month"),
    "last_month": Text("上月", "Last month"),
    "this_season": Text("本采暖年度", "This heating year"),
    "last_season": Text("上采暖年度", "Last heating year"),
    "this_year": Text("今年", "This year"),
    "last_year": Text("去年", "Last year"),
}
FIXED = "days"
COMPARED = {
    "": Text("不比较", "None"),
    "before": Text("上期", "The period before"),
    "year": Text("去年同期", "A year ago"),
}


def span(
    kind: str, today: date, since: date | None = None, until: date | None = None, seasons: Sequence[ReportSpan] = ()
) -> ReportSpan:
    """The days of a period; `seasons`: heating years as `heating_years` tells them. Refused: PERIOD_TOO_LONG,
    REPORT_WRONG."""
    if kind == FIXED:
        if since is None or until is None or until < since or until.year - since.year > YEARS_MAX:
            raise Refused(FigureCode.PERIOD_TOO_LONG, "until")
        return ReportSpan(since, until)
    if kind not in RELATIVE:
        raise Refused(FigureCode.REPORT_WRONG, "period")
    if kind in ("today", "yesterday"):
        day = today - ONE_DAY * (kind == "yesterday")
        return ReportSpan(day, day)
    now = _around(kind.partition("_")[2], today, seasons)
    return _around(kind.partition("_")[2], now.since - ONE_DAY, seasons) if kind.startswith("last") else now


def heating_years(spans: Sequence[ReportSpan]) -> Sequence[ReportSpan]:
    """Each from the day behind the heat of one season to the last day of heat of the next, so that what was billed
    before the season is in its year. Companies whose seasons differ have none in common: then it is July to June."""
    ordered = sorted(set(spans))
    apart = all(one.until < following.since for one, following in pairwise(ordered))
    return ordered if apart else ()


def _around(unit: str, day: date, seasons: Sequence[ReportSpan]) -> ReportSpan:
    """The week, month, season or year that holds this day."""
    if unit == "week":
        monday = day - ONE_DAY * day.weekday()
        return ReportSpan(monday, monday + 6 * ONE_DAY)
    if unit == "month":
        first = day.replace(day=1)
        return ReportSpan(first, (first + 31 * ONE_DAY).replace(day=1) - ONE_DAY)
    if unit == "season":
        if (found := next((one for one in seasons if one.since <= day <= one.until), None)) is not None:
            return found
        year = day.year if day.month >= 7 else day.year - 1
        return ReportSpan(date(year, 7, 1), date(year + 1, 6, 30))
    return ReportSpan(date(day.year, 1, 1), date(day.year, 12, 31))


def compared(kind: str, found: ReportSpan, how: str, seasons: Sequence[ReportSpan] = ()) -> ReportSpan:
    """The period that it is held against. A part of a week, month, season or year that has only begun is held against
    all of the one before."""
    if how == "year":
        return ReportSpan(a_year_before(found.since), a_year_before(found.until))
    last = found.since - ONE_DAY
    if kind != FIXED and kind not in ("today", "yesterday"):
        return _around(kind.partition("_")[2], last, seasons)
    return ReportSpan(last - (found.until - found.since), last)


def a_year_before(day: date) -> date:
    """The same day; of 29 February the 28th, and the end of a month stays one."""
    ends_month = (day + ONE_DAY).day == 1
    try:
        found = day.replace(year=day.year - 1)
    except ValueError:
        return day.replace(year=day.year - 1, day=28)
    return (found.replace(day=1) + 31 * ONE_DAY).replace(day=1) - ONE_DAY if ends_month else found
