"""Payees, changed by two people; and our own accounts at banks."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from yifen.core.access.doors import allow
from yifen.core.access.edge import access_of, now
from yifen.core.access.telling import put
from yifen.core.facts.refused import Refused
from yifen.core.partners.models import Partner
from yifen.trades.settlement.models import Bank, Payee
from yifen.trades.settlement.operations import payees as operations
from yifen.trades.settlement.pages.agreement_views import billers
from yifen.trades.settlement.pages.forms import PayeeForm


@allow("agreements.edit")
def payee(request: HttpRequest, code: str) -> HttpResponse:
    """One biller's; POST proposes another, which who approves payouts decides on."""
    biller = billers(request).filter(code=code).first() if code.isprintable() else None
    if biller is None:
        raise Http404
    row = Payee.objects.filter(pk=biller.pk).first()
    names = ("bank_id", "account_no", "account_name", "bank_code", "bank_name")
    initial = {name: getattr(row, name) for name in names} if row else {}
    form = PayeeForm(request.POST or None, initial=initial, banks=bank_choices(biller))
    if request.method == "POST" and form.is_valid():
        asked = operations.AskedPayee(biller.pk, **form.cleaned_data)
        try:
            return redirect("proposal", operations.propose(access_of(request), asked, now()).pk)
        except Refused as refused:
            put(request, form, refused)
    return render(request, "console/settle/payee.html", {
        "breadcrumbs": [{"title": _("收款账户"), "url": reverse("payees")}, {"title": code}],
        "biller": biller, "form": form,
    })  # fmt: skip


def bank_choices(biller: Partner) -> list[tuple[int, str]]:
    """Our banks in the biller's book."""
    rows = Bank.objects.filter(partner__book_id=biller.book_id).select_related("partner")
    return [(row.pk, str(row.partner)) for row in rows.order_by("partner__code")]
