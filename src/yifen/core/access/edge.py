"""The edge of the web: the time and the caller's address, read here and passed on."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from ipaddress import ip_address
from typing import Any, cast

from django.conf import settings
from django.http import HttpRequest

from yifen.core.access.models import User
from yifen.core.access.roles import Roles, grants, permissions_of
from yifen.core.access.scope import NOTHING, Scope, scope_of
from yifen.core.audit.record import Actor
from yifen.core.facts.secrets import KeyRing


def now() -> datetime:
    """The one place where the pages read the time."""
    return datetime.now(UTC)


def address(request: HttpRequest) -> str:
    """The caller's IP."""
    return address_in(request.META)


def address_in(environ: Mapping[str, Any]) -> str:
    """The caller's IP: of the connection, or what the first proxy of ours saw (YIFEN_WEB_PROXIES).
    Whatever stands before that in the header the caller may have written himself."""
    proxies: int = settings.YIFEN_WEB_PROXIES
    chain = str(environ.get("HTTP_X_FORWARDED_FOR", "")).split(",")
    if 0 < proxies <= len(chain):
        with suppress(ValueError):  # not an address: a proxy that is set up in another way
            return str(ip_address(chain[-proxies].strip().partition("%")[0]))
    return str(environ.get("REMOTE_ADDR", ""))


def actor_of(request: HttpRequest, user: User | None) -> Actor:
    """Who acts, for the audit trail."""
    where, number = address(request), str(getattr(request, "request_id", ""))
    if user is None:
        return Actor("", None, None, where, number)
    session = request.session.session_key or ""
    return Actor(user.login, user.pk, user.institution_id, where, number, session)


class Access:
    """Who is calling and what he may: `request.access`, `access` in templates. Read once a call.
    `session`: the key that proves it to the database; "" where nobody's browser calls."""

    def __init__(self, user: User | None, session: str = "") -> None:
        self.user, self.session = user, session
        self.roles: Roles = user.role_set if user else frozenset()
        self.permissions = permissions_of(self.roles)
        self._scope: Scope | None = None

    @property
    def scope(self) -> Scope:
        if self._scope is None:
            self._scope = scope_of(self.user) if self.user else NOTHING
        return self._scope

    def may(self, permission: str) -> bool:
        """A permission that no plug brings is a fault (KeyError), never a silent no."""
        return grants()[permission].name in self.permissions


def access_of(request: HttpRequest) -> Access:
    """What the middleware found out about the caller."""
    return cast(Access, request.access)  # type: ignore[attr-defined]


def key_ring_of(request: HttpRequest) -> KeyRing:
    """The ring that seals what the pages keep secret."""
    return cast(KeyRing, request.key_ring)  # type: ignore[attr-defined]


def user_of(request: HttpRequest) -> User:
    """The signed-in user; only behind a door that asks for one."""
    user = access_of(request).user
    assert user is not None
    return user
