"""Pages of batch debit: a file sent, a batch built, one with its progress, the order explained, billers' rules."""

from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from yifen.core.access.doors import allow
from yifen.core.access.edge import access_of, key_ring_of, now
from yifen.core.access.second import open_proposal
from yifen.core.access.telling import put, say, told
from yifen.core.facts.plug import Text
from yifen.core.facts.refused import Refused
from yifen.core.facts.sqlfiles import queries
from yifen.core.plugs import result_code
from yifen.face.forms import offered
from yifen.face.lists.asking import billers
from yifen.face.lists.selecting import one
from yifen.face.plain import plain_connection
from yifen.trades.debits import deciding, files
from yifen.trades.debits.deciding import DebitTerms
from yifen.trades.debits.layouts import LAYOUTS
from yifen.trades.debits.pages.forms import (
    DebitBuildForm,
    DebitRuleForm,
    DebitUploadForm,
    LetGoForm,
    worded,
)
from yifen.trades.debits.pages.listing import BATCHES
from yifen.trades.debits.pages.words import BATCHES as STATES
from yifen.trades.debits.pages.words import ITEMS, SOURCES

SECONDS_MAX = 300
_SQL = queries(__package__)
NO_BILLERS = gettext_lazy("没有收费单位")
PROGRESS = ("refused", "new", "ready", "asked", "posted", "booked", "back", "failed")


@allow("debits.run")
def debit_upload(request: HttpRequest) -> HttpResponse:
    """POST file: it is taken whole, or refused with its number; its batch is checked by the worker."""
    access = access_of(request)
    form = DebitUploadForm(request.POST or None, request.FILES or None)
    offered(form, "biller", billers(access), NO_BILLERS)
    if request.method == "POST" and form.is_valid():
        asked, at = form.cleaned_data, now()
        try:
            with plain_connection(SECONDS_MAX) as conn:
                batch = files.take_in(conn, key_ring_of(request), access.session, asked["biller"], asked["file"].name,
                                      asked["file"].read(), at)  # fmt: skip
                is_old = files.find(conn, batch).received_at < at
        except Refused as refused:
            put(request, form, refused, "file")
        else:
            if is_old:
                messages.warning(request, _("此文件先前已收，未重复载入；下面是先前那一批"))
            return redirect("debit_batch", batch)
    return shown(request, form, _("交批扣文件"), _("收下文件"), is_file=True)


@allow("debits.run")
def debit_build(request: HttpRequest) -> HttpResponse:
    """POST biller, first, last: a batch of the bills that fall due then."""
    access = access_of(request)
    form = DebitBuildForm(request.POST or None)
    offered(form, "biller", billers(access), NO_BILLERS)
    if request.method == "POST" and form.is_valid():
        asked = form.cleaned_data
        try:
            with plain_connection(SECONDS_MAX) as conn:
                batch = files.build(conn, access.session, asked["biller"], asked["first"], asked["last"], now())
            return redirect("debit_batch", batch)
        except Refused as refused:
            put(request, form, refused, "biller")
    return shown(request, form, _("按账单生成批次"), _("生成"))


@allow("debits.view")
def debit_batch(request: HttpRequest, batch_id: int) -> HttpResponse:
    """One: how far it is, what was refused and why, what may be done with it."""
    access = access_of(request)
    row = one(BATCHES, access, batch_id)
    if row is None:
        raise Http404
    with plain_connection() as conn:
        states = {state: (count, fen) for state, count, fen in conn.execute(_SQL["progress"], (batch_id,)).fetchall()}
        reasons = conn.execute(_SQL["reasons"], (batch_id,)).fetchall()
        retries = conn.execute(_SQL["retries"], (batch_id,)).fetchall()
        batch = files.find(conn, batch_id)
    why = [(f"{code:04d} {told(Text(*result_code(code).meaning[2:4]))}", count, fen) for code, count, fen in reasons]
    waits = open_proposal(deciding.LET_GO, batch.serial) if batch.state == "checked" else None
    return render(request, "console/debits/batch.html", {
        "batch": batch, "state": STATES[row.state][0], "tone": STATES[row.state][1], "source": SOURCES[row.source][0],
        "layout": told(LAYOUTS[batch.layout].title), "sha256": bytes(batch.sha256).hex(),
        "progress": [(ITEMS[name][0], *states[name]) for name in PROGRESS if name in states], "reasons": why,
        "retries": retries, "items": f"{reverse('debit_items')}?batch={batch.serial}", "proposal": waits,
        "form": LetGoForm() if batch.state == "checked" and access.may("debits.go") and waits is None else None,
        "may_drop": batch.state in ("checking", "checked", "waiting") and access.may("debits.run"),
        "may_again": batch.state == "done" and "failed" in states and access.may("debits.run"),
        "may_fetch": batch.state == "done" and access.may("debits.run"), "breadcrumbs": crumbs(batch.serial),
    })  # fmt: skip


@allow("debits.go")
@require_POST
def debit_go(request: HttpRequest, batch_id: int) -> HttpResponse:
    """Put a batch that warns before a second person."""
    _his(request, batch_id)
    form = LetGoForm(request.POST)
    try:
        row = deciding.propose_let_go(access_of(request), batch_id,
                                      form.cleaned_data["reason"] if form.is_valid() else "", now())
    except Refused as refused:
        say(request, refused)
        return redirect("debit_batch", batch_id)
    return redirect("proposal", row.pk)


@allow("debits.run")
@require_POST
def debit_again(request: HttpRequest, batch_id: int) -> HttpResponse:
    """What failed, and no more, in a batch of its own."""
    _his(request, batch_id)
    try:
        with plain_connection(SECONDS_MAX) as conn:
            batch_id = files.again(conn, access_of(request).session, batch_id, now())
    except Refused as refused:
        say(request, refused)
    return redirect("debit_batch", batch_id)


@allow("debits.run")
@require_POST
def debit_drop(request: HttpRequest, batch_id: int) -> HttpResponse:
    """Before it begins."""
    _his(request, batch_id)
    try:
        with plain_connection(SECONDS_MAX) as conn:
            files.drop(conn, access_of(request).session, batch_id, now())
    except Refused as refused:
        say(request, refused)
    return redirect("debit_batch", batch_id)


@allow("debits.run")
def debit_result(request: HttpRequest, batch_id: int) -> HttpResponseBase:
    """The result file, in the layout that the file came in."""
    _his(request, batch_id)
    try:
        with plain_connection(SECONDS_MAX) as conn:
            body = b"".join(files.result(conn, key_ring_of(request), batch_id))
            files.fetched(conn, batch_id, now())
            name = files.result_name(files.find(conn, batch_id))
    except Refused as refused:
        say(request, refused)
        return redirect("debit_batch", batch_id)
    return FileResponse([body], as_attachment=True, filename=name, content_type="application/octet-stream")


@allow("debits.view")
def debit_order(request: HttpRequest) -> HttpResponse:
    """Which debit comes first, and what follows from it."""
    return render(request, "console/debits/order.html", {"breadcrumbs": crumbs(_("扣款顺序"))})


@allow("debits.rule")
def debit_rule(request: HttpRequest) -> HttpResponse:
    """POST: a biller's rule from a day on is put before a second person."""
    access = access_of(request)
    form = worded(DebitRuleForm(request.POST or None))
    offered(form, "biller_id", billers(access), NO_BILLERS)
    if request.method == "POST" and form.is_valid():
        try:
            return redirect("proposal", deciding.propose_rule(access, DebitTerms(**form.cleaned_data), now()).pk)
        except Refused as refused:
            put(request, form, refused, "biller_id")
    return shown(request, form, _("批扣约定"), _("提交复核"), back="debit_rules")


def _his(request: HttpRequest, batch_id: int) -> None:
    if one(BATCHES, access_of(request), batch_id) is None:
        raise Http404


def shown(
    request: HttpRequest, form: Any, title: str, word: str, is_file: bool = False, back: str = "debit_batches"
) -> HttpResponse:
    """A form of its own page."""
    return render(request, "console/debits/form.html", {
        "form": form, "title": title, "word": word, "is_file": is_file, "back": reverse(back),
        "breadcrumbs": crumbs(title)})  # fmt: skip


def crumbs(title: str) -> list[dict[str, Any]]:
    return [{"title": _("批量代扣"), "url": reverse("debit_batches")}, {"title": title}]
