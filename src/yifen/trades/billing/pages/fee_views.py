"""Fees 费种: a new one, and what changes of one."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from yifen.core.access.doors import allow
from yifen.core.access.edge import access_of, now
from yifen.core.access.telling import put
from yifen.core.facts.refused import Refused
from yifen.face.lists.selecting import one
from yifen.trades.billing.pages.price_forms import FeeForm
from yifen.trades.billing.pages.price_lists import BILLING_FEES, billers
from yifen.trades.billing.pages.price_views import crumbs
from yifen.trades.billing.prices import fees
from yifen.trades.billing.prices import proposing as prices
from yifen.trades.billing.prices.fees import AskedFee


@allow("billing.prices")
def billing_fee_new(request: HttpRequest) -> HttpResponse:
    """A fee that is not there yet."""
    return edit_fee(request, None)


@allow("billing.prices")
def billing_fee(request: HttpRequest, fee_id: int) -> HttpResponse:
    """What changes of one."""
    row = one(BILLING_FEES, access_of(request), fee_id) if fee_id < 2**31 else None
    if row is None:
        raise Http404
    fee = prices.fee_of(fee_id)
    there, _priced = fees.found(fee.biller_id, fee.code)
    return edit_fee(request, there)


def edit_fee(request: HttpRequest, there: AskedFee | None) -> HttpResponse:
    """The form; POST puts it before a second person."""
    access = access_of(request)
    first = {name: getattr(there, name) for name in AskedFee.__struct_fields__} if there else {}
    form = FeeForm(request.POST or None, initial=first, billers=billers(access))
    for name in ("biller_id", "code") if there else ():
        form.fields[name].disabled = True
    if request.method == "POST" and form.is_valid():
        try:
            return redirect("proposal", fees.propose(access, AskedFee(**form.cleaned_data), now()).pk)
        except Refused as refused:
            put(request, form, refused, "code")
    return render(request, "console/billing/fee.html", {
        "form": form, "there": there, "breadcrumbs": crumbs(there.name if there else _("新费种"))})  # fmt: skip
