"""What people say of a payout: proposed here, decided by another."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from yifen.core.access.doors import allow
from yifen.core.access.edge import access_of, now
from yifen.core.access.models import Authorisation
from yifen.core.access.telling import say
from yifen.core.facts.refused import Refused
from yifen.trades.settlement.operations import deciding
from yifen.trades.settlement.pages.forms import MarkForm
from yifen.trades.settlement.pages.views import found_payout


@allow("payouts.propose")
@require_POST
def payout_mark(request: HttpRequest, number: int) -> HttpResponse:
    """POST state=done|returned, bank_serial, left, reason: by what the bank gave in writing."""
    row, form = found_payout(request, number), MarkForm(request.POST)
    if form.is_valid():
        asked = form.cleaned_data

        def propose() -> Authorisation:
            return deciding.propose_mark(
                access_of(request), -row.number, asked["state"], asked["bank_serial"], asked["left"],
                now(), asked["reason"],
            )  # fmt: skip

        return proposed(request, number, propose)
    return redirect("payout", number)


@allow("payouts.propose")
@require_POST
def payout_again(request: HttpRequest, number: int) -> HttpResponse:
    """POST reason: what came back is sent to the same payee once more."""
    row = found_payout(request, number)
    reason = request.POST.get("reason", "")
    return proposed(request, number, lambda: deciding.propose_again(
        access_of(request), row.biller_id, now(), reason))  # fmt: skip


def proposed(request: HttpRequest, number: int, propose: Callable[[], Authorisation]) -> HttpResponse:
    try:
        return redirect("proposal", propose().pk)
    except Refused as refused:
        say(request, refused)
        return redirect("payout", number)
