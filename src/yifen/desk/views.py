"""The desk: menu, code box, the transaction at work, and one entry with what becomes of it."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from yifen.access import edge
from yifen.access.doors import allow
from yifen.access.edge import access_of, user_of
from yifen.access.fields import plain
from yifen.access.roles import Permission
from yifen.counter import queries
from yifen.counter.models import Entry
from yifen.counter.operations.collect import send
from yifen.counter.operations.find import find
from yifen.desk import transactions
from yifen.desk.papers import title_of
from yifen.desk.refusals import language
from yifen.desk.screen import show
from yifen.desk.transactions import found
from yifen.kernel.capitals import capitals
from yifen.kernel.codes import MEANINGS, Code
from yifen.kernel.refused import Refused
from yifen.payments.local import hub_of


@allow(Permission.DESK)
def desk(request: HttpRequest) -> HttpResponse:
    """The codes this teller may use; the code box has the focus."""
    access = access_of(request)
    rows = [row for row in transactions.TRANSACTIONS if access.may(row.permission)]
    return show(request, "menu", None, {"transactions": rows})


@allow(Permission.DESK)
@require_POST
def desk_go(request: HttpRequest) -> HttpResponse:
    """POST code: to that transaction, from anywhere."""
    code = plain(request.POST.get("code", ""))[:8]
    if found(code) is None:
        refused = Refused(Code.TRANSACTION_UNKNOWN, "code", code)
        messages.error(request, refused.text(language(request)))
        return redirect("desk")
    return redirect("desk_transaction", code)


@allow(Permission.DESK)
def desk_transaction(request: HttpRequest, code: str) -> HttpResponse:
    """One transaction at work."""
    transaction = found(code)
    if transaction is None:
        raise Http404
    if not access_of(request).may(transaction.permission):
        raise PermissionDenied(str(transaction.permission))
    return transaction.work(request)


@allow(Permission.DESK)
def desk_entry(request: HttpRequest, entry_id: int) -> HttpResponse:
    """A draft to confirm, or what became of it. POST act=send confirms (or sends the same serial
    once more), act=find asks the hub again. Whatever is repeated is the same payment."""
    entry = entry_of(request, entry_id)
    if request.method == "POST":
        try:
            act(request, entry)
        except Refused as refused:
            messages.error(request, refused.text(language(request)))
        return redirect("desk_entry", entry.pk)
    if entry.state == Entry.State.UNKNOWN:
        find(hub_of(request), entry)
        entry = entry_of(request, entry_id)
    context = {"entry": entry, "capital": capitals(entry.amount_fen), "title": title_of(entry.code),
               "result": result_text(request, entry),
               "own": entry.teller_id == user_of(request).pk}  # fmt: skip
    template = "confirm" if entry.state == Entry.State.DRAFT else "entry"
    return show(request, template, found(entry.code), context)


def act(request: HttpRequest, entry: Entry) -> None:
    """What the form asked of this entry."""
    if request.POST.get("act") == "send" and not entry.is_reversal:
        send(hub_of(request), user_of(request), entry.pk, edge.now())
    else:
        find(hub_of(request), entry)


def entry_of(request: HttpRequest, entry_id: int) -> Entry:
    """One of this outlet's. Http404 elsewhere."""
    entry = queries.entry_in(access_of(request).scope.institutions, entry_id)
    if entry is None:
        raise Http404
    return entry


def result_text(request: HttpRequest, entry: Entry) -> str:
    """The hub's last word, as a sentence with its number."""
    if entry.result is None:
        return ""
    meaning = MEANINGS[Code(entry.result)]
    return meaning.zh if language(request).startswith("zh") else meaning.en
