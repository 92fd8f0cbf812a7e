"""Shutting a partner or an admission, which asks first and says what was done; and proposing to open one."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from yifen.core.access import edge
from yifen.core.access.doors import allow
from yifen.core.access.edge import access_of
from yifen.core.access.telling import put, say
from yifen.core.facts.refused import Refused
from yifen.core.partners.models import Partner
from yifen.face import partners as queries
from yifen.face.forms import ReasonForm
from yifen.trades.onboarding.operations import openings


@allow("partners.edit")
def partner_suspend(request: HttpRequest, code: str) -> HttpResponse:
    """GET asks; POST reason=… shuts the partner out at once."""
    access, now = access_of(request), edge.now()
    row = queries.partner(access.scope, code)
    return _shut(request, row, row, _("立即停用"), lambda reason: openings.shut(access, row, reason, now))


@allow("partners.edit")
def partner_stop(request: HttpRequest, code: str, other: str) -> HttpResponse:
    """GET asks; POST reason=… ends the admission of the pair at once."""
    access = access_of(request)
    row = queries.partner(access.scope, code)
    channel, biller = _pair(row, queries.partner(access.scope, other))
    return _shut(request, row, channel, _("停止准入"),
                 lambda reason: openings.stop(access, channel, biller, reason), biller)  # fmt: skip


def _shut(
    request: HttpRequest, row: Partner, shut: Partner, title: str, act: Callable[[str], int],
    biller: Partner | None = None,
) -> HttpResponse:  # fmt: skip
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            left = act(form.cleaned_data["reason"])
        except Refused as refused:
            put(request, form, refused)
        else:
            who = f"{shut} → {biller}" if biller else str(shut)
            messages.warning(request, _("%(who)s 自 %(since)s 起停用；未决缴费 %(left)s 笔。") % {
                "who": who, "since": f"{localtime(edge.now()):%Y-%m-%d %H:%M:%S}", "left": left,
            })  # fmt: skip
            return redirect("partner", row.code)
    return render(request, "console/partners/shut.html", {
        "row": row, "shut": shut, "biller": biller, "title": title, "form": form,
        "left": openings.undecided(shut),
    })  # fmt: skip


@allow("partners.edit")
@require_POST
def partner_resume(request: HttpRequest, code: str) -> HttpResponse:
    """Proposes to let the partner in again."""
    access = access_of(request)
    row = queries.partner(access.scope, code)
    try:
        return redirect("proposal", openings.resume(access, row, edge.now()).pk)
    except Refused as refused:
        say(request, refused)
    return redirect("partner", row.code)


@allow("partners.edit")
@require_POST
def partner_admit(request: HttpRequest, code: str) -> HttpResponse:
    """POST other=CODE: the pair is to collect; of live ones once a second person agrees."""
    access = access_of(request)
    row = queries.partner(access.scope, code)
    other = queries.partner(access.scope, request.POST.get("other", "").strip().upper()[:16])
    try:
        proposal = openings.admit(access, *_pair(row, other), edge.now())
    except Refused as refused:
        say(request, refused)
    else:
        if proposal is not None:
            return redirect("proposal", proposal.pk)
        messages.success(request, _("已准入"))
    return redirect("partner", row.code)


def _pair(row: Partner, other: Partner) -> tuple[Partner, Partner]:
    """The channel and the biller."""
    return (row, other) if queries.kind_of(row) == "channel" else (other, row)
