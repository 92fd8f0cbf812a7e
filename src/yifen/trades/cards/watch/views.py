"""Pages of monitoring: a month and the newest swipes, a hit, one's own, a rule."""

from datetime import date, datetime, timedelta
from typing import Any

import psycopg
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from yifen.core.access.doors import allow
from yifen.core.access.edge import Access, access_of, now
from yifen.core.access.telling import put
from yifen.core.facts.refused import Refused
from yifen.core.facts.sqlfiles import queries
from yifen.core.ring import key_ring
from yifen.face.lists.selecting import params_of
from yifen.face.plain import plain_connection
from yifen.trades.cards.watch import deciding, rules, telling
from yifen.trades.cards.watch.forms import HitForm, PhoneForm, WatchRuleForm, initial_of
from yifen.trades.cards.watch.kinds import WatchRule
from yifen.trades.cards.watch.listing import HITS_SEEN, SWIPES_SEEN
from yifen.trades.cards.watch.telling import ShownHit

_SQL = queries(__package__)
_LIVE, _HEAT = _SQL["live"].format(seen=SWIPES_SEEN), _SQL["heat"].format(seen=SWIPES_SEEN)
_BY_KIND = _SQL["by_kind"].format(seen=HITS_SEEN)
BIGGEST = 2**62
MONTHS = 13


@allow("cards.view")
def card_watch(request: HttpRequest) -> HttpResponse:
    """A month of official swipes by day and hour, its hits by rule, the newest swipes as they came (?live: anew each
    minute)."""
    access, at = access_of(request), now()
    first = _month(request.GET.get("month", ""), timezone.localdate(at))
    until = (first + timedelta(days=31)).replace(day=1)
    bounds = {"first": first, "next": until, "since": _midnight(first), "until": _midnight(until)}
    asked = params_of(access, at) | bounds | {"zone": settings.TIME_ZONE}
    kinds = _read(_BY_KIND, asked) or []
    found = _read(_HEAT, asked)
    chart, chart_rows = telling.heat(found or [], first)
    last = until - timedelta(days=1)
    return render(
        request,
        "console/cards/watch.html",
        {
            "month": f"{first:%Y-%m}",
            "months": _months(timezone.localdate(at)),
            "is_live": "live" in request.GET,
            "count": sum(row[2] for row in found or []),
            "fen": sum(row[3] for row in found or []),
            "hits": sum(row[1] for row in kinds),
            "open": sum(row[2] for row in kinds),
            "open_url": telling.hits_url(first, last, state="open"),
            "hits_url": telling.hits_url(first, last),
            "chart": chart,
            "chart_rows": chart_rows,
            "too_much": found is None,
            "kinds": telling.kind_table(kinds, first, last),
            "live": telling.live_table(_read(_LIVE, asked) or []),
            "breadcrumbs": [{"title": _("消费监控")}],
        },
    )


@allow("cards.see")
def card_hit(request: HttpRequest, hit_id: int) -> HttpResponse:
    """One hit with its evidence: his own, or of a unit that he sees. POST decision, note: a word about it."""
    access, at = access_of(request), now()
    one = _found(access, hit_id, at)
    may = access.may("cards.watch") and not one.is_own and one.now not in ("explained", "taken_back")
    form = HitForm(request.POST or None, initial={"was": one.decision or ""}) if may else None
    if form and request.method == "POST" and form.is_valid():
        try:
            deciding.decide(access, hit_id, **form.cleaned_data, now=at)
            return redirect("card_hit", hit_id)
        except Refused as refused:
            put(request, form, refused, "note")
    late = rows("late", (hit_id, timezone.localdate(at)))
    home = ("card_hits", _("监控命中")) if access.may("cards.view") else ("card_watch_mine", _("我的消费监控"))
    return render(
        request,
        "console/cards/hit.html",
        {
            "one": one,
            "facts": telling.hit_facts(one),
            "swipes": telling.swipe_table(rows("hit_swipes", (one.swipes,))),
            "late": telling.late_table(late),
            "interest_rule": telling.interest_rule(late),
            "form": form,
            "breadcrumbs": [{"title": home[1], "url": reverse(home[0])}, {"title": str(hit_id)}],
        },
    )


@allow("cards.mine")
def card_watch_mine(request: HttpRequest) -> HttpResponse:
    """A holder's own hits. POST phone: where he is told of them."""
    access, at = access_of(request), now()
    form = PhoneForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            deciding.set_phone(access, key_ring(), form.cleaned_data["phone"], at)
            return redirect("card_watch_mine")
        except Refused as refused:
            put(request, form, refused, "phone")
    ((told,),) = rows("my_phone", (access.session,))
    return render(
        request,
        "console/cards/watch_mine.html",
        {
            "hits": telling.my_table(rows("my_hits", params_of(access, at) | {"session": access.session})),
            "told": told,
            "form": form,
            "breadcrumbs": [
                {"title": _("我的公务卡"), "url": reverse("card_mine")},
                {"title": _("我的消费监控")},
            ],
        },
    )


@allow("cards.watch_rules")
def card_watch_rule_new(request: HttpRequest) -> HttpResponse:
    """A rule, tried on stored swipes and put before another."""
    access, at = access_of(request), now()
    today, bureaus = timezone.localdate(at), rows("roots", (access.session,))
    usual = rules.in_force(bureaus[0][0], today) if bureaus else None
    first = (usual or WatchRule(today))._replace(valid_from=today + timedelta(days=1) if usual else today)
    form = WatchRuleForm(request.POST or None, initial=initial_of(first)).offer(bureaus)
    if request.method == "POST" and form.is_valid():
        try:
            made = rules.propose(access, form.cleaned_data["bureau"], form.rule(), at)
            return redirect("proposal", made.pk)
        except Refused as refused:
            put(request, form, refused, "valid_from")
    return render(
        request,
        "console/cards/form.html",
        {
            "title": _("提出监控规则"),
            "lead": _(
                "自生效日起适用于其后标为公务的消费；已有的命中不改。"
                "提交时在近 92 日的公务消费上试算，复核人看得到命中数。零表示不查。"
            ),
            "form": form,
            "button": _("试算并提交复核"),
            "back": reverse("card_watch_rules"),
            "breadcrumbs": [{"title": _("监控规则"), "url": reverse("card_watch_rules")}, {"title": _("提出规则")}],
        },
    )  # fmt: skip


def _found(access: Access, hit_id: int, at: datetime) -> ShownHit:
    """404 where he does not see it."""
    asked = params_of(access, at) | {
        "hit": hit_id,
        "session": access.session,
        "all": access.may("cards.view"),
    }
    found = rows("hit", asked) if hit_id < BIGGEST else []
    if not found or not access.scope.has_partner(found[0][1]):
        raise Http404
    return ShownHit(*found[0])


def rows(statement: str, values: Any) -> list[tuple[Any, ...]]:
    with plain_connection() as conn:
        return conn.execute(_SQL[statement], values).fetchall()


def _read(statement: str, values: dict[str, Any]) -> list[tuple[Any, ...]] | None:
    """Within some seconds; None: there is too much of it."""
    try:
        with plain_connection(5) as conn, conn.transaction():
            return conn.execute(statement, values).fetchall()
    except psycopg.errors.QueryCanceled:
        return None


def _month(said: str, today: date) -> date:
    """The first day of the month that an address names, else of this one."""
    try:
        return date.fromisoformat(f"{said}-01")
    except ValueError:
        return today.replace(day=1)


def _months(today: date) -> list[str]:
    first = today.replace(day=1)
    found = []
    for _turn in range(MONTHS):
        found.append(f"{first:%Y-%m}")
        first = (first - timedelta(days=1)).replace(day=1)
    return found


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, datetime.min.time()))
