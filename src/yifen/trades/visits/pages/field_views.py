"""The phone of who goes to doors: his visits as he walks, and one to be done."""

from itertools import groupby

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from yifen.core.access.doors import allow
from yifen.core.access.edge import Access, access_of, key_ring_of, now, user_of
from yifen.core.access.telling import put, say
from yifen.core.facts.masking import masked_number
from yifen.core.facts.refused import Refused
from yifen.core.facts.sqlfiles import queries
from yifen.face.lists.selecting import in_scope, params_of
from yifen.face.plain import plain_connection
from yifen.trades.visits import operations, rules
from yifen.trades.visits.codes import VisitCode
from yifen.trades.visits.operations import WhatWasFound
from yifen.trades.visits.pages import telling
from yifen.trades.visits.pages.forms import FoundForm, finding_buttons
from yifen.trades.visits.pages.listing import read
from yifen.trades.visits.pages.telling import VisitPage

_SQL = queries("yifen.trades.visits")
_SCOPE = in_scope("v.biller_id")
_MINE, _COUNT = _SQL["mine"].format(scope=_SCOPE), _SQL["my_count"].format(scope=_SCOPE)
MOST = 300
HERE = "camera=(), geolocation=(self), microphone=()"  # the page asks the phone where it is


@allow("visits.do")
def visits_mine(request: HttpRequest) -> HttpResponse:
    """What waits for him, by building and door; GET all: also what is due later than today."""
    access, at = access_of(request), now()
    asked, today = params_of(access, at), timezone.localdate(at)
    found = [VisitPage(*row) for row in read(_MINE, asked | {"most": MOST})]
    ((waiting, late, _since, done, due_now),) = read(_COUNT, asked)
    due = [one for one in found if one.due_on <= today]
    is_all = "all" in request.GET or not due
    shown = sorted(found if is_all else due, key=lambda one: rules.walked(one.path))
    tabs = [{"title": _("今天到期"), "url": reverse("visits_mine"), "current": not is_all, "count": due_now},
            {"title": pgettext("visits", "全部"), "url": "?all=1", "current": is_all, "count": waiting}]  # fmt: skip
    return render(request, "console/visits/mine.html", {
        "houses": [(house, list(group)) for house, group in groupby(shown, key=house_of)], "today": today, "tabs": tabs,
        "done": done, "late": late, "more": waiting - len(found), "breadcrumbs": [],
    })  # fmt: skip


def house_of(one: VisitPage) -> str:
    """The address without its door."""
    return one.path.rpartition(" ")[0] or one.path


def mine(access: Access, visit_id: int) -> VisitPage:
    """404: not given to him, or not in his reach."""
    one = telling.found(access, visit_id)
    if access.user is None or one.goer_id != access.user.pk:
        raise Http404
    return one


@allow("visits.do")
def visit_do(request: HttpRequest, visit_id: int) -> HttpResponse:
    """What to see there; POST finding, note, pictures, place: what was found, once."""
    one = mine(access_of(request), visit_id)
    form = FoundForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            done(request, one, form)
        except Refused as refused:
            if refused.code is VisitCode.VISIT_ENDED:  # its page has no form any more
                say(request, refused)
                return redirect("visit_do", visit_id)
            put(request, form, refused, "note")
        else:
            messages.success(request, _("已提交：%(door)s") % {"door": one.path})
            if lacking := without(form):
                messages.warning(request, lacking)
            return redirect("visits_mine")
    answer = render(request, "console/visits/do.html", {
        "visit": one, "form": form, "findings": finding_buttons(one.kind), "account_no": masked_number(one.account_no),
        "breadcrumbs": [{"title": _("我的外勤"), "url": reverse("visits_mine")}, {"title": str(visit_id)}],
    })  # fmt: skip
    answer.headers["Permissions-Policy"] = HERE
    return answer


def without(form: FoundForm) -> str:
    """What the office will miss of it."""
    if form.photos:
        return "" if form.cleaned_data["latitude"] else _("没有位置")
    return _("没有照片") if form.cleaned_data["latitude"] else _("没有照片，也没有位置")


def done(request: HttpRequest, one: VisitPage, form: FoundForm) -> None:
    """The same word twice, as a bad line sends it, is one. Refused as operations.done and rules.position."""
    data, ring = form.cleaned_data, key_ring_of(request)
    where = rules.position(data["latitude"], data["longitude"], data["accuracy"])
    found = WhatWasFound(request.POST.get("finding", ""), data["note"], where, form.photos)
    try:
        with plain_connection() as conn, conn.transaction():
            operations.done(conn, ring, access_of(request).session, one.visit_id, found, now())
    except Refused as refused:
        again = telling.found(access_of(request), one.visit_id)
        same = (again.done_by, again.finding) == (user_of(request).login, found.finding)
        if refused.code is not VisitCode.VISIT_ENDED or not same:
            raise


