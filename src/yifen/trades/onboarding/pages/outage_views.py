"""Outages: announced ahead, ended early."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from yifen.core.access import edge
from yifen.core.access.doors import allow
from yifen.core.access.edge import access_of
from yifen.core.access.telling import put, say
from yifen.core.facts.refused import Refused
from yifen.core.partners.models import Biller
from yifen.face import partners as queries
from yifen.face.lists import showing
from yifen.trades.onboarding.operations import outages as operations
from yifen.trades.onboarding.pages.forms import OutageForm
from yifen.trades.onboarding.pages.partners_list import OUTAGES


@allow("outages.edit")
def outages(request: HttpRequest) -> HttpResponse:
    """GET lists them; POST announces one."""
    access = access_of(request)
    billers = queries.partners(access.scope, kind="biller").exclude(pk__in=access.scope.sandboxes)
    form = OutageForm(request.POST or None, billers=billers)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            operations.announce(access, Biller.objects.get(pk=data["biller"].pk),
                                data["starts_at"], data["ends_at"], data["reason"],
                                edge.now())  # fmt: skip
        except Refused as refused:
            put(request, form, refused)
        else:
            messages.success(request, _("停机窗口已登记"))
            return redirect("outages")
    return showing.show(request, OUTAGES, "console/partners/outages.html", announcing=form)


@allow("outages.edit")
@require_POST
def outage_end(request: HttpRequest, outage_id: int) -> HttpResponse:
    """Over, from now on."""
    access = access_of(request)
    outage = queries.outages(access.scope).filter(pk=outage_id).first()
    if outage is None:
        raise Http404
    try:
        operations.end(access, outage, edge.now())
        messages.success(request, _("停机窗口已结束"))
    except Refused as refused:
        say(request, refused)
    return redirect("outages")
