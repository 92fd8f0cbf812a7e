"""The business day (会计日期): which day a wall-clock moment belongs to, and the way back."""

import re
import unicodedata
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from yifen.core.facts.bilingual import Bilingual

ZONE = ZoneInfo("Asia/Shanghai")
"""The business clock: where a book says nothing else, days and hours are this zone's."""
FIRST_DAY, LAST_DAY = date(1990, 1, 1), date(2199, 12, 31)  # that people may type

_MIDNIGHT = time(0, 0)
_COMPACT = re.compile(r"[0-9]{8}")
_DASHED = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_NO_YEAR = re.compile(r"[0-9]{10}")
_TYPED = re.compile(r"(?:([0-9]{4})[-/.年])?([0-9]{1,2})[-/.月]([0-9]{1,2})日?")


class DayError(ValueError):
    """The text or moment does not give a business day; its one argument is Bilingual."""


def business_day(moment: datetime, cut_off: time) -> date:
    """The business day of a local wall-clock moment: at or after the cut-off (日切) it is the next.

    A cut-off of 00:00 means the end of the calendar day (24:00), so nothing moves.
    An aware moment is read in its own zone: convert it to local time first.
    Raises DayError past the last day of the calendar.
    """
    if cut_off == _MIDNIGHT or moment.time() < cut_off.replace(tzinfo=None):
        return moment.date()
    return _shifted(moment.date(), 1)


def moment_in_day(
    mmdd_hhmmss: str, day: date, cut_off: time, slack: timedelta = timedelta(0)
) -> datetime:
    """Give the year to a time without one ("0718215916") so that it falls in that business day.

    `slack` (less than a day) widens the day at both ends: a switch that cuts at 23:00 by its own
    clock does not cut at 23:00:00 by the sender's. Raises DayError when the text is no time or
    lies outside the day.
    """
    if not _NO_YEAR.fullmatch(mmdd_hhmmss):
        raise DayError(Bilingual("不是 MMDDhhmmss 的时间：“{}”", "not a time MMDDhhmmss: {!r}", mmdd_hhmmss))
    for near in (day, _shifted(day, -1), _shifted(day, 1)):
        if f"{near:%m%d}" == mmdd_hhmmss[:4]:
            moment = datetime.combine(near, _clock(mmdd_hhmmss[4:]))
            if _touches(moment, day, cut_off, slack):
                return moment
    raise DayError(Bilingual("{} 不在会计日期 {} 之内（日切 {:%H:%M}）",
                             "{} is outside business day {} (cut-off {:%H:%M})",
                             mmdd_hhmmss, day, cut_off))  # fmt: skip


def parse_day(text: str) -> date:
    """The date of "20170718" or "2017-07-18"; DayError for anything else."""
    if not (_COMPACT.fullmatch(text) or _DASHED.fullmatch(text)):
        raise DayError(Bilingual("不是 yyyyMMdd 或 yyyy-MM-dd 的日期：“{}”",
                                 "not a day yyyyMMdd or yyyy-MM-dd: {!r}", text[:20]))  # fmt: skip
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise DayError(Bilingual("没有这一天：“{}”", "no such day: {!r}", text)) from error


def typed_day(text: str, since: date | None = None) -> date:
    """The date as people type or paste it: "2026-12-15", "2026/12/5", "20261215", "2026年12月15日", full-width too;
    of one without a year ("12月15日") the first from `since` on, where that is given. DayError for anything else."""
    plain = "".join(unicodedata.normalize("NFKC", text[:40]).split())
    found = _TYPED.fullmatch(plain)
    if found is None:
        return parse_day(plain)
    year, month, day = found[1], int(found[2]), int(found[3])
    if year is None and since is None:
        raise DayError(Bilingual("日期没有年份：“{}”", "a day without its year: {!r}", plain))
    for near in (int(year),) if year else range(since.year, since.year + 9):  # type: ignore[union-attr]
        try:
            on = date(near, month, day)
        except ValueError:
            continue  # 29 February of another year
        if year or on >= since:  # type: ignore[operator]
            return on
    raise DayError(Bilingual("没有这一天：“{}”", "no such day: {!r}", plain))


def _touches(moment: datetime, day: date, cut_off: time, slack: timedelta) -> bool:
    earliest = business_day(moment - slack, cut_off)
    latest = business_day(moment + slack, cut_off)
    return earliest <= day <= latest


def _clock(hhmmss: str) -> time:
    try:
        return time(int(hhmmss[:2]), int(hhmmss[2:4]), int(hhmmss[4:]))
    except ValueError as error:
        raise DayError(Bilingual("没有这个时刻：“{}”", "no such time of day: {!r}", hhmmss)) from error


def _shifted(day: date, days: int) -> date:
    try:
        return day + timedelta(days=days)
    except OverflowError as error:
        raise DayError(Bilingual("{} 没有相邻的日期", "{} has no neighbour day", day)) from error
