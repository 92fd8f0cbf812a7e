"""The payer's page, by the link of his notice: what is demanded, until when he may answer; he agrees, or refuses with a
reason."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from yifen.core.access import edge
from yifen.core.access.doors import Door, allow
from yifen.core.access.telling import words
from yifen.core.facts.refused import Refused
from yifen.core.plugs import result_code
from yifen.face.plain import plain_connection
from yifen.trades.collection import orders
from yifen.trades.collection.codes import CollectionCode
from yifen.trades.collection.pages import reading
from yifen.trades.collection.pages.listing import KINDS, STATES
from yifen.trades.collection.pages.telling import LINES


@allow(Door.PUBLIC)
def collection_payer(request: HttpRequest, token: str) -> HttpResponse:
    """A look changes nothing; a POST answers."""
    found = reading.linked(token)
    if found is None:
        refused = Refused(CollectionCode.COLLECTION_LINK)
        return render(
            request, "payer/collection.html", {"home_url": "/", "error": words(request, refused)}, status=404
        )
    bills, error, status = reading.bills(found.order_id), "", 200
    if request.method == "POST":
        places = [int(place) for place in request.POST.getlist("place") if place.isascii() and place.isdigit()][:200]
        answer = orders.PayerSaid(
            request.POST.get("answer") == "yes", places or None, request.POST.get("reason", "")[:400], b""
        )
        try:
            if request.POST.get("answer") not in ("yes", "no"):
                raise Refused(CollectionCode.COLLECTION_NOT_OPEN)
            with plain_connection() as conn:
                orders.by_link(conn, token, answer, edge.now())
        except Refused as refused:
            error, status = words(request, refused), refused.code.meaning.status
        else:
            messages.success(request, _("已同意付款") if answer.agrees else _("已登记拒付"))
            return redirect("collection_payer", token)
    return render(
        request,
        "payer/collection.html",
        {
            "home_url": "/",
            "order": found,
            "bills": [(bill, *LINES[bill.state]) for bill in bills],
            "error": error,
            "state": STATES[found.state][0],
            "tone": STATES[found.state][1],
            "kind": KINDS[found.kind][0],
            "still": [bill for bill in bills if bill.state == "out"],
            "typed": request.POST.get("reason", ""),
            "why": words(request, Refused(result_code(found.code))) if found.code else "",
        },
        status=status,
    )
