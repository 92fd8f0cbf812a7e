"""Merchants: groups, regions and stores as a tree, pooling, and shares."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from yifen.core.access.doors import allow
from yifen.core.access.edge import access_of, now
from yifen.core.access.models import Authorisation
from yifen.core.access.second import open_proposal
from yifen.core.access.telling import put, say
from yifen.core.facts.refused import Refused
from yifen.face.lists import showing
from yifen.trades.settlement.models import Merchant, Split
from yifen.trades.settlement.operations import merchants as merchants_of
from yifen.trades.settlement.operations import shares as shares_of
from yifen.trades.settlement.pages import quoting
from yifen.trades.settlement.pages.agreed_lists import MERCHANTS
from yifen.trades.settlement.pages.agreement_views import billers
from yifen.trades.settlement.pages.forms import PlaceForm, Shares
from yifen.trades.settlement.rules import PPM

Shown = dict[str, Any]


def in_scope(request: HttpRequest) -> list[Merchant]:
    """The merchants among the billers in scope."""
    ids = [one.pk for one in billers(request)]
    rows = Merchant.objects.filter(pk__in=ids).select_related("biller__partner")
    return list(rows.order_by("biller__partner__code"))


def label(row: Merchant) -> str:
    return f"{row.biller.partner.code} {row.biller.partner.name}"


@allow("settlement.view")
def merchants(request: HttpRequest) -> HttpResponse:
    """The tree, and the form that puts a biller into it."""
    return shown(request, PlaceForm(**offered(request)))


def shown(request: HttpRequest, form: PlaceForm) -> HttpResponse:
    return showing.show(request, MERCHANTS, "console/settle/merchants.html", placing=form)


def offered(request: HttpRequest) -> Shown:
    """What the form may choose from."""
    return {"billers": [(one.pk, str(one)) for one in billers(request)],
            "merchants": [(row.pk, label(row)) for row in in_scope(request)]}  # fmt: skip


def line(row: Merchant, shares: list[Split]) -> Shown:
    total = sum(split.share_ppm for split in shares)
    return {
        "row": row, "label": label(row),
        "shares": [(label(s.beneficiary), quoting.percent(s.share_ppm)) for s in shares],
        "own": quoting.percent(PPM - total) if shares else "",
    }  # fmt: skip


@allow("agreements.edit")
@require_POST
def merchant_place(request: HttpRequest) -> HttpResponse:
    """POST biller, level, parent, pooled."""
    form = PlaceForm(request.POST, **offered(request))
    if form.is_valid():
        data = form.cleaned_data
        try:
            proposal = merchants_of.propose(access_of(request), data["biller"], data["level"],
                                            data["parent"], data["pooled"], now())  # fmt: skip
            return redirect("proposal", proposal.pk)
        except Refused as refused:
            put(request, form, refused)
    return shown(request, form)


@allow("agreements.edit")
def merchant(request: HttpRequest, code: str) -> HttpResponse:
    """The shares of one merchant, all at once; POST remove=1 takes it out of its group."""
    rows = in_scope(request)
    row = next((one for one in rows if one.biller.partner.code == code), None)
    if row is None:
        raise Http404
    others = [(one.pk, label(one)) for one in rows if one.pk != row.pk]
    first = [{"beneficiary": s.beneficiary_id, "share_ppm": s.share_ppm} for s in row.splits.all()]
    shares = Shares(request.POST or None, prefix="shares", initial=first,
                    form_kwargs={"merchants": others})  # fmt: skip
    if request.method == "POST":
        try:
            proposal = proposed(request, row, shares)
            if proposal:
                return redirect("proposal", proposal.pk)
        except Refused as refused:
            say(request, refused)
    return render(request, "console/settle/merchant.html", {
        "breadcrumbs": [{"title": _("商户与分账"), "url": reverse("merchants")}, {"title": code}],
        "row": row, "shares": shares, "line": line(row, list(row.splits.all())),
        "waiting": open_proposal(shares_of.ACT, code) or open_proposal(merchants_of.ACT, code),
    })  # fmt: skip


def proposed(request: HttpRequest, row: Merchant, shares: Any) -> Authorisation | None:
    """Refused as the operations refuse; None: the form is not filled."""
    if "remove" in request.POST:
        return merchants_of.propose_removal(access_of(request), row.pk, now())
    if not shares.is_valid():
        return None
    asked = {form.cleaned_data["beneficiary"]: form.cleaned_data["share_ppm"]
             for form in shares.forms if form.cleaned_data.get("beneficiary")}  # fmt: skip
    return shares_of.propose(access_of(request), row.pk, asked, now())
