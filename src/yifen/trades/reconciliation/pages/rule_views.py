"""Rules of reconciliation: each partner's profile and policies, changed by two people."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from yifen.core.access.doors import allow
from yifen.core.access.edge import access_of, now
from yifen.core.access.second import open_proposal
from yifen.core.access.telling import language, say
from yifen.core.documents.figures import grouped_yuan
from yifen.core.facts.money import format_yuan
from yifen.core.facts.refused import Refused
from yifen.face import words as said
from yifen.trades.reconciliation import ruling
from yifen.trades.reconciliation.models import DifferenceClass, Profile, TruthChoice
from yifen.trades.reconciliation.pages import layouts, partners, words
from yifen.trades.reconciliation.pages.forms import PolicyForm, ProfileForm
from yifen.trades.reconciliation.pages.partners import PartnerSide
from yifen.trades.reconciliation.repair import rules
from yifen.trades.reconciliation.repair.words import Difference, Party
from yifen.trades.reconciliation.repair.words import Truth as Record

Shown = dict[str, Any]


def default_truth(side: PartnerSide) -> str:
    return TruthChoice.OURS.value if side.party == "biller" else TruthChoice.THEIRS.value


@allow("reconciliation.rules")
def recon_rule(request: HttpRequest, code: str) -> HttpResponse:
    """One partner's rules; POST proposes others, for a second person to decide."""
    side = partners.side(access_of(request).scope, code)
    row = Profile.objects.filter(pk=side.id).first()
    first = row or Profile(partner_id=side.id, party=side.party, truth=default_truth(side))
    posted = request.POST or None
    form = ProfileForm(posted, instance=first, formats=words.format_choices(language(request)),
                       layouts=layouts.shown(access_of(request).scope))  # fmt: skip
    policies = policy_forms(posted, first, is_new=row is None)
    if posted and all([form.is_valid(), *(p.is_valid() for p in policies)]):
        asked = {p.kind.value: p.cleaned_data for p in policies if p.cleaned_data["action"]}
        try:
            proposal = ruling.propose_rules(access_of(request), side.id, form.cleaned_data, asked, now())
            return redirect("proposal", proposal.pk)
        except Refused as refused:
            say(request, refused)
    return render(request, "console/recon/rule.html", {
        "breadcrumbs": [{"title": _("对账规则"), "url": reverse("recon_rules")}, {"title": side.code}],
        "side": side, "form": form, "waiting": open_proposal(ruling.RULES, side.code),
        "policies": [(p, said.word(words.CLASSES, p.kind), default_said(p)) for p in policies],
    })  # fmt: skip


def policy_forms(posted: Any, row: Profile, is_new: bool) -> list[PolicyForm]:
    """One a class, with what counts unless the partner's own table says otherwise."""
    own = {} if is_new else {p.difference_class: p for p in row.policies.all()}
    defaults = rules.DEFAULTS[Party(row.party), Record(row.truth)]
    found = []
    for kind in DifferenceClass:
        policy = own.get(kind.value)
        initial = {} if policy is None else {
            "action": policy.action, "automatic": policy.automatic,
            "automatic_fen_max": "" if policy.automatic_fen_max is None
            else format_yuan(policy.automatic_fen_max),
            "automatic_items_max": policy.automatic_items_max,
            "automatic_sum_fen_max": "" if policy.automatic_sum_fen_max is None
            else format_yuan(policy.automatic_sum_fen_max),
        }  # fmt: skip
        default = defaults[Difference(kind.value)]
        found.append(PolicyForm(posted, kind=kind, default=default, initial=initial))
    return found


def default_said(form: PolicyForm) -> str:
    """The default of a class in words."""
    rule = form.default
    name = said.word(words.ACTIONS, rule.action)
    if not rule.automatic:
        return _("%s，两人") % name
    if rule.fen_max is None:
        return _("%s，自动") % name
    return _("%(name)s，自动至 %(most)s 元") % {"name": name, "most": grouped_yuan(rule.fen_max)}
