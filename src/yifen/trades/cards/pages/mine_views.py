"""The holder's phone: his swipes, marked with one touch, and a claim in half a minute."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from yifen.core.access.doors import allow
from yifen.core.access.edge import Access, access_of, now, user_of
from yifen.core.access.telling import put, say
from yifen.core.facts.money import format_yuan
from yifen.core.facts.refused import Refused
from yifen.trades.cards import claiming
from yifen.trades.cards.claiming import ClaimLine, NewClaim
from yifen.trades.cards.pages import telling
from yifen.trades.cards.pages.forms import CardClaimForm, CashClaimForm
from yifen.trades.cards.pages.telling import MySwipe
from yifen.trades.cards.reading import rows, said

BIGGEST = 2**62
PAGE = 30


@allow("cards.mine")
def card_mine(request: HttpRequest) -> HttpResponse:
    """His own swipes, the newest first; GET before: older ones."""
    access, before = access_of(request), request.GET.get("before", "")
    last = int(before) if before.isdecimal() and len(before) < 19 else None
    found = [MySwipe(*row) for row in rows("mine", (access.session, None, last, PAGE + 1))]
    return render(
        request,
        "console/cards/mine.html",
        {
            "swipes": found[:PAGE],
            "older": found[PAGE - 1].swipe_id if len(found) > PAGE else None,
            "units": rows("my_units", (access.session,)),
            "claims": telling.claims_table(
                rows("my_claims", {"session": access.session, "login": user_of(request).login})
            ),
            "breadcrumbs": [],
        },
    )


def mine(access: Access, swipe_id: int) -> MySwipe:
    """404: no swipe of his."""
    found = rows("mine", (access.session, swipe_id, None, 1)) if swipe_id < BIGGEST else []
    if not found:
        raise Http404
    return MySwipe(*found[0])


@allow("cards.mine")
@require_POST
def card_mark(request: HttpRequest, swipe_id: int) -> HttpResponse:
    """POST mark, unit. Who may, the database says."""
    access = access_of(request)
    one, mark, unit = mine(access, swipe_id), request.POST.get("mark", ""), request.POST.get("unit", "")
    try:
        said(
            "mark",
            access.session,
            one.swipe_id,
            mark,
            int(unit) if unit.isdecimal() and mark == "official" else None,
            now(),
        )
    except Refused as refused:
        say(request, refused)
        return redirect("card_mine")
    return redirect("card_claim_new", swipe_id) if mark == "official" else redirect("card_mine")


@allow("cards.mine")
def card_claim_new(request: HttpRequest, swipe_id: int) -> HttpResponse:
    """A claim of one swipe: photo, item, done; its quota is held from then on."""
    access = access_of(request)
    one = mine(access, swipe_id)
    if one.mark != "official" or one.unit_id is None:
        raise Http404
    form = CardClaimForm(
        request.POST or None, request.FILES or None, initial={"amount": format_yuan(max(one.left_fen, 0))}
    )
    offer(form, one.unit_id)
    if request.method == "POST" and form.is_valid() and (made := asked(request, form, one.unit_id, swipe=one.swipe_id)):
        return redirect("card_claim", made)
    return render(
        request,
        "console/cards/claim_new.html",
        {
            "one": one,
            "form": form,
            "breadcrumbs": [{"title": _("我的公务卡"), "url": reverse("card_mine")}, {"title": _("报账")}],
        },
    )


@allow("cards.mine")
def card_cash_new(request: HttpRequest) -> HttpResponse:
    """Cash that he paid, repaid to his card, with the catalogue's reason. GET unit: of which."""
    access = access_of(request)
    units = rows("my_units", (access.session,))
    chosen = request.POST.get("unit", "") or request.GET.get("unit", "")
    unit = next((one for one, _name in units if str(one) == chosen), units[0][0] if units else None)
    form = CashClaimForm(request.POST or None, request.FILES or None)
    form.fields["unit"].choices = units  # type: ignore[attr-defined]
    form.fields["card"].choices = [
        (card, f"…{tail}")
        for card, tail in rows("my_cards", (access.session, unit))  # type: ignore[attr-defined]
    ]
    form.fields["exemption"].choices = rows("exemptions", {"day": timezone.localdate(now())})  # type: ignore[attr-defined]
    offer(form, unit)
    if unit and request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        made = asked(request, form, unit, card=data["card"], exemption=data["exemption"], words=data["words"])
        if made:
            return redirect("card_claim", made)
    return render(
        request,
        "console/cards/claim_new.html",
        {
            "one": None,
            "form": form,
            "breadcrumbs": [{"title": _("我的公务卡"), "url": reverse("card_mine")}, {"title": _("现金上卡")}],
        },
    )


def offer(form: CardClaimForm, unit_id: int | None) -> None:
    today = timezone.localdate(now())
    form.offer(
        rows("items", {"day": today}),
        [
            (one, f"{number} {title}（{format_yuan(quota)}）")
            for one, number, title, quota in rows("indicators", (unit_id, today.year))
        ],
    )


def asked(request: HttpRequest, form: CardClaimForm, unit_id: int, **more: Any) -> int | None:
    """Its number; None: refused, and why is on the form."""
    data = form.cleaned_data
    line = ClaimLine(
        fen=data["amount"],
        item=data["item"],
        indicator=data["indicator"],
        invoice=data["invoice"],
        gross_fen=data["gross"],
        seller=data["seller"],
        **more,
    )
    papers = [data["paper"]] if data["paper"] else []
    new = NewClaim(unit_id, data.get("kind") or "cash", data["purpose"], [line], [papers])
    try:
        made = claiming.ask(access_of(request), new, now())
    except Refused as refused:
        put(request, form, refused, telling.AT_FIELD.get(refused.code.name, "amount"))
        return None
    messages.success(request, _("已提交，额度已预留"))
    return made
