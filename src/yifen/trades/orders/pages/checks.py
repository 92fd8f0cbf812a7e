"""The public check of a receipt 回单验真: its number in, what it proves out; nothing personal."""

from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_GET

from yifen.core.access import edge
from yifen.core.access.doors import Door, allow
from yifen.core.access.telling import words
from yifen.core.facts.refused import Refused
from yifen.face.payments import receipts
from yifen.trades.orders import rates
from yifen.trades.orders.pages import payment
from yifen.trades.orders.pages.shell import link, show, status_of
from yifen.trades.orders.rates import Limit


@allow(Door.PUBLIC)
@require_GET
def check(request: HttpRequest) -> HttpResponse:
    """Asks for the number; a form without a script leads to the number's own address."""
    typed = "".join(request.GET.get("number", "").split())[:64].replace("/", "")
    if typed:
        return HttpResponseRedirect(reverse("check_receipt", args=[typed]))
    return show(request, "check", {"back_url": link(False, "home")}, False)


@allow(Door.PUBLIC)
@require_GET
def check_receipt(request: HttpRequest, number: str) -> HttpResponse:
    """One answer for every number that is not on a receipt of ours."""
    context = {"number": number[:64], "back_url": link(False, "home")}
    try:
        rates.count(Limit.CHECK_ADDRESS, edge.address(request), edge.now())
        found = receipts.check(edge.key_ring_of(request), number)
    except Refused as refused:
        context |= {"error": words(request, refused)}
        return show(request, "check", context, False, status_of(refused))
    backs = payment.refunds_of(connection, found.payment_id)
    in_parts = any("fen" in back for back in backs)  # each says more than that it was given
    given = [] if in_parts else found.given
    return show(request, "checked", context | {"found": found, "backs": backs, "given": given}, False)
