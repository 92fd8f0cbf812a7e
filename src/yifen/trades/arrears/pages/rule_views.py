"""Rules of dunning, and who collects where."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from yifen.core.access.doors import allow
from yifen.core.access.edge import access_of, now
from yifen.core.access.telling import put, say, told
from yifen.core.facts.codes import Code
from yifen.core.facts.refused import Refused
from yifen.core.facts.sqlfiles import queries
from yifen.face import scope as scopes
from yifen.trades.arrears import debts, ruling
from yifen.trades.arrears.pages.forms import CollectorForm, OfficeForm, RuleForm
from yifen.trades.arrears.pages.lists import billers, read
from yifen.trades.arrears.pages.views import crumbs
from yifen.trades.arrears.rules import LAWS, DunningStep, natural
from yifen.trades.arrears.ruling import DunningRule

_SQL = queries(__package__)
PLACES_MAX = 2000


@allow("arrears.view")
def arrears_rules(request: HttpRequest) -> HttpResponse:
    """In force, of the billers in scope."""
    rows = []
    for _rule, biller, fee, class_, law, hours, made_at, steps in read(
        _SQL["rules"], scopes.params(access_of(request).scope)
    ):
        read_steps = [
            DunningStep(kind, *map(int, rest))
            for kind, *rest in (step.split() for step in steps.split(","))
        ]
        rows.append(
            {
                "biller": biller,
                "fee": fee or _("全部"),
                "class": class_ or _("全部"),
                "law": told(LAWS[law].name),
                "source": told(LAWS[law].source),
                "hours": hours,
                "made_at": localtime(made_at),
                "steps": [told(ruling.said(step)) for step in read_steps],
            }
        )
    offices = read(_SQL["offices"], scopes.params(access_of(request).scope))
    return render(request, "console/arrears/rules.html", {
        "offices": offices, "rules": rows,
        "may": access_of(request).may("arrears.rules"), "breadcrumbs": [{"title": _("催缴规则")}],
        "laws": [(word, told(law.name)) for word, law in LAWS.items()],
    })  # fmt: skip


@allow("arrears.rules")
def arrears_rule(request: HttpRequest) -> HttpResponse:
    """GET law: the form with its template; POST puts a rule before a second person."""
    access = access_of(request)
    law = request.GET.get("law", "none")
    law = law if law in LAWS else "none"
    form = RuleForm(
        access,
        law,
        request.POST or None,
        initial={"law": law, "restore_hours": LAWS[law].restore_hours},
    )
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        rule = DunningRule(
            given["biller"],
            given["fee"],
            given["class_"],
            given["law"],
            given["restore_hours"],
            form.steps(),
        )
        try:
            row = ruling.propose(access, rule, given["reason"], now())
        except Refused as refused:
            put(request, form, refused, "law")
        else:
            return redirect("proposal", row.pk)
    return render(
        request,
        "console/arrears/rule.html",
        {
            "form": form,
            "law": told(LAWS[law].source),
            "breadcrumbs": crumbs(_("催缴规则"), "arrears_rules", _("新规则")),
        },
    )


@allow("arrears.rules")
def arrears_office(request: HttpRequest, biller_id: int) -> HttpResponse:
    """Phone and address of a company, as its letters say them."""
    access = access_of(request)
    known = read(_SQL["offices"], scopes.params(access.scope))
    one = next((row for row in known if row[0] == biller_id), None)
    if one is None:
        raise Http404
    form = OfficeForm(request.POST or None, initial={"phone": one[2], "address": one[3]})
    if request.method == "POST" and form.is_valid():
        try:
            debts.act("office", "phone", session=access.session, biller=biller_id, now=now(), **form.cleaned_data)
        except Refused as refused:
            put(request, form, refused, "phone")
        else:
            messages.success(request, _("已登记"))
            return redirect("arrears_rules")
    return render(request, "console/arrears/form.html", {
        "form": form, "title": _("函件落款"), "button": _("登记"), "back": reverse("arrears_rules"), "lead": one[1],
        "breadcrumbs": crumbs(_("催缴规则"), "arrears_rules", _("函件落款")),
    })  # fmt: skip


@allow("arrears.view")
def arrears_collectors(request: HttpRequest) -> HttpResponse:
    """GET biller: its communities; GET area: one with its buildings; POST who collects at one of them."""
    access = access_of(request)
    known = billers(access)
    asked = request.GET.get("biller", "")
    chosen = next((one for one in known if str(one[0]) == asked), known[0] if known else None)
    known_areas = read(_SQL["areas_of"], {"biller": chosen[0]}) if chosen else []
    known_areas.sort(key=lambda row: natural(row[1]))
    area = next((one[0] for one in known_areas if str(one[0]) == request.GET.get("area", "")), None)
    may = access.may("arrears.do")
    if chosen and may and request.method == "POST":
        form = CollectorForm(request.POST)
        form.fields["user"].choices = [("", "—"), *read(_SQL["people"], {"biller": chosen[0]})]  # type: ignore[attr-defined]
        if form.is_valid():
            try:
                debts.act("collector", "user", session=access.session, **form.cleaned_data)
            except Refused as refused:
                say(request, refused)
            else:
                messages.success(request, _("已登记"))
        else:
            say(request, Refused(Code.INPUT_INVALID))
        return redirect(request.get_full_path())
    places = read(_SQL["places"], {"biller": chosen[0], "area": area}) if chosen else []
    places.sort(key=lambda row: natural(row[1]))
    return render(
        request,
        "console/arrears/collectors.html",
        {
            "billers": known,
            "chosen": chosen,
            "areas": known_areas,
            "area": area,
            "may": may,
            "places": places[:PLACES_MAX],
            "is_cut": len(places) > PLACES_MAX,
            "people": read(_SQL["people"], {"biller": chosen[0]}) if chosen and may else [],
            "breadcrumbs": [{"title": _("催收员")}],
        },
    )
