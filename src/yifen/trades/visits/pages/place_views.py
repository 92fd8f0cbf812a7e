"""楼栋图: a house door by door, what each owes and what waits there, for who stands before it."""

from typing import Any, NamedTuple

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yifen.core.access.doors import allow
from yifen.core.access.edge import Access, access_of, now
from yifen.core.access.fields import searched
from yifen.core.access.scope import Scope
from yifen.core.facts.roles import Role
from yifen.core.facts.sqlfiles import queries
from yifen.face import scope as scopes
from yifen.face.desk.transaction import found as transaction
from yifen.trades.visits import rules
from yifen.trades.visits.pages.listing import KINDS, read, why_said
from yifen.trades.visits.pages.masking import account_shown
from yifen.trades.visits.pages.telling import BIGINT, holder_shown

_SQL = queries("yifen.trades.visits")
COLLECTING = "4600"  # the desk's transaction of all billers
MOST = 1_000
SIGNS = {"overdue": gettext_lazy("逾"), "owes": gettext_lazy("欠"), "paid": gettext_lazy("清"),
         "stopped": gettext_lazy("停"), "empty": gettext_lazy("空"), "visit": gettext_lazy("访")}  # fmt: skip
SAID = {"overdue": gettext_lazy("逾期"), "owes": gettext_lazy("有欠费，未逾期"), "paid": gettext_lazy("已缴清"),
        "stopped": gettext_lazy("未用、已停"), "empty": gettext_lazy("无在用的用户"),
        "visit": gettext_lazy("有外勤待办")}  # fmt: skip


class DrawnDoor(NamedTuple):
    """A door of a house: who lives there, is he supplied, what is owed, does a visit wait."""

    place_id: int
    name: str
    unit: str
    is_lived_in: bool
    is_served: bool
    owed_fen: int
    is_late: bool
    is_waiting: bool

    @property
    def signs(self) -> list[str]:
        money = "overdue" if self.is_late else "owes" if self.owed_fen else "paid" if self.is_lived_in else ""
        use = "" if self.is_served else "stopped" if self.is_lived_in else "empty"
        return [sign for sign in (use, money, "visit" if self.is_waiting else "") if sign]

    @property
    def tone(self) -> str:
        return rules.tone(self.signs)

    @property
    def shown(self) -> list[Any]:
        return [SIGNS[sign] for sign in self.signs]

    @property
    def said(self) -> str:
        return ", ".join(str(SAID[sign]) for sign in self.signs)


class VisitedPlace(NamedTuple):
    """A community, a building, a door; `is_deep`: what lies below is no doors yet; `is_door`: somebody is a customer
    at it itself."""

    place_id: int
    biller_id: int
    biller: str
    level: int
    path: str
    parent_id: int | None
    is_deep: bool
    is_door: bool


def place_of(access: Access, place_id: int) -> VisitedPlace:
    """404 outside the scope."""
    rows = read(_SQL["place"], (place_id,)) if place_id < BIGINT else []
    if not rows or not reach(access).has_partner(rows[0][1]):
        raise Http404
    return VisitedPlace(*rows[0])


def reach(access: Access) -> Scope:
    """Whose houses: those of companies in scope; a branch's teller takes money for the companies of the institutions
    above him too, so he sees their houses."""
    user, scope = access.user, access.scope
    if user is None or user.partner_id is not None or scope.partners is None or Role.TELLER not in access.roles:
        return scope
    above = read(_SQL["companies_above"], {"institution": user.institution_id})
    return scope._replace(partners=(*scope.partners, *(number for (number,) in above)))


@allow("visits.doors")
def visits_places(request: HttpRequest) -> HttpResponse:
    """Communities; GET q: by a part of the name."""
    asked = searched(request.GET.get("q", ""))
    rows = read(_SQL["communities"], scopes.params(reach(access_of(request))) | {"q": asked, "most": MOST + 1})
    rows.sort(key=lambda row: (row[2], rules.walked(row[1])))
    return render(request, "console/visits/places.html", {
        "places": [(one, f"{name} · {biller}") for one, name, biller in rows[:MOST]], "asked": asked,
        "cut_at": MOST if len(rows) > MOST else 0, "breadcrumbs": [],
    })  # fmt: skip


@allow("visits.doors")
def visits_place(request: HttpRequest, place_id: int) -> HttpResponse:
    """The buildings of a community, or a building."""
    place = place_of(access_of(request), place_id)
    shown: dict[str, Any] = {"place": place, "breadcrumbs": crumbs(place)}
    if place.is_deep:
        rows = read(_SQL["houses"], {"place": place_id, "most": MOST + 1})
        rows.sort(key=lambda row: rules.walked(row[1]))
        shown |= {"places": rows[:MOST], "cut_at": MOST if len(rows) > MOST else 0}
        return render(request, "console/visits/places.html", shown)
    today = timezone.localdate(now())
    rows = read(_SQL["doors"], {"place": place_id, "today": today, "most": MOST + 1})
    doors = [DrawnDoor(*row) for row in rows[:MOST]]
    shown |= {"house": rules.house(doors), "cut_at": MOST if len(rows) > MOST else 0,
              "legend": [(sign, SIGNS[sign], SAID[sign]) for sign in SIGNS]}  # fmt: skip
    return render(request, "console/visits/house.html", shown)


@allow("visits.doors")
def visits_door(request: HttpRequest, place_id: int) -> HttpResponse:
    """Behind one door: whose contracts, what they owe, what waits."""
    access, today = access_of(request), timezone.localdate(now())
    place = place_of(access, place_id)
    waiting = read(_SQL["visits_at_door"], {"place": place_id})
    rows = read(_SQL["behind_door"], {"place": place_id, "today": today})
    people = [shown_customer(access, row, waiting) for row in rows]
    return render(request, "console/visits/door.html", {
        "place": place, "people": people, "today": today, "breadcrumbs": crumbs(place),
    })  # fmt: skip


def shown_customer(access: Access, row: tuple[Any, ...], waiting: list[tuple[Any, ...]]) -> dict[str, Any]:
    """One contract behind a door, and where who may goes on."""
    customer_id, biller_id, biller, account_no, name, closed_on, fen, bills, since, used, unused = row
    desk = transaction(COLLECTING)
    asked = {"biller": biller, "account_no": account_no}
    may_collect = fen > 0 and desk is not None and access.may(desk.permission)
    return {
        "holder": holder_shown(biller_id, account_no, name) or "—", "account_no": account_shown(access, account_no),
        "closed_on": closed_on, "fen": fen, "bills": bills, "since": since,
        "used": used or [], "unused": sorted(set(unused or []) - set(used or [])),
        "visits": [{"kind": KINDS[kind], "why": why_said(why), "due_on": due_on, "goer": goer,
                    "url": visit_url(access, number, goer_id)}
                   for number, customer, kind, why, due_on, goer, goer_id in waiting if customer == customer_id],
        "collect_url": f"{reverse('desk_transaction', args=[COLLECTING])}?{urlencode(asked)}" if may_collect else "",
        "ask_url": f"{reverse('visit_new')}?{urlencode(asked | {'biller': biller_id})}"
                   if access.may("visits.assign") else "",
    }  # fmt: skip


def visit_url(access: Access, number: int, goer_id: int | None) -> str:
    """To what he does there, or to the office's page; "": neither is his."""
    if access.user and goer_id == access.user.pk and access.may("visits.do"):
        return reverse("visit_do", args=[number])
    return reverse("visit", args=[number]) if access.may("visits.view") else ""


def crumbs(place: VisitedPlace) -> list[dict[str, Any]]:
    above = [{"title": _("上一级"), "url": reverse("visits_place", args=[place.parent_id])}] if place.parent_id else []
    return [{"title": _("楼栋图"), "url": reverse("visits_places")}, *above, {"title": place.path}]


