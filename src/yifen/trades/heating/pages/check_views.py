"""A building door by door, whom somebody is sent to; a stop that is warm."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from yifen.core.access.doors import allow
from yifen.core.access.edge import access_of, now
from yifen.core.access.telling import put, say
from yifen.core.facts.codes import Code
from yifen.core.facts.refused import Refused
from yifen.core.facts.sqlfiles import queries
from yifen.face.forms import ReasonForm
from yifen.trades.heating import charging, requests
from yifen.trades.heating.pages import telling
from yifen.trades.heating.pages.forms import BuildingCheckForm, ChargeForm
from yifen.trades.heating.pages.lists import area, read
from yifen.trades.heating.pages.masking import account_shown
from yifen.trades.heating.rules import percent

_SQL = queries(__package__)
DOORS_MAX = 1_000


@allow("heating.view")
def heating_building(request: HttpRequest, place_id: int) -> HttpResponse:
    """GET the doors; POST sends somebody to all that have heat and have not paid, and all that are stopped."""
    access, today = access_of(request), localdate(now())
    rows = read(_SQL["building"], {"building": place_id}) if place_id < 2**62 else []
    if not rows or not access.scope.has_partner(rows[0][1]):
        raise Http404
    path, biller = rows[0]
    seasons = dict(read(_SQL["building_seasons"], {"biller": biller, "today": today}))
    may = access.may("heating.ask") and bool(seasons)
    form = BuildingCheckForm(request.POST or None)
    if request.method == "POST" and may and form.is_valid():
        try:
            with transaction.atomic():
                count = sum(requests.check(access, season, place_id, form.cleaned_data["due"], now())
                            for season in seasons)  # fmt: skip
        except Refused as refused:
            put(request, form, refused, "due")
        else:
            messages.success(request, _("已派检查：%(count)s 户") % {"count": count})
            return redirect("heating_building", place_id)
    asked = {"building": place_id, "today": today, "seasons": list(seasons), "most": DOORS_MAX + 1}
    found = read(_SQL["building_doors"], asked)
    return render(request, "console/heating/building.html", {
        "path": path, "season": ", ".join(seasons.values()), "form": form, "may": may,
        "doors": telling.doors(found[:DOORS_MAX], access), "cut_at": DOORS_MAX if len(found) > DOORS_MAX else 0,
        "breadcrumbs": [{"title": _("开栓未缴"), "url": reverse("heating_unpaid")}, {"title": path}],
    })  # fmt: skip


@allow("heating.view")
def heating_stop(request: HttpRequest, share_id: int) -> HttpResponse:
    """A stop; POST: from a day on it is charged whole again, put before a second person."""
    access = access_of(request)
    try:
        stop = charging.found(share_id, None) if share_id < 2**62 else None
    except Refused:
        stop = None
    if stop is None or not access.scope.has_partner(stop.biller_id):
        raise Http404
    may = access.may("heating.decide") and stop.is_warm
    spare = ReasonForm(prefix="spare") if may and not stop.is_spared else None
    form = ChargeForm(request.POST or None, initial={"day": stop.seen_on or stop.from_on})
    if request.method == "POST" and may and form.is_valid():
        given = form.cleaned_data
        try:
            row = charging.propose(access, share_id, given["day"], given["reason"], now())
        except Refused as refused:
            put(request, form, refused, "day")
        else:
            return redirect("proposal", row.pk)
    facts: list[dict[str, Any]] = [
        {"title": _("收费单位"), "text": stop.biller_name},
        {"title": _("户号"), "text": account_shown(access, stop.account_no),
         "url": reverse("heating_flat", args=[stop.service_id])},
        {"title": _("地址"), "text": stop.place},
        {"title": _("采暖季"), "text": stop.season},
        {"title": _("停供"), "text": f"{stop.from_on} – {stop.to_on}"},
        {"title": _("基本费比例"), "text": percent(stop.permille)},
        {"title": _("检查见热"), "text": str(stop.seen_on) if stop.seen_on else None},
        {"title": _("表计走数"), "text": area(stop.moved_milli)},
        {"title": _("处理"), "text": _("不追收") if stop.is_spared else None},
    ]  # fmt: skip
    return render(request, "console/heating/stop.html", {
        "facts": facts, "form": form, "may": may, "bill_id": stop.bill_id, "spare": spare, "share_id": share_id,
        "breadcrumbs": [{"title": _("停供用热"), "url": reverse("heating_warm")}, {"title": stop.place}],
    })  # fmt: skip


@allow("heating.decide")
@require_POST
def heating_spare(request: HttpRequest, share_id: int) -> HttpResponse:
    """It is not charged again, with the reason: put before a second person."""
    form = ReasonForm(request.POST, prefix="spare")
    try:
        if share_id >= 2**62:
            raise Http404
        row = charging.propose_to_spare(access_of(request), share_id,
                                        form.cleaned_data["reason"] if form.is_valid() else "", now())  # fmt: skip
    except Refused as refused:
        if refused.code is Code.OUT_OF_SCOPE:
            raise Http404 from None
        say(request, refused)
        return redirect("heating_stop", share_id)
    return redirect("proposal", row.pk)
