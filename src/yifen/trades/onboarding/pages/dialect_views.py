"""Another dialect: its keys are made ready, then all changes at once, with a second person's word."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from yifen.core.access import edge
from yifen.core.access.doors import allow, fresh
from yifen.core.access.edge import access_of, key_ring_of
from yifen.core.access.telling import put
from yifen.core.facts.refused import Refused
from yifen.core.partners.models import Partner, PartnerKey
from yifen.face import partners as queries
from yifen.face.second.waiting import open_of
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
            proposal = dialects.change(access_of(request), row, form.move(), edge.now())
        except Refused as refused:
            put(request, form, refused)
        else:
            if proposal is not None:
                return redirect("proposal", proposal.pk)
            messages.success(request, _("报文方式已更改，立即生效"))
            return redirect("partner", row.code)
    return page(request, row, form)


def initial(row: Partner) -> dict[str, str]:
    return {"dialects": "+".join(sorted(spoken(row))), "encoding": row.encoding, "unit": row.unit}


def page(request: HttpRequest, row: Partner, form: DialectForm) -> HttpResponse:
    unspoken, waiting = dialects.unspoken(row), open_of(row)
    context = {
        "row": row, "form": form, "now": edge.now(), "waiting": waiting,
        "asked": any(one.act == dialects.ACT for one in waiting),
        "key_form": KeyForm(algorithms=unspoken, auto_id="key_%s") if unspoken else None,
        "keys": PartnerKey.objects.filter(partner=row).order_by("-version"),
    }  # fmt: skip
    return render(request, "console/partners/dialect.html", context)


@allow("partners.keys")
@require_POST
@fresh
def partner_dialect_key(request: HttpRequest, code: str) -> HttpResponse:
    """A key of a dialect that is not open yet; a secret is on the screen this once."""
    access = access_of(request)
    row = queries.partner(access.scope, code)
    form = KeyForm(request.POST, algorithms=dialects.unspoken(row), auto_id="key_%s")
    issued = None
    if form.is_valid():
        data = form.cleaned_data
        try:
            issued = dialects.prepare_key(access, key_ring_of(request), row, data["algorithm"],
                                          data["public"], edge.now())  # fmt: skip
        except Refused as refused:
            put(request, form, refused)
    context = {
        "row": row, "form": form, "issued": issued, "now": edge.now(), "preparing": True,
        "waiting": open_of(row), "keys": PartnerKey.objects.filter(partner=row).order_by("-version"),
    }  # fmt: skip
    return render(request, "console/partners/keys.html", context)
