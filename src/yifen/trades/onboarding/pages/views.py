"""Partners: one partner's way in, registering and changing."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from yifen.core.access import edge
from yifen.core.access.doors import allow
from yifen.core.access.edge import access_of
from yifen.core.access.telling import put, told
from yifen.core.facts.money import format_yuan
from yifen.core.facts.refused import Refused
from yifen.core.partners.categories import category
from yifen.core.partners.models import Admission, Biller, Channel, Partner, PartnerKey
from yifen.face import partners as queries
from yifen.face.second.waiting import open_of
from yifen.trades.onboarding.models import ConformanceRun
from yifen.trades.onboarding.operations import codes, go_live, kind_rules, register, terms
from yifen.trades.onboarding.pages.forms import SIDES, EditForm, RegisterForm, SideForm
from yifen.trades.onboarding.pages.steps import way_of
from yifen.trades.onboarding.tested import spoken


@allow("partners.view")
def partner(request: HttpRequest, code: str) -> HttpResponse:
    """One partner: how far its way in is, keys, sandbox, admissions, runs."""
    access = access_of(request)
    row = queries.partner(access.scope, code)
    now, found = edge.now(), open_of(row)
    context = {
        "row": row, "kind": queries.kind_of(row), "side": (side := queries.side_of(row)),
        "rule": rule_of(row, side),
        "category": told(category(getattr(side, "category", "")).text),
        "way": way_of(row, access, now), "spoken": spoken(row) if row.xml or row.json else (),
        "waiting": found, "waiting_acts": {one.act for one in found},
        "keys": PartnerKey.objects.filter(partner=row).order_by("-version"),
        "now": now, "admissions": admissions(row),
        "codes": len(codes.meanings_of(row)),
        "runs": ConformanceRun.objects.filter(partner=row).order_by("-began_at")[:10],
    }  # fmt: skip
    return render(request, "console/partners/partner.html", context)


def rule_of(row: Partner, side: Channel | Biller) -> dict[str, Any]:
    """What the kind of a channel sets beside its own limits and hours."""
    return kind_rules.rule_of(row.book_id, side.kind) if isinstance(side, Channel) else {}


def admissions(row: Partner) -> list[tuple[Partner, bool]]:
    """Who may be collected for, or who may collect: (the other partner, active)."""
    as_channel = Admission.objects.filter(channel=row.pk).select_related("biller__partner")
    as_biller = Admission.objects.filter(biller=row.pk).select_related("channel__partner")
    found = [(a.biller.partner, a.active) for a in as_channel]
    return found + [(a.channel.partner, a.active) for a in as_biller]


@allow("partners.edit")
def partner_new(request: HttpRequest) -> HttpResponse:
    """GET asks for the side, then (`kind`) for what fits it; POST registers a partner, and its sandbox opens at
    once."""
    access = access_of(request)
    asked = request.POST or request.GET
    if asked.get("kind") not in SIDES:
        return render(request, "console/partners/sides.html", {"sides": SIDES})
    form = RegisterForm(request.POST or None, scope=access.scope, kind=asked["kind"])
    if request.method == "POST" and form.is_valid():
        try:
            row = register.register(access, form.registration(), form.cleaned_data["book"],
                                    edge.now())  # fmt: skip
        except Refused as refused:
            put(request, form, refused)
        else:
            messages.success(request, _("已登记") if go_live.is_own(row) else _("已登记，沙箱已开通"))
            return redirect("partner", row.code)
    return render(request, "console/partners/new.html", {"form": form, "side": SIDES[asked["kind"]]})


@allow("partners.edit")
def partner_edit(request: HttpRequest, code: str) -> HttpResponse:
    """Name, limits, hours, endpoint; of a live partner a second person decides on most of it."""
    access = access_of(request)
    row = queries.partner(access.scope, code)
    kind, side = queries.kind_of(row), queries.side_of(row)
    form = EditForm(request.POST or None, kind=kind, initial=initial(row, side, kind))
    if request.method == "POST" and form.is_valid():
        try:
            proposal = terms.change(access, row, form.cleaned_data["name"], form.options(kind),
                                    edge.now(), form.cleaned_data["wire_log"])  # fmt: skip
        except Refused as refused:
            put(request, form, refused)
        else:
            if proposal is not None:
                return redirect("proposal", proposal.pk)
            messages.success(request, _("已保存，立即生效"))
            return redirect("partner", row.code)
    context = {"form": form, "row": row, "waiting": open_of(row)}
    return render(request, "console/partners/edit.html", context)


def initial(row: Partner, side: Any, kind: str) -> dict[str, Any]:
    found: dict[str, Any] = {"name": row.name, "wire_log": row.wire_log}
    for name in SideForm.CHANNEL if kind == "channel" else SideForm.BILLER:
        value = getattr(side, "kind" if name == "channel_kind" else name)
        found[name] = format_yuan(value) if name.endswith("_fen_max") and value else value
    return found
