"""QR posters as PDF: a biller's, for who works with it; a payer's own, from the page of his bills."""

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from yifen.core.access import edge
from yifen.core.access.doors import Door, allow
from yifen.core.documents.poster import Poster
from yifen.core.documents.poster import poster as drawn
from yifen.core.facts.account_numbers import clean_account
from yifen.core.facts.refused import Refused
from yifen.core.partners.categories import category
from yifen.core.partners.models import Biller
from yifen.hub.payments.local import hub_of
from yifen.trades.orders import bills, catalogue
from yifen.trades.orders.pages.orders import absolute
from yifen.trades.orders.pages.shell import link


@allow("partners.view")
@require_GET
def poster(request: HttpRequest, code: str) -> HttpResponse:
    """To hang up at the biller's. 404 for one that is out of scope."""
    found = _biller(code)
    if not edge.access_of(request).scope.has_partner(found.pk):
        raise Http404
    return _pdf(request, found)


@allow(Door.PUBLIC)
@require_GET
def account_poster(request: HttpRequest, code: str, account_no: str) -> HttpResponse:
    """To keep at home: leads straight to this account's bills."""
    found, account_no = _biller(code), clean_account(account_no)
    try:
        reply = bills.bills(
            hub_of(request), code, account_no, edge.address(request), edge.now()
        )
    except Refused:
        raise Http404 from None
    return _pdf(request, found, reply.account_no, reply.payer_name)


def _pdf(
    request: HttpRequest, found: Biller, account_no: str = "", payer_name: str = ""
) -> HttpResponse:
    kind, code = category(found.category), found.partner.code
    path = link(False, "account", code, account_no) if account_no else link(False, "biller", code)
    data = Poster(
        issuer=found.partner.institution.name, biller=found.partner.name, category=kind.text.zh,
        category_en=kind.text.en, pay_url=absolute(path), made_at=edge.now(),
        account_no=account_no, payer_name=payer_name,
    )  # fmt: skip
    response = HttpResponse(drawn(data), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="poster-{code}.pdf"'
    return response


def _biller(code: str) -> Biller:
    try:
        return catalogue.biller(code)
    except Refused:
        raise Http404 from None
