"""Pipes: made, changed, switched off, and a new secret, on the screen this once."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from yifen.core.access import edge
from yifen.core.access.doors import allow, fresh
from yifen.core.access.edge import access_of, key_ring_of
from yifen.core.access.models import Authorisation
from yifen.core.access.second import open_proposal
from yifen.core.access.telling import put, say
from yifen.core.facts.refused import Refused
from yifen.face import shown_once
from yifen.face.forms import ReasonForm, say_lost
from yifen.face.lists.selecting import one
from yifen.trades.pipes.models import Pipe
from yifen.trades.pipes.operations import keeping, running
from yifen.trades.pipes.pages import telling
from yifen.trades.pipes.pages.fetched import of_fetching
from yifen.trades.pipes.pages.lists import PIPES
from yifen.trades.pipes.pages.ways import WAYS, edit_form, new_form


@allow("pipes.view")
def pipe(request: HttpRequest, number: int) -> HttpResponse:
    """How it stands, its last tries, and its last 24 hours; a secret that was just made, this once."""
    secret = {"secret": shown_once.take(request, f"pipe {number}")}
    return render(request, "console/pipes/pipe.html", shown(request, number) | secret)


@allow("pipes.edit")
def pipe_new(request: HttpRequest) -> HttpResponse:
    """GET asks for the way, then (`kind`) for what fits it; POST makes it, of a live partner once a second person
    agrees."""
    kind = (request.POST or request.GET).get("kind", "")
    if kind not in WAYS:
        return render(request, "console/pipes/ways.html", {"ways": WAYS})
    form = new_form(kind, request.POST or None, access_of(request))
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            made = keeping.make(access_of(request), given["partner"], given["kind"], form.terms(), edge.now())
        except Refused as refused:
            put(request, form, refused)
        else:
            return _done(request, made)
    say_lost(form)
    return render(request, "console/pipes/edit.html", {"form": form, "way": WAYS[kind]})


@allow("pipes.edit")
def pipe_edit(request: HttpRequest, number: int) -> HttpResponse:
    """GET the form; POST changes it, of a live partner once a second person agrees; it is on from then."""
    row = found(request, number)
    form = edit_form(row, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = keeping.change(access_of(request), row, form.terms(row), edge.now())
        except Refused as refused:
            put(request, form, refused)
        else:
            return _done(request, made)
    say_lost(form)
    return render(request, "console/pipes/edit.html", {"form": form, "row": row, "waiting": waits(row)})


@allow("pipes.edit")
def pipe_off(request: HttpRequest, number: int) -> HttpResponse:
    """GET asks why; POST switches it off at once."""
    row, form = found(request, number), ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            keeping.switch_off(access_of(request), row, form.cleaned_data["reason"])
        except Refused as refused:
            put(request, form, refused)
        else:
            messages.warning(request, _("已停用；其间的事件留待重新启用后送达"))
            return redirect("pipe", number)
    return render(request, "console/pipes/off.html", {"row": row, "form": form})


@allow("pipes.run")
@require_POST
@fresh
def pipe_secret(request: HttpRequest, number: int) -> HttpResponse:
    """A new secret, shown by the page that follows and never again."""
    row = found(request, number)
    try:
        secret = running.new_secret(access_of(request), key_ring_of(request), row, edge.now())
        shown_once.keep(request, f"pipe {number}", secret)
    except Refused as refused:
        say(request, refused)
    return redirect("pipe", number)


def _done(request: HttpRequest, made: Authorisation | Pipe) -> HttpResponse:
    if isinstance(made, Authorisation):
        return redirect("proposal", made.pk)
    messages.success(request, _("已保存，立即生效"))
    return redirect("pipe", made.pk)


def found(request: HttpRequest, number: int) -> Pipe:
    """404 outside the scope."""
    if one(PIPES, access_of(request), number) is None:
        raise Http404
    return Pipe.objects.select_related("partner").get(pk=number)


def waits(row: Pipe) -> Authorisation | None:
    """What is proposed about it."""
    return open_proposal(keeping.ACT, keeping.subject(row.partner, str(row.ref)))


def shown(request: HttpRequest, number: int) -> dict[str, Any]:
    """All that its page shows."""
    listed = one(PIPES, access_of(request), number)
    if listed is None:
        raise Http404
    row, now = Pipe.objects.select_related("partner").get(pk=number), edge.now()
    return {"row": row, "waiting": waits(row), "breadcrumbs": crumbs("pipes", row.partner.code),
            **telling.of_pipe(row, listed, now), **of_fetching(row)}  # fmt: skip


def crumbs(route: str, title: str) -> list[dict[str, str]]:
    """Below a list."""
    lists = {"pipes": _("推送通道"), "pipe_deliveries": _("送达记录")}
    return [{"title": lists[route], "url": reverse(route)}, {"title": title}]
