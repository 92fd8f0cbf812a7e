"""The office's pages: a visit with its pictures, one asked for by hand, visits given to people."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from yifen.core.access.doors import Door, allow
from yifen.core.access.edge import access_of, key_ring_of, now, user_of
from yifen.core.access.telling import put, say
from yifen.core.facts.refused import Refused
from yifen.core.facts.sqlfiles import queries
from yifen.face.lists.paging import TooMuch, bounded
from yifen.face.lists.selecting import in_scope, params_of
from yifen.face.plain import plain_connection
from yifen.trades.visits import operations, rules
from yifen.trades.visits.operations import AskedByHand
from yifen.trades.visits.pages import telling
from yifen.trades.visits.pages.forms import GoerForm, NewVisitForm, VisitPlaceForm
from yifen.trades.visits.pages.listing import billers, goers, read
from yifen.trades.visits.rules import walked

_SQL = queries("yifen.trades.visits")
_SCOPE = in_scope("v.biller_id")
_PHOTO, _PLACES = _SQL["photo"].format(scope=_SCOPE), _SQL["waiting_places"].format(scope=_SCOPE)
DAYS, PLACES_MAX, SECONDS_MAX = 3, 500, 10


@allow("visits.view")
def visit(request: HttpRequest, visit_id: int) -> HttpResponse:
    """One, with what was found."""
    access = access_of(request)
    one = telling.found(access, visit_id)
    may = access.may("visits.assign") and one.is_open
    form = GoerForm(initial={"goer": one.goer_id}).offer(read(_SQL["goers_of"], (one.biller_id,))) if may else None
    return render(request, "console/visits/visit.html", {
        "visit": one, "facts": telling.facts(one, access), "form": form, "breadcrumbs": crumbs(str(visit_id)),
        "photos": read(_SQL["photos"], (visit_id,)), "may_give_up": may and one.asked_trade == "visits",
        "may_doors": access.may("visits.doors"),
    })  # fmt: skip


@allow("visits.assign")
@require_POST
def visit_assign(request: HttpRequest, visit_id: int) -> HttpResponse:
    """POST goer: who goes there."""
    one = telling.found(access_of(request), visit_id)
    form = GoerForm(request.POST).offer(read(_SQL["goers_of"], (one.biller_id,)))
    if form.is_valid():
        try:
            with plain_connection() as conn:
                operations.assign(conn, access_of(request).session, [visit_id], form.cleaned_data["goer"])
        except Refused as refused:
            say(request, refused)
        else:
            messages.success(request, _("已保存"))
    else:
        messages.error(request, " ".join(str(error) for errors in form.errors.values() for error in errors))
    return redirect("visit", visit_id)


@allow("visits.assign")
@require_POST
def visit_give_up(request: HttpRequest, visit_id: int) -> HttpResponse:
    """POST: one that was asked for by hand."""
    telling.found(access_of(request), visit_id)
    try:
        with plain_connection() as conn:
            operations.give_up(conn, access_of(request).session, visit_id, now())
    except Refused as refused:
        say(request, refused)
    return redirect("visit", visit_id)


@allow("visits.assign")
def visit_new(request: HttpRequest) -> HttpResponse:
    """A visit asked for by hand; biller and account_no may be in the address."""
    access, at = access_of(request), now()
    first = {"due_on": timezone.localdate(at) + timedelta(days=DAYS), "biller": request.GET.get("biller"),
             "account_no": request.GET.get("account_no")}  # fmt: skip
    form = NewVisitForm(request.POST or None, initial=first).offer(billers(access), goers(access))
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        asked = AskedByHand(data["biller"], data["account_no"], data["kind"], data["why"], data["due_on"], data["goer"])
        try:
            with plain_connection() as conn:
                number = operations.ask(conn, access.session, asked, at)
        except Refused as refused:
            put(request, form, refused, "account_no")
        else:
            return redirect("visit", number)
    return render(request, "console/visits/new.html", {"form": form, "breadcrumbs": crumbs(_("发起外勤"))})


@allow("visits.assign")
def visits_assign(request: HttpRequest) -> HttpResponse:
    """派工: where visits wait, and a whole community or building given to one person."""
    access = access_of(request)
    rows = waiting_places(request)
    form = VisitPlaceForm(request.POST or None).offer(place_choices(rows), goers(access))
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            with plain_connection() as conn:
                count = operations.assign_place(conn, access.session, data["place"], data["goer"],
                                                data["which"] == "untaken")  # fmt: skip
        except Refused as refused:
            put(request, form, refused, "place")
        else:
            messages.success(request, _("已派 %(count)d 件") % {"count": count})
            return redirect("visits_assign")
    return render(request, "console/visits/assign.html", {
        "form": form, "table": places_table(rows), "breadcrumbs": crumbs(_("派工")),
    })  # fmt: skip


def waiting_places(request: HttpRequest) -> list[tuple[Any, ...]]:
    """Where visits wait; none, and it is said, when they are too many to be read in time."""
    try:
        with bounded(SECONDS_MAX):
            return read(_PLACES, params_of(access_of(request), now()))
    except TooMuch:
        messages.error(request, _("外勤过多，暂时读不出来，请稍后再试"))
        return []


def place_choices(rows: list[tuple[Any, ...]]) -> list[tuple[int, str]]:
    """Communities, each before its buildings, with what waits there."""
    found: dict[int, list[Any]] = {}
    for biller, top_id, top, house_id, house, count, *_rest in rows:
        for place_id, path in {top_id: top, house_id: house}.items():
            place = found.setdefault(place_id, [f"{biller} · {path}", 0])
            place[1] += count
    order = sorted(found, key=lambda one: walked(found[one][0]))
    return [(one, f"{found[one][0]} ({found[one][1]})") for one in order]


def places_table(rows: list[tuple[Any, ...]]) -> dict[str, Any]:
    """Buildings where visits wait, as one walks."""
    shown = sorted(rows, key=lambda row: walked(f"{row[0]} {row[4]}"))
    cells = [{"cells": [{"text": house}, {"text": biller}, *({"kind": "num", "text": number} for number in counts)]}
             for biller, _top_id, _top, _house_id, house, *counts in shown[:PLACES_MAX]]  # fmt: skip
    return {
        "columns": [{"title": _("楼栋")}, {"title": _("收费单位")}, {"title": _("未完成"), "kind": "num"},
                    {"title": _("待派"), "kind": "num"}, {"title": _("已过期限"), "kind": "num"}],
        "rows": cells, "more": max(len(rows) - PLACES_MAX, 0),
    }  # fmt: skip


@allow(Door.SIGNED_IN)
def visit_photo(request: HttpRequest, visit_id: int, number: int) -> HttpResponse:
    """A picture, for who sees visits of the company, and for who took it."""
    access = access_of(request)
    asked = {"visit": min(visit_id, telling.BIGINT - 1), "number": min(number, rules.PHOTOS_MAX + 1)}
    rows = read(_PHOTO, params_of(access, now()) | asked)
    if not rows or not (access.may("visits.view") or rows[0][2] == user_of(request).login):
        raise Http404
    kind, sealed, _by = rows[0]
    body = key_ring_of(request).open(bytes(sealed), operations.photo_context(visit_id, number))
    return HttpResponse(body, content_type=kind, headers={"X-Content-Type-Options": "nosniff"})


def crumbs(title: str) -> list[dict[str, Any]]:
    return [{"title": _("外勤"), "url": reverse("visits")}, {"title": title}]
