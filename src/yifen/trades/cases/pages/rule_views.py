"""Pages of a court's rule: the one in force to read, the form that puts another before a second person."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from yifen.core.access.doors import allow
from yifen.core.access.edge import Access, access_of, now
from yifen.core.access.telling import put, told
from yifen.core.facts.plug import Text
from yifen.core.facts.refused import Refused
from yifen.trades.cases import courts
from yifen.trades.cases.courts import CourtRule
from yifen.trades.cases.pages import listing
from yifen.trades.cases.pages.forms import CourtRuleForm
from yifen.trades.cases.pages.views import shown
from yifen.trades.cases.payout import payout_levels
from yifen.trades.cases.reading import rows


@allow("cases.view")
def court_rule(request: HttpRequest) -> HttpResponse:
    """The rule in force today of each court in scope."""
    access, today = access_of(request), timezone.localdate(now())
    found = [(court, name, courts.in_force(court, today)) for court, name in listing.courts(access)]
    return render(request, "console/cases/rules.html", {
        "rules": [(court, name, rule_facts(rule)) for court, name, rule in found if rule],
        "may": access.may("cases.rules"), "breadcrumbs": [{"title": _("案款规则")}]})  # fmt: skip


def rule_facts(rule: CourtRule) -> list[dict[str, Any]]:
    """Each of its fields in words."""
    fields = rule._asdict()
    shown = ((title, courts.said(fields, field)) for field, title in courts.TITLES.items())
    return [{"title": told(title), "text": told(value) if isinstance(value, Text) else value} for title, value in shown]


@allow("cases.rules")
def court_rule_new(request: HttpRequest) -> HttpResponse:
    """A court's rule, put before another; the first one makes the biller a court."""
    access = access_of(request)
    form = CourtRuleForm(request.POST or None, initial=rule_now(access, request.GET.get("court", "")))
    form.offer(listing.billers(access))
    form.offer_banks(rows("banks", ()))
    if request.method == "POST" and form.is_valid():
        fields = dict(form.cleaned_data)
        fields["prefix"] = fields.pop("start")
        try:
            fields["levels"] = payout_levels.parse(fields["levels"])
            made = courts.propose(access, fields.pop("court"), CourtRule(**fields), now())
            return redirect("proposal", made.pk)
        except Refused as refused:
            put(request, form, refused, "valid_from")
    lead = _("从生效日起：子账号怎样编号，可否超过执行标的缴款，各项期限。第一份规则把收费单位登记为法院。")
    return shown(request, form, _("案款规则"), _("提交复核"), "courts", lead)


def rule_now(access: Access, chosen: str) -> dict[str, Any]:
    """What the form opens with: the rule in force of the court that was chosen, or of the only one in scope."""
    today, known = timezone.localdate(now()), [court for court, _name in listing.courts(access)]
    court = next((one for one in known if str(one) == chosen), known[0] if len(known) == 1 else None)
    rule = courts.in_force(court, today) if court is not None else None
    if rule is None:
        return {"valid_from": today, "levels": told(payout_levels.lines(courts.DEFAULT_LEVELS))}
    fields = rule._asdict()
    return fields | {"court": court, "start": fields["prefix"], "valid_from": today,
                     "levels": told(payout_levels.lines(rule.levels))}  # fmt: skip
