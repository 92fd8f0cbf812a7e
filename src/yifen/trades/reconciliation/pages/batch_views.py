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

from yifen.core.access import second
from yifen.core.access.doors import allow
from yifen.core.access.edge import access_of, now
from yifen.core.access.models import Authorisation
from yifen.core.access.telling import say
from yifen.core.access.telling import words as refusal
from yifen.core.facts.refused import Refused
from yifen.face import words as said
from yifen.face.lists.listing import ListAsk
from yifen.face.lists.paging import page
from yifen.face.plain import plain_connection
from yifen.trades.reconciliation.codes import RepairCode
from yifen.trades.reconciliation.pages import item, words
from yifen.trades.reconciliation.pages.forms import ActForm
from yifen.trades.reconciliation.pages.item_views import action_of, note_of
from yifen.trades.reconciliation.pages.items_list import DIFFERENCES
from yifen.trades.reconciliation.repair import deciding
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
        seen = shown([row.item_id for row in found.rows])
        rows = [asdict(row) | {"action_name": said.word(words.ACTIONS, row.action or ""),
                               "seen": seen.get(row.item_id, "")} for row in found.rows]  # fmt: skip
    for name in ("owner", "late", "serial"):
        del form.fields[name]
    return render(request, "console/recon/batch.html", {
        "breadcrumbs": [{"title": _("差异"), "url": reverse("differences")}, {"title": _("批量处理")}],
        "form": form, "rows": rows, "is_cut": is_cut, "most": MOST, "reset_url": request.path,
        "kind": asked["kind"], "kind_name": said.word(words.CLASSES, str(asked["kind"])),
        "state": asked["state"], "act_form": ActForm(), "login": access.user and access.user.login,
        "sum_fen": sum(row["sum_fen"] for row in rows), "query": request.GET.urlencode(),
    })  # fmt: skip


def shown(items: list[int]) -> dict[int, str]:
    """Of each that is proposed, the digest of what two people look at."""
    rows = Authorisation.objects.filter(action=deciding.ACT, decided_at=None,
                                        subject_key__in=[str(number) for number in items])  # fmt: skip
    return {int(row.subject_key): bytes(row.shown or b"").hex() for row in rows}


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
    access, note = access_of(request), note_of(request)
    try:
        action = action_of(request)
    except Refused as refused:
        say(request, refused)
        return redirect("differences_batch")

    def act(conn: Connection, number: int) -> None:
        deciding.propose(access, number, action, note, now())

    return each(request, act, _("已提出 %s 笔，待另一人复核"))


@allow("repair.approve")
@require_POST
def differences_decide(request: HttpRequest) -> HttpResponse:
    """POST item (several), seen_<item> of each, granted=1|0: what is approved the night's process
    carries out."""
    access, granted, note = access_of(request), request.POST.get("granted") == "1", note_of(request)

    def act(conn: Connection, number: int) -> None:
        proposal = second.open_proposal(deciding.ACT, str(number))
        if proposal is None:
            raise Refused(RepairCode.ITEM_NOT_PROPOSED, "item", str(number))
        seen = request.POST.get(f"seen_{number}", "")
        second.decide(access, proposal.pk, seen=seen, yes=granted, now=now(), answer=note)

    return each(request, act, _("已复核 %s 笔，已交夜间作业办理") if granted else _("已退回 %s 笔"))
