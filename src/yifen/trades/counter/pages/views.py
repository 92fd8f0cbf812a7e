"""The desk: menu, code box, the transaction at work, and one entry with what becomes of it."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from yifen.core.access import edge
from yifen.core.access.doors import allow
from yifen.core.access.edge import access_of, user_of
from yifen.core.access.fields import plain
from yifen.core.access.telling import told, words
from yifen.core.facts.capitals import capitals
from yifen.core.facts.refused import Refused
from yifen.core.plugs import result_code
from yifen.face.desk.papers import keepers
from yifen.face.desk.transaction import DeskScreen, Transaction, found, transactions
from yifen.face.today.views import shown
from yifen.hub.corebank.codes import CoreCode
from yifen.hub.payments.local import hub_of
from yifen.trades.counter import queries
from yifen.trades.counter.codes import CounterCode
from yifen.trades.counter.models import SERIAL_MAX, Entry, Shift
from yifen.trades.counter.operations import collect, reverse
from yifen.trades.counter.operations.core import leg_of, needs_pin
from yifen.trades.counter.operations.find import find
from yifen.trades.counter.pages.core_side import core_facts
from yifen.trades.counter.pages.screen import show
from yifen.trades.counter.pages.telling import told_of


@allow("desk.work")
def desk(request: HttpRequest) -> HttpResponse:
    """The codes this teller may use; the code box has the focus."""
    return menu(request)


def menu(request: HttpRequest, typed: str = "", refused: Refused | None = None) -> HttpResponse:
    access = access_of(request)
    rows = [row for row in transactions() if access.may(row.permission)]
    groups = list(dict.fromkeys(str(row.group) for row in rows))  # each once, whichever trade adds to it
    rows.sort(key=lambda row: groups.index(str(row.group)))
    context = {"transactions": rows, "typed": typed, "code_error": refused and words(request, refused),
               "waits": shown(access, edge.now())}  # fmt: skip
    return show(request, "menu", None, context, 404 if refused else 200)


@allow("desk.work")
@require_POST
def desk_go(request: HttpRequest) -> HttpResponse:
    """POST code: to that transaction, from anywhere; left empty on a result, to the `same` again."""
    code = plain(request.POST.get("code", "")[:SERIAL_MAX]) or request.POST.get("same", "")
    transaction = found(code)
    if transaction is None or not access_of(request).may(transaction.permission):
        return menu(request, code[:8], Refused(CounterCode.TRANSACTION_UNKNOWN, "code"))
    return redirect("desk_transaction", transaction.code)


@allow("desk.work")
@sensitive_post_parameters("supervisor_password", "supervisor_code")
def desk_transaction(request: HttpRequest, code: str) -> HttpResponse:
    """One transaction at work."""
    transaction = found(code)
    if transaction is None:
        raise Http404
    if not access_of(request).may(transaction.permission):
        raise PermissionDenied(str(transaction.permission))
    shift = queries.open_shift_of(user_of(request))
    try:
        check(transaction, shift)
    except Refused as refused:
        context = {"refused": words(request, refused), "next": "4641" if shift else "4640"}
        return show(request, "not_now", transaction, context)
    shown = transaction.work(request, shift)
    if isinstance(shown, DeskScreen):
        return show(request, shown.template, transaction, shown.context)
    return shown


def check(transaction: Transaction, shift: Shift | None) -> None:
    """Whether it may begin now. Refused: SHIFT_NOT_OPEN, SHIFT_DAY_OVER."""
    if transaction.needs_shift and shift is None:
        raise Refused(CounterCode.SHIFT_NOT_OPEN)
    if transaction.needs_open_day and shift is not None:
        queries.check_day_open(shift)


@allow("desk.work")
@sensitive_post_parameters("pin")
def desk_entry(request: HttpRequest, entry_id: int) -> HttpResponse:
    """A draft to confirm, or what became of it. POST act=send confirms (or sends the same serial
    once more), act=find asks the hub again. Whatever is repeated is the same payment."""
    entry = entry_of(request, entry_id)
    if request.method == "POST":
        return act(request, entry)
    return shown_entry(request, entry)


def shown_entry(request: HttpRequest, entry: Entry, pin_error: str = "") -> HttpResponse:
    """Its page; an unknown one is asked for first."""
    entry_id = entry.pk
    if entry.state == Entry.State.UNKNOWN:
        find(hub_of(request), entry, edge.now())
        entry = entry_of(request, entry_id)
    facts = told_of(entry)
    context = {
        "entry": entry, "capital": capitals(entry.amount_fen),
        "result": result_of(request, entry), "own": entry.teller_id == user_of(request).pk,
        "told": facts, "told_waits": waits(facts), "papers": papers_of(request, entry), "core": core_facts(entry),
        "leg": leg_of(entry), "pin_error": pin_error,
        "needs_pin": entry.state == Entry.State.DRAFT and needs_pin(entry),
    }  # fmt: skip
    template = "confirm" if entry.state == Entry.State.DRAFT else "entry"
    return show(request, template, found(entry.code), context)


def act(request: HttpRequest, entry: Entry) -> HttpResponse:
    """What the form asked of this entry, then its page. htmx: nothing new is 204."""
    hub, teller = hub_of(request), user_of(request)
    if request.POST.get("act") == "told":  # the page asks whether what it waits for has come
        return HttpResponse(status=204, headers={} if waits(told_of(entry)) else {"HX-Refresh": "true"})
    try:
        if request.POST.get("act") != "send":
            done = find(hub, entry, edge.now())
        elif entry.is_reversal:
            done = reverse.again(hub, teller, entry.pk, edge.now())
        else:
            done = collect.send(hub, teller, entry.pk, edge.now(), request.POST.get("pin", ""))
            if entry.state == Entry.State.DRAFT and done.result == CoreCode.CORE_PIN_WRONG:
                done = collect.anew(teller, done.pk, edge.now())
                messages.error(request, words(request, Refused(CoreCode.CORE_PIN_WRONG)))
    except Refused as refused:
        if refused.field == "pin":
            return shown_entry(request, entry, words(request, refused))
        messages.error(request, words(request, refused))
        return redirect("desk_entry", entry.pk)
    if getattr(request, "htmx", False):
        is_news = done.state != request.POST.get("state", entry.state)
        headers = {"HX-Refresh": "true"} if is_news else {}
        return HttpResponse(status=204, headers=headers)
    return redirect("desk_entry", done.pk)


def waits(facts: list[dict[str, Any]]) -> bool:
    """Whether who paid will be told more in a moment."""
    return any(one.get("waits") for one in facts)


def entry_of(request: HttpRequest, entry_id: int) -> Entry:
    """One of this outlet's. Http404 elsewhere."""
    entry = queries.entry_in(access_of(request).scope.institutions, entry_id)
    if entry is None:
        raise Http404
    return entry


def result_of(request: HttpRequest, entry: Entry) -> str:
    """The hub's last word, as a numbered sentence; nothing while all is well."""
    if not entry.result:
        return ""
    code = result_code(entry.result)
    told = hub_of(request).bound(entry.channel.partner.code, entry.biller_code, code)
    return words(request, Refused(code, detail=told))


def papers_of(request: HttpRequest, entry: Entry) -> list[dict[str, Any]]:
    """What else may be printed for a collection that stands; the first one has a key of its own."""
    if entry.is_reversal or not entry.has_paper or not entry.payment_id:
        return []
    rows = [one for keeper in keepers() for one in keeper.offered(access_of(request), entry.payment_id, edge.now())]
    return [{"title": told(one.title), "url": one.url, "note": one.note} for one in rows]
