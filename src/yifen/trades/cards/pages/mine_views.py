"""The holder's phone: his swipes, marked with one touch and picked to be claimed; what has not come is asked for."""

from datetime import datetime, timedelta

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
from yifen.core.facts.refused import Refused
from yifen.core.plugs import result_code
from yifen.trades.cards.pages import drafting, telling
from yifen.trades.cards.pages.claim_views import crumbs
from yifen.trades.cards.pages.forms import CardQueryForm
from yifen.trades.cards.pages.telling import MySwipe
from yifen.trades.cards.reading import mine_of, rows, said

BIGGEST = 2**62
PAGE = 30


@allow("cards.mine")
def card_mine(request: HttpRequest) -> HttpResponse:
    """His own swipes, the newest first; GET before: older ones."""
    access, before = access_of(request), request.GET.get("before", "")
    last = int(before) if before.isdecimal() and len(before) < 19 else None
    found = [MySwipe(*row) for row in rows("mine", mine_of(access, None, last, PAGE + 1))]
    asked = [(one.swipe_id, one.swiped_at, one.unit_id) for one in found[:PAGE]]
    offered = units_then(access, asked)
    shown = [(one, *offered[one.swipe_id]) for one in found[:PAGE]]
    return render(
        request,
        "console/cards/mine.html",
        {
            "swipes": shown,
            "older": found[PAGE - 1].swipe_id if len(found) > PAGE else None,
            "pick": sum(one.may_claim and stands for one, _units, stands in shown) > 1,
            "units": rows("my_units", (access.session,)),
            "claims": telling.claims_table(
                rows("my_claims", {"session": access.session, "login": user_of(request).login})
            ),
            "breadcrumbs": [],
        },
    )


def units_then(
    access: Access, asked: list[tuple[int, datetime, int | None]]
) -> dict[int, tuple[list[tuple[int, str]], bool]]:
    """Of (swipe, moment, its unit): of which units each may be official, and whether he claims it himself: who has
    moved on leaves that to the cashier of the unit where he stood."""
    swipes, moments, units = ([one[place] for one in asked] for place in range(3))
    found = rows(
        "my_units_then", {"session": access.session, "swipes": swipes, "moments": moments, "units": units}
    )
    return {
        swipe: (
            [(unit, name) for one, unit, name, _stands in found if one == swipe],
            any(stands for one, unit, _name, stands in found if (one, unit) == (swipe, of)),
        )
        for swipe, _at, of in asked
    }


def mine(access: Access, swipe_id: int) -> MySwipe:
    """404: no swipe of his."""
    found = rows("mine", mine_of(access, swipe_id)) if swipe_id < BIGGEST else []
    if not found:
        raise Http404
    return MySwipe(*found[0])


@allow("cards.mine")
@require_POST
def card_mark(request: HttpRequest, swipe_id: int) -> HttpResponse:
    """POST mark, unit. Who may, the database says."""
    access = access_of(request)
    one, mark, unit = (
        mine(access, swipe_id),
        request.POST.get("mark", ""),
        request.POST.get("unit", ""),
    )
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
    if mark == "official":
        if not units_then(access, [(swipe_id, one.swiped_at, int(unit))])[swipe_id][1]:
            messages.success(request, _("已标为原单位的公务消费，由原单位经办代为报账"))
            return redirect("card_mine")
        return redirect(f"{reverse('card_claim_new')}?swipe={swipe_id}")
    return redirect("card_mine")


@allow("cards.see")
def card_query(request: HttpRequest) -> HttpResponse:
    """A bank is asked for a swipe that has not come: of his own cards, or (GET place) by the cashier of a unit."""
    access = access_of(request)
    place = request.GET.get("place", "")
    asked = {
        "place": int(place) if place.isdecimal() and len(place) < 19 else 0,
        "user": user_of(request).pk,
    }
    at = rows("place", asked) if place else []
    if (place and not (at and access.may("cards.check"))) or (not place and not access.may("cards.mine")):
        raise Http404
    one = telling.ShownCard(*at[0]) if at else None
    cards = [(one.card_id, one.tail)] if one else rows("my_query_cards", (access.session,))
    today = timezone.localdate(now())
    form = CardQueryForm(request.POST or None, initial={"from_on": today - timedelta(days=7), "until_on": today})
    form.fields["card"].choices = [(card, f"…{tail}") for card, tail in cards]  # type: ignore[attr-defined]
    unit = one.unit_id if one else None
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        days = (today, today) if data["number"] else (data["from_on"], data["until_on"])
        ((code, _query),) = rows("query", (access.session, data["card"], data["number"], *days, unit, now()))
        if not code:
            messages.success(request, _("已向发卡行查询，查到的消费会出现在持卡人的“我的公务卡”里"))
            return redirect(request.get_full_path())
        put(request, form, Refused(result_code(code)), "number" if data["number"] else "from_on")
    found = rows("asked_queries", (access.session, one.card_id if one else None, unit))
    back = reverse("card_place", args=[one.place_id]) if one else reverse("card_mine")
    return render(
        request,
        "console/cards/form.html",
        {
            "title": _("向发卡行查询消费"),
            "lead": _(
                "刷了卡、几天还没有出现的消费，可以按日期或银行交易号向发卡行查询。查到的只给持卡人看，由他标记。"
            ),
            "form": form,
            "button": _("查询"),
            "back": back,
            "table": drafting.query_table(found) if found else None,
            "breadcrumbs": crumbs(access, _("向发卡行查询消费")),
        },
    )
