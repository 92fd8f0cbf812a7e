"""What a biller's own answers mean for the payer's money 收费方返回码: one page, all codes at once."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from yifen.core.access import edge
from yifen.core.access.doors import allow
from yifen.core.access.edge import access_of
from yifen.core.access.telling import put
from yifen.core.facts.refused import Refused
from yifen.core.partners.models import BillerErrorCode
from yifen.face import partners as queries
from yifen.face.second.waiting import open_of
from yifen.trades.onboarding.operations import codes
from yifen.trades.onboarding.pages.forms import CodesForm


@allow("partners.edit")
def partner_codes(request: HttpRequest, code: str) -> HttpResponse:
    """What they mean; POST changes them, or asks a second person to. 404 of a channel: it answers nothing."""
    access = access_of(request)
    row = queries.partner(access.scope, code)
    if queries.kind_of(row) != "biller":
        raise Http404
    before = dict(BillerErrorCode.objects.filter(biller=row.pk).values_list("wire_code", "meaning"))
    form = CodesForm(request.POST or None, meanings=before)
    if request.method == "POST" and form.is_valid():
        if form.meanings() == before:
            messages.info(request, _("没有改动"))
            return redirect("partner_codes", row.code)
        try:
            proposal = codes.change(access, row, form.meanings(), edge.now())
        except Refused as refused:
            put(request, form, refused)
        else:
            if proposal is not None:
                return redirect("proposal", proposal.pk)
            messages.success(request, _("返回码已更改，立即生效"))
            return redirect("partner", row.code)
    waiting = open_of(row)
    context = {"row": row, "form": form, "waiting": waiting, "now": edge.now(),
               "asked": any(one.act == codes.ACT for one in waiting)}  # fmt: skip
    return render(request, "console/partners/codes.html", context)
