"""Payers and payables: found by account number or name, with what was paid and what is held."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yifen.core.access.doors import allow
from yifen.core.access.edge import Access, access_of, now
from yifen.core.access.roles import Role
from yifen.core.access.scope import Scope
from yifen.core.directory.queries import ancestors
from yifen.core.facts.masking import masked_name
from yifen.core.partners.models import Biller
from yifen.face.lists.filters import ChosenField, Filters, SearchField
from yifen.face.masking import account_shown
from yifen.face.payables import queries
from yifen.face.payables.queries import Payable
from yifen.face.payables.telling import (
    Shown,
    facts,
    history_table,
    left_of,
    payables_table,
    payers_table,
)


class PayerFilters(Filters):
    """A biller, and an account number or the beginning of a name."""

    biller = ChosenField(gettext_lazy("收费单位"))
    account = SearchField(gettext_lazy("户号"))
    name = SearchField(gettext_lazy("户名开头"), wide=False)

    def arrange(self) -> None:
        billers = Biller.objects.select_related("partner").order_by("partner__code")
        found = scope_of(self.access)
        if found.partners is not None:
            billers = billers.filter(pk__in=found.partners)
        names = [(biller.pk, f"{biller.partner.code} {biller.partner.name}") for biller in billers]
        self.fields["biller"].choices = [("", _("请选择")), *names]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("biller") is None and (data.get("account") or data.get("name")):
            self.add_error("biller", _("请选择收费单位"))
        return data


@allow("payables.view")
def payables(request: HttpRequest) -> HttpResponse:
    """The search; one payer found is shown at once."""
    access = access_of(request)
    form = PayerFilters(request.GET, access, now())
    shown: Shown = {"form": form, "reset_url": request.path}
    if form.is_valid() and form.cleaned_data["biller"] is not None:
        asked = form.cleaned_data
        if asked["account"] or asked["name"]:
            found = queries.payers(
                scope_of(access), asked["biller"], asked["account"], asked["name"]
            )
            if len(found) == 1 and found[0].payable_id:
                return redirect("payer", found[0].payable_id)
            shown |= {"table": payers_table(found, access), "most": queries.FOUND_MAX,
                      "is_cut": len(found) == queries.FOUND_MAX}  # fmt: skip
    return render(request, "console/payables.html", shown)


@allow("payables.view")
def payer(request: HttpRequest, payable_id: int) -> HttpResponse:
    """The payer to whom this payable belongs, with all that he owes and owed."""
    access = access_of(request)
    found = found_payable(access, payable_id)
    rows = queries.payables_of(scope_of(access), found.biller_id, found.account_no)
    return render(request, "console/payer.html", {
        "breadcrumbs": crumbs(_("缴费户")),
        "payer": found,
        "account_no": account_shown(access, found.account_no),
        "name": masked_name(found.payer_name or ""),
        "left_fen": sum(left_of(row) for row in rows if row.state == "open"),
        "paid_fen": sum(row.paid_fen for row in rows),
        "held": sum(1 for row in rows if row.held_by),
        "table": payables_table(rows),
    })  # fmt: skip


@allow("payables.view")
def payable(request: HttpRequest, payable_id: int) -> HttpResponse:
    """One payable and every posting that moved money for it."""
    access = access_of(request)
    found = found_payable(access, payable_id)
    return render(request, "console/payable.html", {
        "breadcrumbs": crumbs(found.ref, found),
        "payable": found,
        "facts": facts(found, access),
        "table": history_table(queries.history(found), access),
    })  # fmt: skip


def found_payable(access: Access, payable_id: int) -> Payable:
    """404 outside the scope."""
    found = queries.payable(scope_of(access), payable_id)
    if found is None:
        raise Http404
    return found


def scope_of(access: Access) -> Scope:
    """A teller also finds the payers for whose billers his branch collects: those of the
    institutions above him."""
    scope = access.scope
    if scope.partners is None or Role.TELLER not in access.roles or access.user is None:
        return scope
    above = Biller.objects.filter(partner__institution__in=ancestors(access.user.institution_id))
    return Scope(scope.institutions, (*scope.partners, *above.values_list("pk", flat=True)))


def crumbs(title: str, below: Payable | None = None) -> list[Shown]:
    found = [{"title": _("应缴项"), "url": reverse("payables")}]
    if below is not None:
        found.append({"title": _("缴费户"), "url": reverse("payer", args=[below.payable_id])})
    return [*found, {"title": title}]
