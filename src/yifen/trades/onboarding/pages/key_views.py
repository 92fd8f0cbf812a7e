"""Keys: issue, show a new secret once, end a version."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from yifen.core.access import edge
from yifen.core.access.doors import allow, fresh
from yifen.core.access.edge import access_of, key_ring_of
from yifen.core.access.telling import put, say
from yifen.core.facts.refused import Refused
from yifen.core.partners.models import PartnerKey
from yifen.face import partners as queries
from yifen.face.second.waiting import open_of
from yifen.trades.onboarding.operations import keys
from yifen.trades.onboarding.pages.forms import KeyForm


@allow("partners.keys")
@fresh
def partner_keys(request: HttpRequest, code: str) -> HttpResponse:
    """GET shows the versions; POST issues the next, of a live partner once a second person agrees. A
    secret is on the screen this once."""
    access = access_of(request)
    row = queries.partner(access.scope, code)
    form = KeyForm(request.POST or None, algorithms=keys.algorithms_of(row))
    issued = None
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            issued = keys.issue(access, key_ring_of(request), row, data["algorithm"], data["public"],
                                edge.now())  # fmt: skip
            form = KeyForm(algorithms=keys.algorithms_of(row))
        except Refused as refused:
            put(request, form, refused)
    context = {
        "row": row, "form": form, "issued": issued, "now": edge.now(),
        "waiting": open_of(row), "keys": PartnerKey.objects.filter(partner=row).order_by("-version"),
    }  # fmt: skip
    return render(request, "console/partners/keys.html", context)


@allow("partners.keys")
@require_POST
@fresh
def partner_key_end(request: HttpRequest, code: str, version: int) -> HttpResponse:
    """The version counts no longer, of a live partner once a second person agrees."""
    access = access_of(request)
    row = queries.partner(access.scope, code)
    key = PartnerKey.objects.filter(partner=row, version=version).first()
    if key is None:
        raise Http404
    try:
        proposal = keys.end(access, key, edge.now())
    except Refused as refused:
        say(request, refused)
    else:
        if proposal is not None:
            return redirect("proposal", proposal.pk)
        messages.success(request, _("密钥已停用，立即生效"))
    return redirect("partner_keys", row.code)
