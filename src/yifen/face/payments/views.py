"""Payments: everything about one of them, its receipt."""

from typing import Any

from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from yifen.core.access.doors import allow
from yifen.core.access.edge import access_of, key_ring_of, now
from yifen.core.audit.record import act
from yifen.core.facts.codes import Code
from yifen.core.facts.refused import Refused
from yifen.face import asking
from yifen.face.payments import telling
from yifen.face.payments.paper import has_receipt, paper
from yifen.face.payments.receipts import is_archived
from yifen.face.shell.errors import refusing
from yifen.hub.payments import lookup_detail
from yifen.hub.payments.lookup_detail import Detail


@allow("payments.view")
@refusing
def payment(request: HttpRequest, payment_id: int) -> HttpResponse:
    """One payment: states, lines, time line, messages, postings."""
    found = found_payment(request, payment_id)
    shown = telling.context(found, access_of(request), facts_of(payment_id))
    if has_receipt(found):
        shown["receipt_url"] = reverse("payment_receipt", args=[payment_id])
    return render(request, "console/payment.html", shown)


@allow("payments.view")
@refusing
def payment_receipt(request: HttpRequest, payment_id: int) -> HttpResponse:
    """Its receipt as PDF; 404 while nothing is booked."""
    found = found_payment(request, payment_id)
    if not has_receipt(found):
        raise Http404
    made = paper(found, access_of(request), key_ring_of(request), now())
    act(connection, "receipt.print", "payment", payment_id)
    return HttpResponse(made, content_type="application/pdf", headers={
        "Content-Disposition": f'inline; filename="receipt-{payment_id}.pdf"',
        "Cache-Control": "no-store",
    })  # fmt: skip


def found_payment(request: HttpRequest, payment_id: int) -> Detail:
    """404 outside the scope; Refused: PAYMENT_ARCHIVED."""
    with connection.cursor() as cursor:
        scope = access_of(request).scope.partners
        found = lookup_detail.detail(cursor, payment_id, scope, key_ring_of(request))
    if found is None:
        if is_archived(payment_id):
            raise Refused(Code.PAYMENT_ARCHIVED, "payment", str(payment_id))
        raise Http404
    return found


def facts_of(payment_id: int) -> list[dict[str, Any]]:
    """What trades know of it, in the order of the list of trades, as `parts/facts.html` shows it."""
    return asking.answers("payment_facts", unread, connection.connection, payment_id)


def unread(sentence: str) -> dict[str, Any]:
    """Stands for what a trade could not tell."""
    return {"title": _("其他业务"), "kind": "badge", "tone": "bad", "text": sentence}
