"""A payment past the cut that nobody decided: which end two people may give it."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import pgettext
from django.views.decorators.http import require_POST

from yifen.core.access.doors import allow
from yifen.core.access.edge import access_of, now
from yifen.core.access.second import open_proposal
from yifen.core.access.telling import say, told
from yifen.core.facts.refused import Refused
from yifen.face import words as said
from yifen.face.plain import plain_connection
from yifen.trades.reconciliation import undecided
from yifen.trades.reconciliation.undecided import UndecidedPayment


@allow("reconciliation.view")
def undecided_payment(request: HttpRequest, payment_id: int) -> HttpResponse:
    """What it is, and the ends that may be proposed."""
    found = found_payment(request, payment_id)
    return render(request, "console/recon/undecided.html", {
        "breadcrumbs": [{"title": pgettext("list", "未决缴费"), "url": reverse("undecided_payments")},
                        {"title": str(payment_id)}],
        "payment": found, "state": said.badge(said.BILLER_STATES, found.biller_state),
        "ends": [(word, told(undecided.WORDS[word])) for word in found.ends],
        "waiting": open_proposal(undecided.ACT, str(payment_id)),
    })  # fmt: skip


@allow("repair.propose")
@require_POST
def undecided_end(request: HttpRequest, payment_id: int) -> HttpResponse:
    """POST word, reason: for another person to decide."""
    found_payment(request, payment_id)
    word, reason = request.POST.get("word", ""), request.POST.get("reason", "")
    try:
        proposal = undecided.propose(access_of(request), payment_id, word, reason, now())
    except Refused as refused:
        say(request, refused)
        return redirect("undecided_payment", payment_id)
    return redirect("proposal", proposal.pk)


def found_payment(request: HttpRequest, payment_id: int) -> UndecidedPayment:
    """404 for what is not there, and for what is another's."""
    with plain_connection() as conn:
        found = undecided.find(conn, payment_id) if payment_id < 2**63 else None
    if found is None or not access_of(request).scope.has_partner(found.biller_id):
        raise Http404
    return found
