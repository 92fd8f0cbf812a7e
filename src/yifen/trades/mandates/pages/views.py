"""The console's pages of mandates: one with its history, papers and debits; a biller's rule; the desk's voucher."""

from typing import Any

from django.contrib import messages
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_POST

from yifen.core.access.doors import allow
from yifen.core.access.edge import access_of, key_ring_of, now, user_of
from yifen.core.access.telling import put, say, told
from yifen.core.audit.record import act
from yifen.core.documents.mandate_slip import MandateSlip, mandate_slip
from yifen.core.facts.plug import Text
from yifen.core.facts.refused import Refused
from yifen.core.facts.sqlfiles import queries
from yifen.face.desk.papers import pdf
from yifen.face.lists.asking import billers
from yifen.face.plain import plain_connection
from yifen.trades.mandates import kept, papers, rule, rules, signing
from yifen.trades.mandates.kept import KeptMandate
from yifen.trades.mandates.pages.forms import MandatePaperForm, MandateRuleForm
from yifen.trades.mandates.pages.transactions.signing import facts_of
from yifen.trades.mandates.pages.words import BY, EVENTS, PAPERS, STATES
from yifen.trades.mandates.rule import MandateRule

_SQL = queries("yifen.trades.mandates")


@allow("mandates.view")
def mandate(request: HttpRequest, number: str) -> HttpResponse:
    """One, of a biller in scope or signed where he works."""
    one, access = _found(request, number), access_of(request)
    with plain_connection() as conn:
        events = conn.execute(_SQL["events"], (number,)).fetchall()
        used = conn.execute(_SQL["used"], (number,)).fetchall()
        scans = conn.execute(_SQL["papers"], (number,)).fetchall() if access.may("mandates.papers") else []
        order = kept.of_customer(conn, one.biller_id, one.customer)
    state, tone = STATES[one.state]
    return render(request, "console/mandates/mandate.html", {
        "one": one, "facts": facts_of(one), "state": state, "tone": tone, "used": used,
        "events": [(at, EVENTS[what], BY.get(by, by), _terms_said(terms)) for at, what, by, terms in events],
        "scans": [(paper_id, PAPERS[what], size, by, at) for paper_id, what, _kind, size, by, at in scans],
        "form": MandatePaperForm() if access.may("mandates.papers") else None,
        "order": [(row, STATES[row.state][0]) for row in order if row.state in ("open", "waiting")],
        "breadcrumbs": crumbs(number),
    })  # fmt: skip


def _terms_said(terms: dict[str, Any]) -> str:
    shown = signing.shown_terms(terms)
    return " · ".join(f"{told(signing.TITLES[key])} {told(value) if isinstance(value, Text) else value}"
                      for key, value in shown.items() if key in ("once", "month", "from_on", "until_on"))  # fmt: skip


@allow("mandates.papers")
@require_POST
def mandate_paper_add(request: HttpRequest, number: str) -> HttpResponse:
    """A scanned paper more."""
    _found(request, number)
    form = MandatePaperForm(request.POST, request.FILES)
    if form.is_valid():
        body = form.cleaned_data["file"].read(rules.SCAN_BYTES_MAX + 1)
        try:
            with plain_connection() as conn:
                papers.add(conn, key_ring_of(request), access_of(request), number, form.cleaned_data["what"], body,
                           now())  # fmt: skip
            messages.success(request, _("已收下"))
        except Refused as refused:
            say(request, refused)
    else:
        messages.error(request, _("请选择扫描件"))
    return redirect("mandate", number)


@allow("mandates.papers")
def mandate_paper(request: HttpRequest, number: str, paper_id: int) -> HttpResponse:
    """As it was scanned; told to the trail."""
    _found(request, number)
    with plain_connection() as conn:
        found = papers.opened(conn, key_ring_of(request), number, paper_id)
    if found is None:
        raise Http404
    name = f"{number}-{paper_id}.{found[0].rpartition('/')[2]}"
    act(connection, "download", "mandate", number, note=name)
    return HttpResponse(found[1], content_type=found[0], headers={
        "Content-Disposition": f'attachment; filename="{name}"', "X-Content-Type-Options": "nosniff"})  # fmt: skip


@allow("desk.work")
@require_POST
def mandate_voucher(request: HttpRequest, number: str) -> HttpResponse:
    """通用凭证（电费代扣签约信息维护凭证）of one that was signed here. Http404 otherwise."""
    with plain_connection() as conn:
        try:
            one = signing.own(conn, access_of(request), number)
        except Refused:
            raise Http404 from None
    user = user_of(request)
    act(connection, "voucher.print", "mandate", number)
    with override("zh-hans"):
        rows = tuple((str(title), str(value)) for title, value in facts_of(one) if value)
        slip = MandateSlip(number=number, outlet=str(user.institution), teller=user.login,
                           state=str(STATES[one.state][0]), rows=rows)  # fmt: skip
    return pdf(mandate_slip(slip, now()), f"mandate-{number}")


@allow("mandates.rules")
def mandate_rule(request: HttpRequest) -> HttpResponse:
    """GET biller: its rule as it is; POST another for a second person."""
    access = access_of(request)
    choices = billers(access)
    chosen = request.GET.get("biller", "")
    first: dict[str, Any] = {}
    if chosen.isdecimal() and access.scope.has_partner(int(chosen)):
        found = rule.rule_of(int(chosen))
        first = found._asdict() | {name: f"{getattr(found, name) / 100:.2f}" if getattr(found, name) else ""
                                   for name in ("once_most_fen", "month_most_fen")} | {"biller": chosen}  # fmt: skip
    form = MandateRuleForm(request.POST or None, initial=first).offer(choices)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        wish = MandateRule(given["start_days"], given["end_days"], given["once_most_fen"] or 0,
                           given["month_most_fen"] or 0)  # fmt: skip
        try:
            return redirect("proposal", rule.propose(access, given["biller"], wish, now()).pk)
        except Refused as refused:
            put(request, form, refused, "biller")
    return render(request, "console/mandates/rule.html", {
        "form": form, "choices": choices, "breadcrumbs": crumbs(_("代扣规定"))})  # fmt: skip


def _found(request: HttpRequest, number: str) -> KeptMandate:
    """Http404: none, or another's."""
    with plain_connection() as conn:
        try:
            one = kept.find(conn, number)
        except Refused:
            raise Http404 from None
    scope = access_of(request).scope
    if not (scope.has_partner(one.biller_id) or scope.has_institution(one.institution_id)):
        raise Http404
    return one


def crumbs(title: str) -> list[dict[str, Any]]:
    return [{"title": _("代扣签约"), "url": reverse("mandates")}, {"title": title}]
