"""What a biller's own answers mean for the payer's money 收费方返回码: one page, all codes at once."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from yifen.core.access import edge
from yifen.core.access.doors import allow
from yifen.core.access.edge import access_of
from yifen.core.access.telling import say
from yifen.core.facts.refused import Refused
from yifen.core.partners.models import Partner
from yifen.face import partners as queries
from yifen.face.second.waiting import open_of
from yifen.trades.onboarding.operations import codes
from yifen.trades.onboarding.pages.code_forms import codes_form


@allow("partners.edit")
def partner_codes(request: HttpRequest, code: str) -> HttpResponse:
    """What they mean; POST changes them, or asks a second person to. 404 of a channel: it answers nothing."""
    row = queries.partner(access_of(request).scope, code)
    if queries.kind_of(row) != "biller":
        raise Http404
    before = codes.meanings_of(row)
    form = codes_form(before, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            return changed(request, row, before, form.meanings())
        except Refused as refused:
            say(request, refused)
    waiting = open_of(row)
    return render(request, "console/partners/codes.html", {
        "row": row, "form": form, "waiting": waiting,
        "asked": any(one.act == codes.ACT for one in waiting),
    })  # fmt: skip


def changed(
    request: HttpRequest, row: Partner, before: dict[str, str], after: dict[str, str]
) -> HttpResponse:
    """Where the reader goes then. Refused as `codes.change` refuses."""
    if after == before:
        messages.info(request, _("没有改动"))
        return redirect("partner_codes", row.code)
    proposal = codes.change(access_of(request), row, after, edge.now())
    if proposal is not None:
        return redirect("proposal", proposal.pk)
    messages.success(request, _("返回码已更改，立即生效"))
    return redirect("partner", row.code)
