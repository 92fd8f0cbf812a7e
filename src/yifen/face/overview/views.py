"""The dashboard 总览: how the business day, week or month goes, refreshed by itself."""

from datetime import date
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from yifen.core.access.doors import allow
from yifen.core.access.edge import access_of, now
from yifen.core.partners.models import Partner
from yifen.face import scope
from yifen.face.lists.filters import DayField, ListFilters
from yifen.face.lists.paging import TooMuch
from yifen.face.overview import charts, tables
from yifen.face.overview.doors import ListDoors
from yifen.face.overview.figures import Figures, figures
from yifen.face.overview.period import By
from yifen.face.overview.tree import branches, flat
from yifen.face.overview.words import BY

Shown = dict[str, Any]


class DashboardFilters(ListFilters):
    """A day, or its week or month; the open business day when none is named."""

    by = forms.ChoiceField(required=False, choices=list(BY.items()), widget=forms.HiddenInput())
    day = DayField(_("会计日期"))

    def first_value(self, name: str) -> Any:
        if name == "day":
            return scope.business_day(self.access.scope, self.now)
        return "day" if name == "by" else super().first_value(name)


@allow("dashboard.view")
def dashboard(request: HttpRequest) -> HttpResponse:
    """The figures in scope; polled with X-Yifen-Poll, which keeps no session alive."""
    access = access_of(request)
    form = DashboardFilters(request.GET, access, now())
    asked = form.cleaned_data if form.is_valid() else {}
    by: By = asked.get("by") or "day"
    try:
        found = figures(access.scope, now, by, asked.get("day"))
    except TooMuch:
        return render(request, "console/dashboard.html", {"too_much": True, "form": form})
    doors, names = ListDoors(access), dict(Partner.objects.values_list("pk", "name"))
    grown = branches(found.by(2), access.scope)
    return render(request, "console/dashboard.html", {
        "figures": found,
        "form": form,
        "days_said": days_said(found.period.since, found.period.until),
        "clock_said": days_said(*found.clock),
        "tabs": tabs(found),
        "before_url": address(found.period.before),
        "after_url": address(found.period.after),
        "totals": tables.totals(found, doors),
        "compared": tables.compared_table(found, address),
        "charts": shown_charts(found, names, doors),
        "tree_chart": charts.tree_map(grown, found, doors) if grown else None,
        "channels": tables.partners_table(found, "channel", names, doors),
        "billers": tables.partners_table(found, "biller", names, doors),
        "institutions": tables.tree_table(flat(grown), found, doors),
        "statistics_url": doors.statistics(found.period.since, found.period.until, "biller"),
    })  # fmt: skip


def shown_charts(found: Figures, names: dict[int, str], doors: ListDoors) -> dict[str, Shown]:
    """Each with its option and the rows of the table behind it; those without data are left out."""
    made = {
        "payments": charts.payments(found, doors) if found.cells else None,
        "buckets": charts.buckets(found, doors) if found.buckets else None,
        "outcomes": charts.outcomes(found, doors) if found.charges_by_time else None,
        "latency": charts.latency(found, doors) if found.charges_by_time else None,
        "heat": charts.heat(found, names, doors) if found.cells else None,
    }
    return {name: {"option": both[0], "rows": both[1]} for name, both in made.items() if both}


def days_said(since: date, until: date) -> str:
    """One day, or the first and the last."""
    return f"{since}" if since == until else f"{since} — {until}"


def tabs(found: Figures) -> list[Shown]:
    """The same day as a day, in its week, in its month."""
    day = found.period.open_day if found.is_open else found.period.until
    return [{"title": title, "url": f"{reverse('dashboard')}?by={by}" + ("" if found.is_open else f"&day={day}"),
             "current": by == found.period.by} for by, title in BY.items()]  # fmt: skip


def address(period: Any) -> str:
    """The dashboard of another period; empty: there is none."""
    return f"{reverse('dashboard')}?by={period.by}&day={period.since}" if period else ""
