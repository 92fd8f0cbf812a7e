"""Deputies: one is proposed, looked at, ended; what waits for a deputy."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from yifen.core.access.doors import allow
from yifen.core.access.edge import access_of, now, user_of
from yifen.core.access.telling import put, say, told
from yifen.core.facts.refused import Refused
from yifen.face import words
from yifen.face.people.called import called
from yifen.trades.cards import deputies
from yifen.trades.cards.deputies import LEVELS, NewDeputy
from yifen.trades.cards.pages import telling
from yifen.trades.cards.pages.bureau_views import form_page
from yifen.trades.cards.pages.forms import DeputyForm
from yifen.trades.cards.pages.words import DEPUTIES
from yifen.trades.cards.reading import rows

BIGGEST = 2**62


@allow("cards.deputies")
def card_deputy_new(request: HttpRequest) -> HttpResponse:
    """Put before another officer."""
    access, form = access_of(request), DeputyForm(request.POST or None)
    found = rows("units_below_roots", (user_of(request).pk,))
    form.fields["unit_id"].choices = [(unit, name) for _bureau, unit, name in found]  # type: ignore[attr-defined]
    if request.method == "POST" and form.is_valid():
        new = NewDeputy(**form.cleaned_data)
        bureau = next(bureau for bureau, unit, _name in found if unit == new.unit_id)
        try:
            return redirect("proposal", deputies.propose(access, bureau, new, now()).pk)
        except Refused as refused:
            put(request, form, refused, "deputy")
    lead = _("审批人不在岗的日子，由另一人代为审批报账，经另一人复核后生效。他自己的、不在岗者的报账，代理人都不能批。")
    return form_page(request, form, _("新增代理"), lead, "card_deputies", _("代理审批"))


@allow("cards.see")
def card_deputy(request: HttpRequest, deputy_id: int) -> HttpResponse:
    """One. POST: it ends now."""
    access = access_of(request)
    asked = {"deputy": deputy_id, "session": access.session, "user": user_of(request).pk}
    asked |= {"all": access.may("cards.view")}
    found = rows("deputy_seen", asked) if deputy_id < BIGGEST else []
    if not found or not access.scope.has_partner(found[0][0]):
        raise Http404
    _bureau, unit, level, absent, deputy, from_on, until_on, reason, state, ended_at, ended_by, is_his = found[0]
    if request.method == "POST":
        try:
            deputies.end(access, deputy_id, now())
        except Refused as refused:
            say(request, refused)
        return redirect("card_deputy", deputy_id)
    facts = [
        {"title": _("单位（及下级）"), "text": unit},
        {"title": _("级次"), "text": told(LEVELS[level])},
        {"title": _("不在岗的审批人"), "text": absent},
        {"title": _("代理人"), "text": deputy},
        {"title": _("日期"), "text": f"{from_on} – {until_on}"},
        {"title": _("事由"), "text": reason},
        {"title": _("状态"), "kind": "badge", **words.badge(DEPUTIES, state)},
        *([{"title": _("结束"), "kind": "time", "at": ended_at}, {"title": _("经手"), "text": called(ended_by)}]
          if ended_at else []),
    ]  # fmt: skip
    return render(
        request,
        "console/cards/deputy.html",
        {
            "title": f"{_('代理审批')} {deputy_id}",
            "facts": facts,
            "may_end": state in ("now", "coming") and (is_his or access.may("cards.deputies")),
            "breadcrumbs": [{"title": _("代理审批"), "url": reverse(
                "card_deputies" if access.may("cards.view") else "card_deputed")}, {"title": str(deputy_id)}],
        },
    )  # fmt: skip


@allow("cards.see")
def card_deputed(request: HttpRequest) -> HttpResponse:
    """What waits for him as somebody's deputy, and in whose place he stands."""
    access = access_of(request)
    waiting = rows("deputed_claims", (access.session,))
    mine = rows("my_deputies", (access.session,))
    return render(
        request,
        "console/cards/deputed.html",
        {
            "title": _("代理审批"),
            "table": _waiting(waiting) if waiting else None,
            "places": _places(mine) if mine else None,
            "breadcrumbs": [{"title": _("代理审批")}],
        },
    )


def _waiting(found: Iterable[Sequence[Any]]) -> telling.Shown:
    """What waits for a deputy, and in whose place."""
    return telling.table(
        (_("编号"), _("单位"), _("报账人"), _("事由"), _("金额（元）"), _("提交时间"), _("代理谁")),
        (
            ({"text": str(claim), "url": reverse("card_claim", args=[claim])}, unit, holder, purpose,
             {"kind": "amount", "fen": fen}, {"kind": "time", "at": at}, absent)
            for claim, unit, holder, purpose, fen, at, absent in found
        ),
        amounts=(4,),
    )  # fmt: skip


def _places(found: Iterable[Sequence[Any]]) -> telling.Shown:
    return telling.table(
        (_("编号"), _("级次"), _("单位"), _("不在岗"), _("代理人"), _("日期"), _("状态")),
        (
            ({"text": str(one), "url": reverse("card_deputy", args=[one])}, told(LEVELS[level]), unit, absent,
             deputy, f"{from_on} – {until_on}", words.word(DEPUTIES, state))
            for one, level, unit, absent, deputy, from_on, until_on, state in found
        ),
    )  # fmt: skip
