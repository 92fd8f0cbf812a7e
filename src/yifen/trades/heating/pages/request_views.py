"""A flat and what is asked for it; a request, its answer, its agreement."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.contrib import messages
from django.db import connection, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from yifen.core.access.doors import allow
from yifen.core.access.edge import Access, access_of, key_ring_of, now
from yifen.core.access.telling import put, say, told, words
from yifen.core.audit.record import act
from yifen.core.documents.heating_stop import StopAgreement, stop_agreement
from yifen.core.facts.codes import Code
from yifen.core.facts.refused import Refused
from yifen.core.facts.sqlfiles import queries
from yifen.core.plugs import result_code
from yifen.face.forms import ReasonForm
from yifen.trades.heating import deciding, requests
from yifen.trades.heating.deciding import HeatRequest
from yifen.trades.heating.pages import telling
from yifen.trades.heating.pages.forms import FlatMarkForm, RequestForm
from yifen.trades.heating.pages.lists import read
from yifen.trades.heating.pages.telling import Flat, crumbs
from yifen.trades.heating.rules import KINDS

_SQL, _OWN = queries(__package__), queries("yifen.trades.heating")


def found_flat(access: Access, service_id: int) -> Flat:
    """404 outside the scope."""
    rows = read(_SQL["flat"], {"service": service_id}) if service_id < 2**62 else []
    if not rows or not access.scope.has_partner(rows[0][3]):
        raise Http404
    return Flat(*rows[0])


def found_request(access: Access, request_id: int) -> HeatRequest:
    """404 outside the scope."""
    try:
        one = deciding.found(request_id, True, now()) if request_id < 2**62 else None
    except Refused:
        one = None
    if one is None or not access.scope.has_partner(one.biller_id):
        raise Http404
    return one


@allow("heating.view")
def heating_flat(request: HttpRequest, service_id: int) -> HttpResponse:
    """One flat: its marks, stops and requests."""
    access, at = access_of(request), {"service": service_id}
    flat = found_flat(access, service_id)
    return render(request, "console/heating/flat.html", {
        "flat": flat, "facts": telling.flat_facts(flat, access),
        "marks": telling.marks(read(_SQL["flat_marks"], at)), "stops": telling.stops(read(_SQL["flat_stops"], at)),
        "requests": telling.requests(read(_SQL["flat_requests"], at)), "breadcrumbs": crumbs(flat.place),
        "may": access.may("heating.ask") and flat.to_on is None, "may_refund": access.may("billing.run"),
    })  # fmt: skip


def offered(access: Access, customer_id: int) -> list[tuple[str, str]]:
    """What the page of a customer offers: a request of each fee of his that has seasons; (words, address)."""
    if not access.may("heating.ask"):
        return []
    rows = read(_SQL["customer_services"], {"customer": customer_id})
    return [(_("报停、报开") if len(rows) == 1 else _("报停、报开：%(fee)s") % {"fee": fee},
             reverse("heating_ask", args=[service])) for service, fee in rows]  # fmt: skip


@allow("heating.ask")
def heating_ask(request: HttpRequest, service_id: int) -> HttpResponse:
    """A request is taken."""
    access = access_of(request)
    flat = found_flat(access, service_id)
    seasons = read(_SQL["flat_seasons"], {"service": service_id, "today": localdate(now())})
    only = seasons[0][0] if len(seasons) == 1 else None
    form = RequestForm(request.POST or None, request.FILES or None, initial={"season": only})
    form.fields["season"].choices = [("", _("请选择")), *(  # type: ignore[attr-defined]
        (number, _("%(name)s %(since)s – %(until)s，%(asked)s 前报停")
         % {"name": name, "since": since, "until": until, "asked": asked})
        for number, name, since, until, asked, _by_days in seasons)]  # fmt: skip

    def write() -> HttpResponse:
        given = form.cleaned_data
        with transaction.atomic():
            number = requests.ask(access, service_id, given["season"], given["kind"], given["from_on"],
                                  given["asked_by"], given["document"], given["reason"], now())  # fmt: skip
            requests.keep_paper(access, key_ring_of(request), number, form.paper)
        messages.success(request, _("已受理，并已派人验收"))
        return redirect("heating_request", number)

    return _sent(request, form, write, _("受理报停、报开"), _("受理"), flat, upload=True)


@allow("heating.ask")
def heating_mark(request: HttpRequest, service_id: int) -> HttpResponse:
    """A flat is marked, or is so no longer."""
    access, form = access_of(request), FlatMarkForm(request.POST or None)
    flat = found_flat(access, service_id)

    def write() -> HttpResponse:
        given = form.cleaned_data
        requests.mark(access, service_id, given["kind"], given["until"], given["note"], now(), ends=given["ends"])
        return redirect("heating_flat", service_id)

    return _sent(request, form, write, _("供热标记"), _("保存"), flat)


@allow("heating.view")
def heating_request(request: HttpRequest, request_id: int) -> HttpResponse:
    """A request, how it stands, and what can be done."""
    access = access_of(request)
    one = found_request(access, request_id)
    waits = one.state in ("open", "seen")
    against = words(request, Refused(result_code(one.against))) if waits and one.against else ""
    return render(request, "console/heating/request.html", {
        "one": one, "facts": telling.request_facts(one, access), "form": ReasonForm(), "against": against,
        "title": told(KINDS[one.kind]), "bill_url": _bill_url(one, waits),
        "may_ask": access.may("heating.ask") and one.decided_at is None and one.state != "withdrawn",
        "may_scan": one.scan_kind and may_read_paper(access),
        "may_print": access.may("heating.ask") and one.agreement_no is not None,
        "may_again": access.may("heating.ask") and one.state == "seen" and one.finding != "ok",
        "may_decide": access.may("heating.decide") and waits, "may_agree": not one.against,
        "breadcrumbs": crumbs(f"R{request_id}"),
    })  # fmt: skip


def _bill_url(one: HeatRequest, waits: bool) -> str:
    return reverse("billing_bill", args=[one.bill_id]) if waits and one.bill_id else ""


def may_read_paper(access: Access) -> bool:
    """Who takes requests, and who decides."""
    return access.may("heating.ask") or access.may("heating.decide")


@allow("heating.view")
def heating_scan(request: HttpRequest, request_id: int) -> HttpResponse:
    """The signed paper as it was scanned, for who takes and who decides; told to the trail."""
    access = access_of(request)
    found_request(access, request_id)
    rows = read(_OWN["scan"], {"request": request_id})
    if not rows or not may_read_paper(access):
        raise Http404
    kind, sealed = rows[0]
    name = f"R{request_id}.{kind.rpartition('/')[2]}"
    act(connection, "download", "heating_request", str(request_id), note=name)
    body = key_ring_of(request).open(bytes(sealed), requests.scan_context(request_id))
    return HttpResponse(body, content_type=kind, headers={
        "Content-Disposition": f'attachment; filename="{name}"', "X-Content-Type-Options": "nosniff"})  # fmt: skip


@allow("heating.decide")
@require_POST
def heating_decide(request: HttpRequest, request_id: int) -> HttpResponse:
    """The answer is put before a second person."""
    access, form, word = access_of(request), ReasonForm(request.POST), request.POST.get("answer")
    found_request(access, request_id)
    try:
        if word not in ("yes", "no"):
            raise Refused(Code.INPUT_INVALID, "answer")
        row = deciding.propose(access, request_id, word == "yes",
                               form.cleaned_data["reason"] if form.is_valid() else "", now())  # fmt: skip
    except Refused as refused:
        say(request, refused)
        return redirect("heating_request", request_id)
    return redirect("proposal", row.pk)


@allow("heating.ask")
@require_POST
def heating_again(request: HttpRequest, request_id: int) -> HttpResponse:
    """Somebody goes there again."""
    return _acted(request, request_id, requests.again, _("已再派人验收"))


@allow("heating.ask")
@require_POST
def heating_withdraw(request: HttpRequest, request_id: int) -> HttpResponse:
    """The holder takes it back."""
    return _acted(request, request_id, requests.withdraw, _("已撤回"))


def _acted(request: HttpRequest, request_id: int, does: Callable[..., None], said: str) -> HttpResponse:
    access = access_of(request)
    found_request(access, request_id)
    try:
        does(access, request_id, now())
    except Refused as refused:
        say(request, refused)
    else:
        messages.success(request, said)
    return redirect("heating_request", request_id)


@allow("heating.ask")
def heating_agreement(request: HttpRequest, request_id: int) -> HttpResponse:
    """The agreement to sign 停供协议, PDF: it has the holder's whole name, so the trail says who had it."""
    one = found_request(access_of(request), request_id)
    if one.agreement_no is None or one.decided_at is None:
        raise Http404
    seen: date | None = localdate(one.seen_at) if one.seen_at else None
    paper = StopAgreement(
        number=one.agreement_no, biller=one.biller_name, holder=one.holder, account_no=one.account_no, place=one.place,
        season=one.season, season_from=one.season_from, season_to=one.season_to, from_on=one.from_on,
        area_milli=one.area_milli, permille=one.permille, basic_fen=one.basic_fen, document=one.document,
        seen=f"{seen} 合格" if seen else "—", by_days=one.by_days,
    )  # fmt: skip
    name = f"{one.agreement_no}.pdf"
    act(connection, "download", "heating_request", request_id, note=name)
    return HttpResponse(stop_agreement(paper, one.decided_at), content_type="application/pdf", headers={
        "Content-Disposition": f'attachment; filename="{name}"'})  # fmt: skip


def _sent(
    request: HttpRequest, form: Any, write: Callable[[], HttpResponse], title: str, button: str, flat: Flat,
    upload: bool = False,
) -> HttpResponse:  # fmt: skip
    if request.method == "POST" and form.is_valid():
        try:
            return write()
        except Refused as refused:
            put(request, form, refused, "kind")
    return render(request, "console/heating/form.html", {
        "form": form, "title": title, "button": button, "upload": upload, "lead": flat.place,
        "breadcrumbs": crumbs(title),
        "back": reverse("heating_flat", args=[flat.service_id])})  # fmt: skip
