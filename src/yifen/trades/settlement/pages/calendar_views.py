"""The settlement calendar: a month of working days, holidays and make-up days, with their sums."""

from calendar import Calendar as Weeks
from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from yifen.core.access.doors import allow
from yifen.core.access.edge import access_of, now
from yifen.core.access.scope import Scope
from yifen.core.access.telling import say
from yifen.core.audit.record import act
from yifen.core.facts.refused import Refused
from yifen.face import scope as scopes
from yifen.trades.settlement.calendar import Calendar
from yifen.trades.settlement.models import CalendarDay
from yifen.trades.settlement.operations import calendar_days
from yifen.trades.settlement.pages.forms import DayKindForm

Shown = dict[str, Any]
_SETTLED = """SELECT business_day, sum(moved_fen)::bigint FROM settlement
WHERE business_day BETWEEN %(first)s AND %(last)s
    AND (%(all)s OR biller_id = ANY (%(partners)s::integer[])) GROUP BY business_day"""
_PAID = """SELECT due_on, sum(amount_fen)::bigint FROM payout
WHERE due_on BETWEEN %(first)s AND %(last)s AND state = 'done'
    AND (%(all)s OR biller_id = ANY (%(partners)s::integer[])) GROUP BY due_on"""


@allow("settlement.view")
def calendar(request: HttpRequest) -> HttpResponse:
    """One month, ?month=2026-11; this one when none is named."""
    first = month_of(request.GET.get("month", "")) or timezone.localdate(now()).replace(day=1)
    weeks = Weeks().monthdatescalendar(first.year, first.month)
    days = days_of(access_of(request).scope, weeks[0][0], weeks[-1][-1])
    today = timezone.localdate(now())
    week = week_of(request.GET.get("week", ""), weeks, today)
    return render(request, "console/settle/calendar.html", {
        "first": first, "earlier": first - timedelta(days=1), "later": first + timedelta(days=31),
        "weeks": [[days[day] | {"other": day.month != first.month} for day in week] for week in weeks],
        "form": DayKindForm(initial={"day": first}), "today": today, "week": week,
        "week_before": weeks[week][0] - timedelta(days=1), "week_after": weeks[week][-1] + timedelta(days=1),
    })  # fmt: skip


def week_of(text: str, weeks: list[list[date]], today: date) -> int:
    """Which week of the month a phone shows, ?week=2026-11-25: that of the day, else of today, else the first."""
    try:
        day = date.fromisoformat(text[:10])
    except ValueError:
        day = today
    return next((number for number, week in enumerate(weeks) if day in week), 0)


def month_of(text: str) -> date | None:
    """The first of a month; None for no month, or one at the edge of time."""
    try:
        found = date.fromisoformat(f"{text[:7]}-01")
    except ValueError:
        return None
    return found if 2000 <= found.year <= 2100 else None


def days_of(scope: Scope, first: date, last: date) -> dict[date, Shown]:
    """Each day: what it is, what was settled of it, what was paid on it."""
    named = CalendarDay.objects.in_bulk([first + timedelta(days=n) for n in range((last - first).days + 1)])
    kinds = Calendar({day: row.kind for day, row in named.items()})
    params = scopes.params(scope) | {"first": first, "last": last}
    with connection.cursor() as cursor:
        cursor.execute(_SETTLED, params)
        settled = dict(cursor.fetchall())
        cursor.execute(_PAID, params)
        paid = dict(cursor.fetchall())
    return {
        day: {"day": day, "works": kinds.is_working_day(day), "row": named.get(day),
              "settled_fen": settled.get(day), "paid_fen": paid.get(day)}
        for day in (first + timedelta(days=n) for n in range((last - first).days + 1))
    }  # fmt: skip


@allow("calendar.edit")
@require_POST
def calendar_day(request: HttpRequest) -> HttpResponse:
    """POST day, kind (empty: as its weekday says), name."""
    form = DayKindForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("请填写日期"))
        return redirect("calendar")
    data = form.cleaned_data
    try:
        if data["kind"]:
            calendar_days.put(data["day"], data["kind"], data["name"])
        else:
            calendar_days.remove(data["day"])
    except Refused as refused:
        say(request, refused)
    else:
        act(connection, "change", "calendar_day", str(data["day"]),
            after={"kind": data["kind"], "name": data["name"]})  # fmt: skip
        messages.success(request, _("日历已保存"))
    return redirect(reverse("calendar") + f"?month={data['day']:%Y-%m}")
