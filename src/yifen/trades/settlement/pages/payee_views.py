"""Payees, changed by two people; and our own accounts at banks."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from yifen.core.access.doors import allow, fresh
from yifen.core.access.edge import access_of, now, user_of
from yifen.core.access.second import open_proposal
from yifen.core.access.telling import put, say
from yifen.core.facts.refused import Refused
from yifen.core.partners.books import books
from yifen.core.partners.models import Partner, PartnerKey
from yifen.face.partners import partners as found_partners
from yifen.trades.settlement import accounts
from yifen.trades.settlement.models import Bank, Payee
from yifen.trades.settlement.operations import bank_keys, banks
from yifen.trades.settlement.operations import payees as operations
from yifen.trades.settlement.pages.agreement_views import billers
from yifen.trades.settlement.pages.forms import BankForm, NewBankForm, PayeeForm


@allow("agreements.edit")
def payee(request: HttpRequest, code: str) -> HttpResponse:
    """One biller's; POST proposes another, which who approves payouts decides on."""
    biller = billers(request).filter(code=code).first() if code.isprintable() else None
    if biller is None:
        raise Http404
    row = Payee.objects.filter(pk=biller.pk).first()
    names = ("bank_id", "account_no", "account_name", "bank_code", "bank_name")
    initial = {name: getattr(row, name) for name in names} if row else {}
    if row:
        initial["account_no"] = accounts.shown(row.account_no)
    form = PayeeForm(request.POST or None, initial=initial, banks=bank_choices(biller))
    if request.method == "POST" and form.is_valid():
        asked = operations.AskedPayee(biller.pk, **form.cleaned_data)
        try:
            return redirect("proposal", operations.propose(access_of(request), asked, now()).pk)
        except Refused as refused:
            put(request, form, refused)
    return render(request, "console/settle/payee.html", {
        "breadcrumbs": [{"title": _("收款账户"), "url": reverse("payees")}, {"title": code}],
        "biller": biller, "form": form, "waiting": open_proposal(operations.ACT, code),
    })  # fmt: skip


@allow("agreements.edit")
def bank_new(request: HttpRequest) -> HttpResponse:
    """POST proposes one of the user's institution."""
    form = NewBankForm(request.POST or None, books=books())
    return edit_bank(request, form, _("新银行"))


@allow("agreements.edit")
def bank(request: HttpRequest, code: str) -> HttpResponse:
    """Our account there; POST proposes another."""
    row = found_bank(request, code)
    initial = {name: getattr(row, name) for name in ("account_no", "account_name", "endpoint")}
    return edit_bank(request, BankForm(request.POST or None, initial=initial), code, row.partner)


@allow("agreements.edit")
@require_POST
@fresh
def bank_key(request: HttpRequest, code: str) -> HttpResponse:
    """POST proposes the next key of its port; the secret is on the screen this once."""
    row = found_bank(request, code)
    try:
        issued = bank_keys.propose(access_of(request), row.partner, now())
    except Refused as refused:
        say(request, refused)
        return redirect("bank", code)
    return render(request, "console/settle/bank_key.html", {
        "breadcrumbs": [{"title": _("银行"), "url": reverse("banks")}, {"title": code}],
        "partner": row.partner, "issued": issued,
    })  # fmt: skip


def found_bank(request: HttpRequest, code: str) -> Bank:
    """404 outside the scope."""
    partners = found_partners(access_of(request).scope).filter(code=code) if code.isprintable() else ()
    row = Bank.objects.filter(partner__in=partners).select_related("partner").first()
    if row is None:
        raise Http404
    return row


def edit_bank(
    request: HttpRequest, form: BankForm, title: str, partner: Partner | None = None
) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        fields = dict(form.cleaned_data)
        if partner:
            fields |= {"code": partner.code, "name": partner.name, "book_id": partner.book_id,
                       "institution_id": partner.institution_id}  # fmt: skip
        else:
            fields["institution_id"] = user_of(request).institution_id
        try:
            asked = banks.AskedBank(**fields)
            return redirect("proposal", banks.propose(access_of(request), asked, now()).pk)
        except Refused as refused:
            put(request, form, refused, "code" if "code" in form.fields else "account_no")
    return render(request, "console/settle/bank.html", {
        "breadcrumbs": [{"title": _("银行"), "url": reverse("banks")}, {"title": title}],
        "partner": partner, "form": form,
        "waiting": partner and (open_proposal(banks.ACT, partner.code) or open_proposal(bank_keys.ACT, partner.code)),
        "keys": partner and PartnerKey.objects.filter(partner=partner).order_by("-version"),
    })  # fmt: skip


def bank_choices(biller: Partner) -> list[tuple[int, str]]:
    """Our banks in the biller's book."""
    rows = Bank.objects.filter(partner__book_id=biller.book_id).select_related("partner")
    return [(row.pk, str(row.partner)) for row in rows.order_by("partner__code")]
