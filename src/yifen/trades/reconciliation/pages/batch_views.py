"""Many differences of one class at once: proposed together, decided together, each an act of its own."""

from collections.abc import Callable
from typing import Any

import psycopg
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from msgspec.structs import asdict

from yifen.core.access.doors import allow
from yifen.core.access.edge import access_of, now, user_of
from yifen.core.access.telling import say
from yifen.core.access.telling import words as refusal
from yifen.core.facts.refused import Refused
from yifen.core.jobs.defer import defer
from yifen.face import words as said
from yifen.face.lists.listing import ListAsk
from yifen.face.lists.paging import page
from yifen.face.plain import plain_connection
from yifen.trades.reconciliation import jobs
from yifen.trades.reconciliation.pages import item, words
from yifen.trades.reconciliation.pages.forms import ActForm
from yifen.trades.reconciliation.pages.item_views import action_of, note_of
from yifen.trades.reconciliation.pages.items_list import DIFFERENCES
from yifen.trades.reconciliation.repair import operations
from yifen.trades.reconciliation.repair.words import Difference

MOST = 200
Connection = psycopg.Connection[Any]
FILTERS = ("partner", "kind", "since", "until")


@allow("reconciliation.view")
def differences_batch(request: HttpRequest) -> HttpResponse:
    """Open ones of one class to be proposed (?state=open), proposed ones to be decided."""
    access = access_of(request)
    asked = request.GET.copy()
    if asked.get("kind") not in {kind.value for kind in Difference}:
        asked["kind"] = Difference.OURS_ONLY.value
    if asked.get("state") not in ("open", "proposed"):
        asked["state"] = "open"
    form = DIFFERENCES.form(asked, access, now())
    rows: list[Any] = []
    is_cut = False
    if form.is_valid():
        order = DIFFERENCES.orders["deadline"]
        ask = ListAsk(access, form.now, form.cleaned_data, order, order.descending, limit=MOST)
        found = page(DIFFERENCES, ask)
        is_cut = found.older is not None
        rows = [asdict(row) | {"action_name": said.word(words.ACTIONS, row.action or "")}
                for row in found.rows]  # fmt: skip
    for name in ("owner", "late", "serial"):
        del form.fields[name]
    return render(request, "console/recon/batch.html", {
        "breadcrumbs": [{"title": _("差异"), "url": reverse("differences")}, {"title": _("批量处理")}],
        "form": form, "rows": rows, "is_cut": is_cut, "most": MOST, "reset_url": request.path,
        "kind": asked["kind"], "kind_name": said.word(words.CLASSES, str(asked["kind"])),
        "state": asked["state"], "act_form": ActForm(), "login": access.user and access.user.login,
        "sum_fen": sum(row["sum_fen"] for row in rows), "query": request.GET.urlencode(),
    })  # fmt: skip


def chosen(request: HttpRequest) -> list[int]:
    """The ticked items; 404 for what is no number, or for too many."""
    found = request.POST.getlist("item")
    if len(found) > MOST or not all(text.isascii() and text.isdigit() for text in found):
        raise Http404
    return [int(text) for text in dict.fromkeys(found)]


def each(
    request: HttpRequest, act: Callable[[Connection, int], None], done_text: str
) -> HttpResponse:
    """The act on each of the chosen ones, all of one class and in scope; those that are refused
    are told, the others stand."""
    done, refused_ones = 0, []
    numbers = chosen(request)
    with plain_connection() as conn:
        kinds = {item.in_scope(request, conn, number).kind for number in numbers}
        if len(kinds) > 1:
            raise Http404
        for number in numbers:
            try:
                act(conn, number)
                done += 1
            except Refused as refused:
                refused_ones.append((number, refused))
    if done:
        messages.success(request, done_text % done)
    if refused_ones:
        number, first = refused_ones[0]
        messages.warning(request, _("%(n)s 笔未办，例如 %(item)s：%(why)s") % {
            "n": len(refused_ones), "item": number, "why": refusal(request, first)})  # fmt: skip
    query = request.POST.get("query", "")[:500]
    return redirect(reverse("differences_batch") + (f"?{query}" if query else ""))


@allow("repair.propose")
@require_POST
def differences_propose(request: HttpRequest) -> HttpResponse:
    """POST item (several), action, note: the same proposal for each."""
    login, note = user_of(request).login, note_of(request)
    try:
        action = action_of(request)
    except Refused as refused:
        say(request, refused)
        return redirect("differences_batch")

    def act(conn: Connection, number: int) -> None:
        operations.propose(conn, number, action, login, note, now())

    return each(request, act, _("已提出 %s 笔，待另一人复核"))


@allow("repair.approve")
@require_POST
def differences_decide(request: HttpRequest) -> HttpResponse:
    """POST item (several), granted=1|0: what is approved the night's process carries out."""
    login, granted, note = user_of(request).login, request.POST.get("granted") == "1", note_of(request)
    approved: list[int] = []

    def act(conn: Connection, number: int) -> None:
        operations.decide(conn, number, granted, login, now(), note)
        approved.append(number)

    answer = each(request, act, _("已复核 %s 笔，已交夜间作业办理") if granted else _("已退回 %s 笔"))
    if granted and approved:
        defer(jobs.REPAIR, items=approved, who=login)
    return answer
