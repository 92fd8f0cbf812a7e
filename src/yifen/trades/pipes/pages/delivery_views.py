"""Deliveries: one with its tries, sent again, one or all since a moment; a test; the kinds of events."""

from datetime import datetime, timedelta

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from yifen.core.access import edge
from yifen.core.access.doors import allow
from yifen.core.access.edge import access_of
from yifen.core.access.fields import during_our_time
from yifen.core.access.telling import put, say, told
from yifen.core.facts.codes import Code
from yifen.core.facts.refused import Refused
from yifen.core.facts.sqlfiles import queries
from yifen.face import scope as scopes
from yifen.face.lists.selecting import one
from yifen.trades.pipes.finding import PING, event_kinds, sources
from yifen.trades.pipes.models import PipeDelivery, PipeEvent
from yifen.trades.pipes.operations import running
from yifen.trades.pipes.pages import telling
from yifen.trades.pipes.pages.forms import AgainForm
from yifen.trades.pipes.pages.lists import DELIVERIES, tabs
from yifen.trades.pipes.pages.views import crumbs, found

_SQL = queries(__package__)
COUNTED = timedelta(days=7)
COUNT_DIGITS = 9


@allow("pipes.view")
def pipe_delivery(request: HttpRequest, number: int) -> HttpResponse:
    """One event down one pipe."""
    row = found_delivery(request, number)
    return render(request, "console/pipes/delivery.html", {
        "row": row, "breadcrumbs": crumbs("pipe_deliveries", str(row.pk)), **telling.of_delivery(row)})  # fmt: skip


@allow("pipes.run")
@require_POST
def delivery_again(request: HttpRequest, number: int) -> HttpResponse:
    """Send it again."""
    try:
        running.send_one_again(access_of(request), found_delivery(request, number), edge.now())
        messages.success(request, _("已排入重发"))
    except Refused as refused:
        say(request, refused)
    return redirect("pipe_delivery", number)


@allow("pipes.run")
@require_POST
def delivery_now(request: HttpRequest, number: int) -> HttpResponse:
    """What waits is tried at once."""
    row = found_delivery(request, number)
    try:
        running.try_now(access_of(request), row.pipe, edge.now(), row)
        messages.success(request, _("已排入，数秒内再试"))
    except Refused as refused:
        say(request, refused)
    return redirect("pipe_delivery", number)


@allow("pipes.run")
@require_POST
def pipe_now(request: HttpRequest, number: int) -> HttpResponse:
    """All that waits is tried at once."""
    try:
        done = running.try_now(access_of(request), found(request, number), edge.now())
        messages.success(request, ngettext("已排入 %s 条，数秒内再试", "已排入 %s 条，数秒内再试", done) % f"{done:,}")
    except Refused as refused:
        say(request, refused)
    return redirect("pipe", number)


@allow("pipes.run")
@require_POST
def pipe_ping(request: HttpRequest, number: int) -> HttpResponse:
    """A test event."""
    try:
        running.ask_ping(access_of(request), found(request, number), edge.now())
        messages.success(request, _("测试事件已排入，数秒后见下方记录"))
    except Refused as refused:
        say(request, refused)
    return redirect("pipe", number)


@allow("pipes.run")
def pipe_again(request: HttpRequest, number: int) -> HttpResponse:
    """GET asks from when on; POST counts what would be sent again; POST with that count does it."""
    row, now = found(request, number), edge.now()
    first = {"since": timezone.localtime(now - timedelta(hours=1))}
    form = AgainForm(request.POST or None, initial=first)
    shown = {"row": row, "form": form}
    if request.method == "POST" and form.is_valid():
        since, only = form.cleaned_data["since"], form.cleaned_data["given_up_only"]
        try:
            until = _until(request, now)
            if said := request.POST.get("counted"):
                done = running.send_again(access_of(request), row, since, until, only, _counted(said), now)
                messages.success(request, ngettext("已排入重发 %s 条", "已排入重发 %s 条", done) % f"{done:,}")
                return redirect("pipe", number)
            shown |= {"counted": running.count_again(row, since, until, only), "until": until.isoformat()}
        except Refused as refused:
            put(request, form, refused)
    return render(request, "console/pipes/again.html", shown)


def _until(request: HttpRequest, now: datetime) -> datetime:
    """When it was counted, as the page said; never ahead. Refused: INPUT_INVALID."""
    if not (text := request.POST.get("until")):
        return now
    try:
        said = datetime.fromisoformat(text)
        during_our_time(said)
    except (ValueError, ValidationError):
        raise Refused(Code.INPUT_INVALID, "until") from None
    if said.tzinfo is None:
        raise Refused(Code.INPUT_INVALID, "until")
    return min(said, now)


def _counted(text: str) -> int:
    """As the page said. Refused: INPUT_INVALID."""
    if not (text.isascii() and text.isdecimal() and len(text) <= COUNT_DIGITS):
        raise Refused(Code.INPUT_INVALID, "counted")
    return int(text)


@allow("pipes.view")
def pipe_events(request: HttpRequest) -> HttpResponse:
    """Every kind of event with an example, how many there were of late, and how far their sources are read."""
    access, now = access_of(request), edge.now()
    with connection.cursor() as cursor:
        cursor.execute(_SQL["counts"], scopes.params(access.scope) | {"since": now - COUNTED})
        counts = dict(cursor.fetchall())
        cursor.execute(_SQL["sources"])
        read = {source: (at, fault) for source, at, fault in cursor.fetchall()}
    kinds = [{"name": kind.name, "title": told(kind.title), "count": counts.get(kind.name, 0),
              "example": telling.body(PipeEvent(uid="", kind=kind.name, at=now, data=kind.example))}
             for kind in (*event_kinds().values(), PING)]  # fmt: skip
    behind = [(source.name, ", ".join(source.finds), *read.get(source.name, (None, ""))) for source in sources()]
    return render(request, "console/pipes/events.html",
                  {"kinds": kinds, "sources": behind if access.scope.institutions is None else [],
                   "tabs": tabs("pipe_events")})  # fmt: skip


def found_delivery(request: HttpRequest, number: int) -> PipeDelivery:
    """404 outside the scope."""
    if one(DELIVERIES, access_of(request), number) is None:
        raise Http404
    return PipeDelivery.objects.select_related("pipe__partner", "event").get(pk=number)
