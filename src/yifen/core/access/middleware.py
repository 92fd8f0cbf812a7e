"""The guard: one session a person, idle and absolute limits, no view without its door open, and no weighty
act of a session that was left open."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from yifen.core.access import edge, signin
from yifen.core.access.doors import Door, asks_again, door_of
from yifen.core.access.fresh import hold
from yifen.core.access.models import User
from yifen.core.access.sessions import hashed
from yifen.core.audit.context import acting
from yifen.core.facts.refused import Refused

ABSOLUTE_S = 12 * 3600
SEEN_EVERY_S = 30  # a click sooner than this after the last is not written down
POLL_HEADER = "X-Yifen-Poll"  # a page that refreshes itself is nobody's click


class Guard:
    """Sets `request.access`, then asks the view's door. A view without one is never called."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user if isinstance(request.user, User) else None
        if user is not None and (ended := why_ended(request, user, edge.now())):
            logout(request)
            messages.warning(request, ended)
            user = None
        request.access = edge.Access(user, request.session.session_key or "")  # type: ignore[attr-defined]
        with acting(connection, edge.actor_of(request, user)):
            return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: Any
    ) -> HttpResponseBase | None:
        door = door_of(view)
        if door is None:
            raise PermissionDenied("a view without a door")
        if door is Door.PUBLIC:
            return None
        user = edge.access_of(request).user
        if user is None:
            return to_sign_in(request)
        if door is Door.ARRIVING:
            return None
        if step := missing_step(request, user):
            return redirect(request, reverse(step))
        if door is not Door.SIGNED_IN and not edge.access_of(request).may(door):
            raise PermissionDenied(str(door))
        return hold(request, user) if asks_again(view) else None


def why_ended(request: HttpRequest, user: User, now: datetime) -> str | None:
    """Why this session counts no longer, in words; None while it does, and then it was seen now."""
    session, moment = request.session, now.timestamp()
    if not user.is_active:
        return _("账号已停用")
    if user.session_key != hashed(session.session_key):
        return _("账号已在别处登录，本次会话已结束")
    if moment - session.get("began", 0) > ABSOLUTE_S:
        return _("会话已超过最长时间，请重新登录")
    if user.session_until is None or moment - session.get("seen", 0) > settings.YIFEN_WEB_IDLE_S:
        return _("长时间未操作，已自动退出")
    if POLL_HEADER not in request.headers and moment - session["seen"] > SEEN_EVERY_S:
        session["seen"] = moment
        try:
            signin.seen(session.session_key or "")
        except Refused:  # the database's clock, by which it counts
            return _("长时间未操作，已自动退出")
    return None


def missing_step(request: HttpRequest, user: User) -> str | None:
    """The page that an arriving user must pass first: a password of his own, the second factor."""
    if user.must_change_password:
        return "change_password"
    if not request.user.is_verified():  # type: ignore[union-attr]
        return "enrol"
    return None


def to_sign_in(request: HttpRequest) -> HttpResponse:
    """To the sign-in page, and back to where a plain look was going."""
    target = reverse("sign_in")
    if request.method == "GET" and not getattr(request, "htmx", False):
        target += "?" + urlencode({"next": request.get_full_path()})
    return redirect(request, target)


def redirect(request: HttpRequest, target: str) -> HttpResponse:
    """A redirect that a page refreshing a part of itself follows as a whole."""
    if getattr(request, "htmx", False):
        return HttpResponse(status=204, headers={"HX-Redirect": target})
    return HttpResponseRedirect(target)
