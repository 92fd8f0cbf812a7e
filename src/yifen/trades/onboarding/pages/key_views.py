"""Keys: issue, show a new secret once, end a version."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from yifen.core.access import edge
from yifen.core.access.doors import allow, fresh
from yifen.core.access.edge import access_of, key_ring_of
from yifen.core.access.telling import put
from yifen.core.facts.refused import Refused
from yifen.core.partners.models import PartnerKey
from yifen.face import partners as queries
from yifen.trades.onboarding.operations import keys
from yifen.trades.onboarding.pages.forms import KeyForm


@allow("partners.keys")
@fresh
def partner_keys(request: HttpRequest, code: str) -> HttpResponse:
    """GET shows the versions; POST issues the next. A secret is on the screen this once."""
    row = queries.partner(access_of(request).scope, code)
    form = KeyForm(request.POST or None, algorithms=keys.algorithms_of(row))
    issued, secret = None, ""
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            issued, secret = keys.issue(key_ring_of(request), row, data["algorithm"],
                                        data["public"], edge.now())  # fmt: skip
            form = KeyForm(algorithms=keys.algorithms_of(row))
        except Refused as refused:
            put(request, form, refused)
    context = {
        "row": row, "form": form, "issued": issued, "secret": secret, "now": edge.now(),
        "keys": PartnerKey.objects.filter(partner=row).order_by("-version"),
    }  # fmt: skip
    return render(request, "console/partners/keys.html", context)


@allow("partners.keys")
@require_POST
@fresh
def partner_key_end(request: HttpRequest, code: str, version: int) -> HttpResponse:
    """The version counts no longer."""
    row = queries.partner(access_of(request).scope, code)
    key = PartnerKey.objects.filter(partner=row, version=version).first()
    if key is None:
        raise Http404
    keys.end(key, edge.now())
    messages.success(request, _("密钥已停用，立即生效"))
    return redirect("partner_keys", row.code)
