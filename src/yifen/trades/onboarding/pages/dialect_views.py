"""Another dialect: its keys are made ready, then all changes at once, with a second person's word."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from yifen.core.access import edge
from yifen.core.access.doors import allow
from yifen.core.access.edge import access_of, key_ring_of
from yifen.core.access.telling import put, say
from yifen.core.facts.refused import Refused
from yifen.core.partners.models import Partner, PartnerKey
from yifen.face import partners as queries
from yifen.trades.onboarding.operations import dialects
from yifen.trades.onboarding.pages.forms import DialectForm, KeyForm
from yifen.trades.onboarding.tested import spoken


@allow("partners.edit")
def partner_dialect(request: HttpRequest, code: str) -> HttpResponse:
    """What the partner speaks; POST changes it, or asks a second person to."""
    row = queries.partner(access_of(request).scope, code)
    form = DialectForm(request.POST or None, kind=queries.kind_of(row), initial=initial(row))
    if request.method == "POST" and form.is_valid():
        try:
            if dialects.request_move(access_of(request), row, form.move(), edge.now()):
                messages.success(request, _("报文方式已更改，立即生效"))
                return redirect("partner", row.code)
            messages.success(request, _("已提交变更申请，待另一人复核"))
            return redirect("partner_dialect", row.code)
        except Refused as refused:
            # while a change waits the page has no form to put it on
            say(request, refused) if dialects.open_request(row) else put(request, form, refused)
    return page(request, row, form)


def initial(row: Partner) -> dict[str, str]:
    return {"dialects": "+".join(sorted(spoken(row))), "encoding": row.encoding, "unit": row.unit}


def page(request: HttpRequest, row: Partner, form: DialectForm) -> HttpResponse:
    asked = dialects.open_request(row)
    access = access_of(request)
    unspoken = dialects.unspoken(row)
    context = {
        "row": row, "form": form, "now": edge.now(), "spoken": spoken(row), "asked": asked,
        "move": dialects.Move.of(asked.subject_key) if asked else None,
        "own_request": bool(asked and asked.maker == access.user),
        "key_form": KeyForm(algorithms=unspoken, auto_id="key_%s") if unspoken else None,
        "keys": PartnerKey.objects.filter(partner=row).order_by("-version"),
    }  # fmt: skip
    return render(request, "console/partners/dialect.html", context)


@allow("partners.keys")
@require_POST
def partner_dialect_key(request: HttpRequest, code: str) -> HttpResponse:
    """A key of a dialect that is not open yet; a secret is on the screen this once."""
    row = queries.partner(access_of(request).scope, code)
    form = KeyForm(request.POST, algorithms=dialects.unspoken(row), auto_id="key_%s")
    issued, secret = None, ""
    if form.is_valid():
        data = form.cleaned_data
        try:
            issued, secret = dialects.prepare_key(key_ring_of(request), row, data["algorithm"],
                                                  data["public"], edge.now())  # fmt: skip
        except Refused as refused:
            put(request, form, refused)
    context = {
        "row": row, "form": form, "issued": issued, "secret": secret, "now": edge.now(),
        "preparing": True, "keys": PartnerKey.objects.filter(partner=row).order_by("-version"),
    }  # fmt: skip
    return render(request, "console/partners/keys.html", context)


@allow("partners.go_live")
@require_POST
def partner_dialect_decide(request: HttpRequest, code: str) -> HttpResponse:
    """POST granted=1|0, seen: the checker's word on what his page showed."""
    access = access_of(request)
    row = queries.partner(access.scope, code)
    granted, seen = request.POST.get("granted") == "1", request.POST.get("seen", "")
    try:
        if dialects.decide_move(access, row, granted, seen, edge.now()):
            messages.success(request, _("报文方式已更改，立即生效"))
        else:
            messages.warning(request, _("已退回变更申请"))
    except Refused as refused:
        say(request, refused)
    return redirect("partner_dialect", row.code)
