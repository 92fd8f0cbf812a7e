"""Late fees: what a bill asks for today, what is waived and not counted; the rules of fees."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from yifen.core.access.doors import allow
from yifen.core.access.edge import access_of, now
from yifen.core.access.telling import put
from yifen.core.facts.refused import Refused
from yifen.trades.billing.late import asked as late
from yifen.trades.billing.late import freezing, waiving
from yifen.trades.billing.late import ruling as late_rules
from yifen.trades.billing.late.asked import LateBill
from yifen.trades.billing.late.ruling import LateRule
from yifen.trades.billing.pages import late_tables
from yifen.trades.billing.pages.late_forms import FreezeForm, LateRuleForm, OnForm, WaiveForm
from yifen.trades.billing.pages.run_lists import fees
from yifen.trades.billing.pages.run_views import crumbs


@allow("billing.view")
def billing_late(request: HttpRequest, bill_id: int) -> HttpResponse:
    """A bill's late fee of today, line by line; GET on: of that day."""
    return _page(request, found_late(request, bill_id), WaiveForm(), FreezeForm(initial={"from_on": localdate(now())}))


@allow("billing.run")
@require_POST
def billing_waive(request: HttpRequest, bill_id: int) -> HttpResponse:
    """Put a waiver before a second person."""
    bill, form = found_late(request, bill_id), WaiveForm(request.POST)
    if form.is_valid():
        try:
            row = waiving.propose(access_of(request), bill_id, form.cleaned_data["amount"],
                                  form.cleaned_data["reason"], now())  # fmt: skip
        except Refused as refused:
            put(request, form, refused, "amount")
        else:
            return redirect("proposal", row.pk)
    return _page(request, bill, form, FreezeForm())


@allow("billing.run")
@require_POST
def billing_freeze(request: HttpRequest, bill_id: int) -> HttpResponse:
    """Put days that are not counted before a second person."""
    bill, form = found_late(request, bill_id), FreezeForm(request.POST)
    if form.is_valid():
        asked = form.cleaned_data
        try:
            row = freezing.propose(access_of(request), bill_id, asked["from_on"], asked["to_on"], asked["of_all"],
                                   asked["reason"], now())  # fmt: skip
        except Refused as refused:
            put(request, form, refused, "to_on")
        else:
            return redirect("proposal", row.pk)
    return _page(request, bill, WaiveForm(), form)


@allow("billing.view")
def billing_late_rules(request: HttpRequest) -> HttpResponse:
    """Every rule of the billers in scope."""
    return render(request, "console/billing/late_rules.html", {
        "rules": late_tables.rules(access_of(request)), "may_propose": access_of(request).may("billing.prices"),
        "breadcrumbs": crumbs(_("违约金规则")),
    })  # fmt: skip


@allow("billing.prices")
def billing_late_rule(request: HttpRequest) -> HttpResponse:
    """GET the form; POST puts a rule before a second person."""
    form = LateRuleForm(request.POST or None)
    form.fields["fee"].choices = [("", _("请选择")), *fees(access_of(request))]  # type: ignore[attr-defined]
    if request.method == "POST" and form.is_valid():
        asked = form.cleaned_data
        rule = LateRule(asked["fee"], asked["class_"], asked["valid_from"], asked["rate"], asked["later_rate"],
                        asked["grace_days"], asked["count_first"], asked["least"] or 0, asked["cap_permille"],
                        asked["truncated"], asked["fee_first"])  # fmt: skip
        try:
            row = late_rules.propose(access_of(request), rule, asked["reason"], now())
        except Refused as refused:
            put(request, form, refused, "rate")
        else:
            return redirect("proposal", row.pk)
    return render(request, "console/billing/late_rule.html", {"form": form, "breadcrumbs": crumbs(_("违约金规则"))})


def found_late(request: HttpRequest, bill_id: int) -> LateBill:
    """404 outside the scope, and of what is no payable."""
    try:
        return late.bill_in_scope(access_of(request), bill_id, now())
    except Refused:
        raise Http404 from None


def _page(request: HttpRequest, bill: LateBill, waive: WaiveForm, freeze: FreezeForm) -> HttpResponse:
    access, asked = access_of(request), OnForm(request.GET or None, initial={"on": localdate(now())})
    on = asked.cleaned_data["on"] if asked.is_bound and asked.is_valid() else localdate(now())
    return render(request, "console/billing/late.html", {
        "asked": asked, "on": on, "lines": late_tables.calculation(bill, on),
        "bill": bill, "facts": late_tables.facts(bill, access), "decided": late_tables.decided(bill), "waive": waive,
        "freeze": freeze, "may_propose": access.may("billing.run") and bill.state == "open",
        "breadcrumbs": crumbs(f"B{bill.bill_id}"),
    })  # fmt: skip
