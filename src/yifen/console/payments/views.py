"""Payments: the list, and everything about one of them."""

from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from yifen.access.doors import allow
from yifen.access.edge import access_of
from yifen.access.roles import Permission
from yifen.console import showing
from yifen.console.payments import telling
from yifen.console.payments.listing import PAYMENTS
from yifen.payments import lookup_detail


@allow(Permission.PAYMENTS)
def payments(request: HttpRequest) -> HttpResponse:
    """The list."""
    return showing.show(request, PAYMENTS)


@allow(Permission.PAYMENTS)
def payment(request: HttpRequest, payment_id: int) -> HttpResponse:
    """One payment: states, lines, time line, messages, postings."""
    access = access_of(request)
    with connection.cursor() as cursor:
        found = lookup_detail.detail(cursor, payment_id, access.scope.partners)
    if found is None:
        raise Http404
    return render(request, "console/payment.html", telling.context(found, access))
