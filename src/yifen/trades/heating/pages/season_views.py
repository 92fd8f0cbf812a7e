"""Seasons 采暖季: one is told, a new one is put before a second person."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from yifen.core.access.doors import allow
from yifen.core.access.edge import access_of, now
from yifen.core.access.second import Said
from yifen.core.access.telling import put, told
from yifen.core.facts.plug import Text
from yifen.core.facts.refused import Refused
from yifen.face.lists.selecting import one
from yifen.trades.heating import seasons
from yifen.trades.heating.pages.forms import CityForm, SeasonForm
from yifen.trades.heating.pages.lists import SEASONS, season_fees
from yifen.trades.heating.rules import CITIES, Term, season_of
from yifen.trades.heating.seasons import TITLES, Season


@allow("heating.view")
def heating_season(request: HttpRequest, season_id: int) -> HttpResponse:
    """One, with its terms."""
    row = one(SEASONS, access_of(request), season_id)
    if row is None:
        raise Http404
    season = seasons.in_force(season_id)
    said = seasons.said(season)
    facts = [{"title": _("收费单位"), "text": row.biller}, {"title": _("费种"), "text": row.fee},
             *({"title": told(title), "text": worded(said[field])} for field, title in TITLES.items()),
             {"title": _("停供户数"), "text": f"{row.stops:,}"}]  # fmt: skip
    return render(request, "console/heating/season.html", {
        "season": season, "facts": facts, "breadcrumbs": crumbs(season["name"]),
        "may": access_of(request).may("heating.seasons"),
    })  # fmt: skip


def worded(said: Said) -> str:
    return told(said) if isinstance(said, Text) else str(said)


@allow("heating.seasons")
def heating_season_new(request: HttpRequest) -> HttpResponse:
    """GET with a city and a year, or with a season: filled so; POST puts it before a second person."""
    access = access_of(request)
    form = SeasonForm(request.POST or None, initial=_initial(request))
    form.fields["fee"].choices = [("", _("请选择")), *season_fees(access)]  # type: ignore[attr-defined]
    if request.method == "POST" and form.is_valid():
        asked = dict(form.cleaned_data)
        reason, fee, terms = asked.pop("reason"), asked.pop("fee"), asked.pop("terms")
        try:
            season = Season(fee_id=fee, terms=tuple(terms), season_id=_replaced(request), **asked)
            row = seasons.propose(access, season, now(), reason)
        except Refused as refused:
            put(request, form, refused, "fee")
        else:
            return redirect("proposal", row.pk)
    year = localdate(now()).year
    return render(request, "console/heating/season_new.html", {
        "form": form, "city": CityForm(initial={"year": request.GET.get("year") or year,
                                                "city": request.GET.get("city")}),
        "cities": [(told(city.name), city.source) for city in CITIES], "breadcrumbs": crumbs(_("新采暖季")),
    })  # fmt: skip


def _replaced(request: HttpRequest) -> int | None:
    """Which season it takes the place of; that it is his own says the database."""
    number = request.GET.get("season", "")
    return int(number) if number.isascii() and number.isdigit() and len(number) < 10 else None


def _initial(request: HttpRequest) -> dict[str, Any]:
    if (number := _replaced(request)) and one(SEASONS, access_of(request), number):
        season = seasons.in_force(number)
        terms = [Term(term["permille"], term["class"], term["region"]) for term in season["terms"]]
        return season | {"fee": season["fee_id"], "terms": terms}
    city = next((one for one in CITIES if one.key == request.GET.get("city")), None)
    form = CityForm(request.GET)
    if city is None or not form.is_valid():
        return {}
    begins, ends, asked = season_of(city, form.cleaned_data["year"])
    return {"name": f"{begins.year}–{ends.year}", "from_on": begins, "to_on": ends, "heated_from": begins,
            "heated_to": ends, "ask_until": asked, "terms": [Term(city.permille)], "reason": city.source}  # fmt: skip


def crumbs(title: str) -> list[dict[str, Any]]:
    return [{"title": _("采暖季"), "url": reverse("heating_seasons")}, {"title": title}]
