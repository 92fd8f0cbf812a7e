"""Rules of dunning, and who collects where."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
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
from yifen.trades.arrears.pages.forms import CollectorForm, RuleForm
from yifen.trades.arrears.pages.lists import billers, read
from yifen.trades.arrears.pages.views import crumbs
from yifen.trades.arrears.rules import LAWS, DunningStep
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
    return render(request, "console/arrears/rules.html", {
        "rules": rows, "may": access_of(request).may("arrears.rules"), "breadcrumbs": [{"title": _("催缴规则")}],
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


@allow("arrears.view")
def arrears_collectors(request: HttpRequest) -> HttpResponse:
    """GET biller: its communities and buildings; POST who collects at one of them."""
    access = access_of(request)
    known = billers(access)
    asked = request.GET.get("biller", "")
    chosen = next((one for one in known if str(one[0]) == asked), known[0] if known else None)
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
    places = read(_SQL["places"], {"biller": chosen[0]}) if chosen else []
    return render(
        request,
        "console/arrears/collectors.html",
        {
            "billers": known,
            "chosen": chosen,
            "may": may,
            "places": places[:PLACES_MAX],
            "is_cut": len(places) > PLACES_MAX,
            "people": read(_SQL["people"], {"biller": chosen[0]}) if chosen and may else [],
            "breadcrumbs": [{"title": _("催收员")}],
        },
    )
