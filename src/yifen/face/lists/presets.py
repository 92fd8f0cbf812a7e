"""Periods that people ask for, as links: today, this week, last month."""

from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from yifen.core.access.edge import Access
from yifen.face.lists.filters import ListFilters
from yifen.face.lists.registry import lists_by_name
from yifen.face.scope import business_day


def presets(request: HttpRequest, form: ListFilters) -> list[dict[str, Any]]:
    """For a list that asks for a period of days; they keep the other filters."""
    if not form.has_period:
        return []
    is_clock = getattr(form.fields["since"], "clock", False)
    today = timezone.localdate(form.now) if is_clock else business_day(form.access.scope, form.now)
    asked = (form.data.get("since", ""), form.data.get("until", ""))
    found = [(title, (since.isoformat(), until.isoformat())) for title, since, until in periods(today)]
    current = next((title for title, period in found if period == asked), None)
    return [{"title": title, "url": address(request, *period), "current": title == current}
            for title, period in found]  # fmt: skip


class HandyPeriods(NamedTuple):
    """A list, and the periods of it that people report: each what it is called and its address."""

    title: Any
    periods: list[tuple[str, str]]


def handy(access: Access, now: datetime) -> list[HandyPeriods]:
    """Yesterday, this month and last month of each handy list that this person may export: two clicks to the file."""
    found = [one for one in lists_by_name().values()
             if one.handy and access.may(one.permission) and access.may(one.export)]  # fmt: skip
    if not found:
        return []
    ready = reported(business_day(access.scope, now))
    return [HandyPeriods(one.title, [(title, f"{reverse(one.name)}?since={first}&until={last}")
                                     for title, first, last in ready]) for one in found]  # fmt: skip


def reported(today: date) -> list[tuple[str, date, date]]:
    """Of the periods those of which reports are made."""
    _today, yesterday, _week, month, last_month, _year = periods(today)
    return [yesterday, month, last_month]


def since(request: HttpRequest, form: ListFilters) -> dict[str, Any] | None:
    """A period of which only the first day is asked; it ends as the list ends by itself: today, or never."""
    if not form.has_period:
        return None
    kept = [(name, value) for name, values in request.GET.lists() for value in values
            if name not in ("since", "until", "after", "before")]  # fmt: skip
    is_open = not request.GET.get("until")
    return {"kept": kept, "day": form.data.get("since", "") if is_open else ""}


def periods(today: date) -> list[tuple[str, date, date]]:
    """Each with its first and last day."""
    yesterday = today - timedelta(days=1)
    month = today.replace(day=1)
    before = month - timedelta(days=1)
    return [
        (_("今天"), today, today),
        (_("昨天"), yesterday, yesterday),
        (_("本周"), today - timedelta(days=today.weekday()), today),
        (_("本月"), month, today),
        (_("上月"), before.replace(day=1), before),
        (_("今年以来"), today.replace(month=1, day=1), today),
    ]


def address(request: HttpRequest, since: str, until: str) -> str:
    """This list of that period, from its first page."""
    asked = request.GET.copy()
    for name in ("after", "before"):
        asked.pop(name, None)
    asked["since"], asked["until"] = since, until
    return f"{request.path}?{asked.urlencode()}"
