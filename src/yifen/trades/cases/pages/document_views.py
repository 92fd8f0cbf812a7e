"""Papers of cases as PDF, and the page on which everybody checks one."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import localdate
from django.views.decorators.http import require_GET

from yifen.core.access import edge
from yifen.core.access.doors import Door, allow
from yifen.core.access.edge import access_of, now, user_of
from yifen.core.access.telling import words
from yifen.core.facts.refused import Refused
from yifen.core.partners.models import Partner
from yifen.trades.cases import courts
from yifen.trades.cases.clock import checking, documents
from yifen.trades.cases.pages import check_limit
from yifen.trades.cases.pages.clock_views import told_of
from yifen.trades.cases.pages.payout_views import found_application
from yifen.trades.cases.pages.views import found
from yifen.trades.cases.payout import approval_sheet
from yifen.trades.cases.reading import found_case


@allow("cases.notify")
def court_notice(request: HttpRequest, case_id: int) -> HttpResponse:
    """The payment notice of a case."""
    case = found(access_of(request), case_id)
    code = Partner.objects.get(pk=case.court_id).code
    url = settings.YIFEN_WEB_ORIGIN + reverse("payer_account", args=[code, case.account_no])
    rule = courts.in_force(case.court_id, localdate(now()))
    if rule is None:
        raise Http404
    return _pdf(documents.payment_notice(case, rule, url, now(), user_of(request).name), f"notice-{case_id}")


@allow("cases.view")
def court_statement(request: HttpRequest, case_id: int) -> HttpResponse:
    """All that moved on a case."""
    case = found(access_of(request), case_id)
    try:
        made = documents.case_statement(case, _check_url, now(), user_of(request).name)
    except Refused:
        raise Http404 from None
    return _pdf(made, f"statement-{case_id}")


@allow("cases.notify")
def court_receipt(request: HttpRequest, number: int) -> HttpResponse:
    """Of money that came and is still its case's."""
    case = found_case(told_of(access_of(request), number)[0].case_id)
    try:
        made = documents.receipt(number, case, _check_url, now(), user_of(request).name)
    except Refused:
        raise Http404 from None
    return _pdf(made, f"receipt-{number}")


@allow("cases.view")
def court_payout_sheet(request: HttpRequest, application_id: int) -> HttpResponse:
    """Who asked for a payout, who agreed to it; as far as it is now."""
    access, asked = access_of(request), found_application(access_of(request), application_id)
    made = approval_sheet.approval_sheet(asked, _check_url, now(), user_of(request).name, access.may("cases.payees"))
    return _pdf(made, f"approval-{application_id}")


@allow("cases.notify")
def court_letter(request: HttpRequest, number: int, party_id: int) -> HttpResponse:
    """Tells a party of money that came."""
    to = next((one for one in told_of(access_of(request), number) if one.party_id == party_id), None)
    if to is None:
        raise Http404
    return _pdf(documents.telling_letter(to, found_case(to.case_id), now(), user_of(request).name), f"letter-{number}")


@allow(Door.PUBLIC)
@require_GET
def court_check(request: HttpRequest, number: str) -> HttpResponse:
    """What a paper proves; one answer for every number that is on none of ours."""
    context: dict[str, object] = {"home_url": "/", "number": number[:64]}
    try:
        check_limit.count(edge.address(request), now())
        context["paper"] = checking.check(number)
    except Refused as refused:
        return render(request, "payer/court_check.html", context | {"error": words(request, refused)},
                      status=refused.code.meaning.status)  # fmt: skip
    return render(request, "payer/court_check.html", context)


def _check_url(number: str) -> str:
    return settings.YIFEN_WEB_ORIGIN + reverse("court_check", args=[number])


def _pdf(made: bytes, name: str) -> HttpResponse:
    return HttpResponse(made, content_type="application/pdf", headers={
        "Content-Disposition": f'inline; filename="{name}.pdf"'})  # fmt: skip
