"""A terminal, the acquirers, an exception: as they stand, and what people put before a second person."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters

from yifen.core.access.doors import allow
from yifen.core.access.edge import Access, access_of, now
from yifen.core.access.fields import searched
from yifen.core.access.second import open_proposal
from yifen.core.access.telling import put, words
from yifen.core.directory.queries import tree
from yifen.core.facts.refused import Refused
from yifen.core.facts.sqlfiles import queries
from yifen.core.plugs import result_code
from yifen.face import scope
from yifen.face.lists.asking import billers
from yifen.face.lists.selecting import in_institutions, in_scope, params_of
from yifen.face.plain import plain_connection
from yifen.face.pos.forms import PosAcquirerForm, PosTerminalForm, SeenToForm
from yifen.face.pos.listing import EXCEPTIONS, KINDS, TERMINALS
from yifen.hub.pos import closing, registering
from yifen.hub.pos.registering import AcquirerForm, TerminalForm

_SQL = queries(__package__)
_TERMINAL = _SQL["terminal"].format(scope=in_scope("t.biller_id"))
_EXCEPTION = _SQL["exception"].format(scope=in_scope("t.biller_id"))
_ACQUIRERS = _SQL["acquirers"].format(scope=in_institutions("a.institution_id"))
_FIELDS = ("terminal_no", "merchant_no", "merchant_name", "biller_id", "channel_id", "acquirer_code", "algorithm",
           "account_in", "state")  # fmt: skip


@allow("pos.edit")
@sensitive_post_parameters("key")
def pos_terminal_new(request: HttpRequest) -> HttpResponse:
    """A terminal to be registered; POST it for another person to decide."""
    return _terminal(request, access_of(request), {}, _("登记终端"))


@allow("pos.view")
@sensitive_post_parameters("key")
def pos_terminal(request: HttpRequest, terminal_no: str) -> HttpResponse:
    """One terminal; POST what is to be changed for another person to decide."""
    access = access_of(request)
    with plain_connection() as conn:
        asked = params_of(access, now()) | {"terminal": searched(terminal_no)}
        row = conn.execute(_TERMINAL, asked).fetchone()
    if row is None:  # or it is another's
        raise Http404
    return _terminal(request, access, dict(zip(_FIELDS, row[:9], strict=True)), terminal_no, row[9:])


@allow("pos.edit")
@sensitive_post_parameters("key")
def pos_acquirers(request: HttpRequest) -> HttpResponse:
    """The acquirers; POST one, new or changed, for another person to decide."""
    access = access_of(request)
    offered = [(row.pk, str(row)) for _depth, row in tree() if access.scope.has_institution(row.pk)]
    form = PosAcquirerForm(request.POST or None).offer(offered)
    if request.method == "POST" and form.is_valid():
        try:
            asked = AcquirerForm(**form.cleaned_data)
            return redirect("proposal", registering.propose_acquirer(access, asked, now()).pk)
        except Refused as refused:
            put(request, form, refused, "host")
    with plain_connection() as conn:
        rows = conn.execute(_ACQUIRERS, params_of(access, now())).fetchall()
    return render(request, "console/pos/acquirers.html", {
        "form": form, "acquirers": rows, "breadcrumbs": _crumbs(TERMINALS, _("收单机构"))})  # fmt: skip


@allow("pos.view")
def pos_exception(request: HttpRequest, exception_id: int) -> HttpResponse:
    """One exception; POST what was done about it for another person to decide."""
    access = access_of(request)
    with plain_connection() as conn:
        row = conn.execute(_EXCEPTION, params_of(access, now()) | {"exception": exception_id}).fetchone()
    if row is None:  # or it is another's
        raise Http404
    (kind, terminal_no, batch_no, trace, biller, ours_fen, their_fen, code, made_at, closed_at, note, account_no, card,
     ref, payment_id) = row  # fmt: skip
    form = SeenToForm(request.POST or None) if closed_at is None and access.may("pos.close") else None
    if request.method == "POST" and form and form.is_valid():
        try:
            return redirect("proposal", closing.propose(access, exception_id, form.cleaned_data["note"], now()).pk)
        except Refused as refused:
            put(request, form, refused, "note")
    facts = [
        (_("终端号"), terminal_no), (_("批次"), f"{batch_no:06d}"),
        (_("终端流水"), "" if trace is None else f"{trace:06d}"), (_("收费单位"), biller), (_("户号"), account_no),
        (_("卡号"), card), (_("检索参考号"), ref), (_("时间"), made_at), (_("处理时间"), closed_at),
        (_("处理结果"), note),
    ]  # fmt: skip
    return render(request, "console/pos/exception.html", {
        "number": exception_id, "kind": KINDS[kind][0], "ours": ours_fen, "theirs": their_fen,
        "payment_id": payment_id if access.may("payments.view") else None,
        "facts": [(title, text) for title, text in facts if text], "form": form,
        "code": words(request, Refused(result_code(code))) if code else "",
        "waiting": open_proposal(closing.ACT, str(exception_id)), "breadcrumbs": _crumbs(EXCEPTIONS, str(exception_id)),
    })  # fmt: skip


def _terminal(
    request: HttpRequest, access: Access, standing: dict[str, Any], title: str, named: tuple[str, ...] = ()
) -> HttpResponse:
    """Its form, empty or as it stands; only to be read for who may not change it: then it offers nothing else."""
    may = access.may("pos.edit")
    form = PosTerminalForm(request.POST or None, initial=standing)
    if may:
        with plain_connection() as conn:
            acquirers = conn.execute(_SQL["acquirer_codes"]).fetchall()
        channels = [(one.id, one.label) for one in scope.channels(access.scope) if access.scope.has_partner(one.id)]
        form.offer(biller_id=billers(access), channel_id=channels, acquirer_code=acquirers)
    else:
        form.only_told(dict(zip(("biller_id", "channel_id", "acquirer_code"), named, strict=True)))
    if standing:
        form.fields["terminal_no"].disabled = True
    if request.method == "POST" and may and form.is_valid():
        try:
            asked = TerminalForm(**form.cleaned_data)
            return redirect("proposal", registering.propose_terminal(access, asked, now()).pk)
        except Refused as refused:
            put(request, form, refused, "merchant_no")
    return render(request, "console/pos/terminal.html", {
        "form": form, "title": title, "barred": not may,
        "waiting": open_proposal(registering.TERMINAL, title) if standing and may else None,
        "breadcrumbs": _crumbs(TERMINALS, title),
    })  # fmt: skip


def _crumbs(listing: Any, title: str) -> list[dict[str, Any]]:
    return [{"title": listing.title, "url": reverse(listing.name)}, {"title": title}]
