"""Shutting a partner or an admission, which asks first and says what was done; and proposing to open one."""

from collections.abc import Callable

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from yifen.core.access import edge
from yifen.core.access.doors import allow
from yifen.core.access.edge import Access, access_of
from yifen.core.access.models import Authorisation
from yifen.core.access.telling import put, say
from yifen.core.facts.refused import Refused
from yifen.core.facts.sandbox import SANDBOX_BOOK_ID
from yifen.core.partners.models import Admission, Partner
from yifen.face import partners as queries
from yifen.face.forms import ReasonForm
from yifen.face.second.waiting import open_of
from yifen.trades.onboarding.operations import go_live, openings
from yifen.trades.onboarding.pages.forms import AdmitForm


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
def partner_admit(request: HttpRequest, code: str) -> HttpResponse:
    """GET asks for the other side; POST other=CODE: the pair is to collect, of live ones once a second person
    agrees. What is in no list of the reader's is not found there."""
    access = access_of(request)
    row = queries.partner(access.scope, code)
    kind = queries.kind_of(row)
    form = AdmitForm(request.POST or None, kind=kind, others=_others(access, row, kind))
    if request.method == "POST" and form.is_valid():
        other = queries.partner(access.scope, form.cleaned_data["other"])
        try:
            proposal = openings.admit(access, *_pair(row, other), edge.now())
        except Refused as refused:
            put(request, form, refused)
        else:
            if proposal is not None:
                return redirect("proposal", proposal.pk)
            messages.success(request, _("已准入"))
            for code in _asked_before(row, other):
                messages.warning(request, _("%s 已提出的上线申请不含这项准入：请撤回，重新申请上线。") % code)
            return redirect("partner", row.code)
    return render(request, "console/partners/admit.html", {"row": row, "form": form, "waiting": open_of(row)})


def _others(access: Access, row: Partner, kind: str) -> list[tuple[str, str]]:
    """Whom it does not collect for, or who does not collect for it, of the same of the two worlds."""
    other = "biller" if kind == "channel" else "channel"
    there = Admission.objects.filter(**{kind: row.pk}, active=True).values_list(other, flat=True)
    rows = queries.partners(access.scope, kind=other).exclude(pk__in=there)
    is_sandbox = Q(book_id=SANDBOX_BOOK_ID)
    rows = rows.filter(is_sandbox if row.book_id == SANDBOX_BOOK_ID else ~is_sandbox)
    return list(rows.values_list("code", "name"))


def _asked_before(*pair: Partner) -> list[str]:
    """Which of them had asked to go live: what was shown then is not what it would open with now."""
    asked = Authorisation.objects.filter(action=go_live.ACT, decided_at=None, partner__in=pair)
    return list(asked.order_by("pk").values_list("subject_key", flat=True))


def _pair(row: Partner, other: Partner) -> tuple[Partner, Partner]:
    """The channel and the biller."""
    return (row, other) if queries.kind_of(row) == "channel" else (other, row)
