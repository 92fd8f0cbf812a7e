"""Who left with open swipes: what is stopped, the claim made for him, what is left to himself by two people."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from yifen.core.access.doors import allow
from yifen.core.access.edge import access_of, now, user_of
from yifen.core.access.telling import say
from yifen.core.facts.refused import Refused
from yifen.core.facts.sqlfiles import queries
from yifen.face import words
from yifen.face.plain import plain_connection
from yifen.trades.cards.pages.forms import WaiverForm
from yifen.trades.cards.pages.words import CLAIM_STATES
from yifen.trades.cards.reading import said

_SQL = queries(__package__)


@allow("cards.view")
def card_leavers(request: HttpRequest) -> HttpResponse:
    """Everybody who left with something open in the units that he sees, and what ends it."""
    access, login = access_of(request), user_of(request).login
    with plain_connection() as conn:
        asked = {"user": user_of(request).pk, "today": timezone.localdate(now())}
        found = conn.execute(_SQL["leavers_open"], asked).fetchall()
    return render(
        request,
        "console/cards/leavers.html",
        {
            "leavers": [_leaver(row, login) for row in found],
            "may_claim": access.may("cards.check"),
            "may_decide": access.may("cards.approve"),
            "form": WaiverForm(auto_id=False),
            "breadcrumbs": [
                {"title": _("公务卡"), "url": reverse("card_places")},
                {"title": _("离任未结清")},
            ],
        },
    )


def _leaver(row: tuple[Any, ...], login: str) -> dict[str, Any]:
    person, name, staff_no, unit_id, unit, left_on, tails, swipes, claims, _fen = row
    open_swipes = [
        {
            "id": swipe,
            "at": parse_datetime(at),
            "merchant": merchant,
            "fen": fen,
            "waiver": waiver,
            "reason": reason,
            "by": by,
            "mine": by == login,
        }
        for swipe, at, merchant, fen, waiver, reason, by in swipes
    ]
    free = [one["id"] for one in open_swipes if not one["waiver"]]
    query = urlencode({"person": person, "swipe": free}, doseq=True)
    return {
        "key": f"{person}-{unit_id}",
        "name": name,
        "staff_no": staff_no,
        "unit": unit,
        "left_on": left_on,
        "tails": tails,
        "swipes": open_swipes,
        "claim_url": f"{reverse('card_claim_new')}?{query}" if free else "",
        "claims": [
            {
                "id": claim,
                "purpose": purpose,
                "fen": fen,
                "state": _("审批中") if state == "asked" else words.word(CLAIM_STATES, state),
            }
            for claim, purpose, fen, state in claims
        ],
    }


@allow("cards.check")
@require_POST
def card_waive(request: HttpRequest, swipe_id: int) -> HttpResponse:
    """POST reason: the unit does not pay this swipe of a leaver; another person decides."""
    form = WaiverForm(request.POST)
    try:
        reason = form.cleaned_data["reason"] if form.is_valid() else ""
        said("waive", access_of(request).session, swipe_id, reason, now())
    except Refused as refused:
        say(request, refused)
    return redirect("card_leavers")


@allow("cards.approve")
@require_POST
def card_waive_decide(request: HttpRequest, waiver_id: int) -> HttpResponse:
    """POST act=yes, no. Who may, the database says."""
    try:
        if request.POST.get("act") in ("yes", "no"):
            said(
                "waive_decide",
                access_of(request).session,
                waiver_id,
                request.POST["act"] == "yes",
                now(),
            )
    except Refused as refused:
        say(request, refused)
    return redirect("card_leavers")
