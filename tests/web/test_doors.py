"""Every address, with every role, and with a foreign organisation's rows: deny by default (X2)."""

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any, NamedTuple
from zlib import crc32

import pytest
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.sampling import ALL
from tests.web import doors_table, site
from tests.web.province import Province
from yifen.core.access.doors import Door, door_of
from yifen.core.access.roles import Role, permissions_of


class Route(NamedTuple):
    """One address of the pages."""

    name: str
    view: Any

    @property
    def door(self) -> Door | str | None:
        return door_of(self.view)


@pytest.fixture(autouse=True)
def undrawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who gets in is told by numbers; how each page looks is tried elsewhere, and takes half of the time."""
    monkeypatch.setattr("django.shortcuts.loader", SimpleNamespace(render_to_string=lambda *given, **named: ""))


def routes(patterns: list[Any] | None = None) -> Iterator[Route]:
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns)
        elif isinstance(pattern, URLPattern):
            yield Route(pattern.name or "", pattern.callback)


def address(route: Route, place: Province, foreign: bool) -> str:
    rows = place.foreign if foreign else place.own
    arguments = doors_table.ARGUMENTS.get(route.name)
    return reverse(route.name, kwargs=arguments(place, rows) if arguments else {})


def test_every_address_has_a_name_and_a_door(place):
    assert [route for route in routes() if not route.name or route.door is None] == []
    names = [route.name for route in routes()]
    assert len(names) == len(set(names))


def test_the_table_names_every_address_that_takes_arguments_and_no_other(place):
    known = {route.name for route in routes()}
    assert set(doors_table.ARGUMENTS) <= known
    assert known >= doors_table.FOREIGN_OK


EVERYBODY: tuple[Role | None, ...] = (*Role, None)


def gets_in(route: Route, role: Role | None) -> bool:
    """By the role's permissions."""
    may = permissions_of(frozenset({role})) if role else frozenset()
    return route.door is Door.PUBLIC or bool(role and (isinstance(route.door, Door) or route.door in may))


def asking(route: Route) -> list[Role | None]:
    """Who asks for an address: all. In a run of everything every eighth of those who get in, every fourth of those who
    do not, and at least one of each."""
    found, turn = [], crc32(route.name.encode())
    for side, every in ((True, 8), (False, 4)):
        if there := [role for role in EVERYBODY if gets_in(route, role) is side]:
            every = 1 if ALL else min(every, len(there))
            found += there[turn % every :: every]
    return found


@pytest.mark.parametrize("role", EVERYBODY, ids=lambda role: role.value if role else "nobody")
def test_a_role_gets_in_where_its_permissions_say_and_nowhere_else(place: Province, role):
    client = site.client_of(place.users[role.value]) if role else site.browser()
    wrong = []
    for route in routes():
        if route.name in doors_table.ENDS_SESSION or role not in asking(route):
            continue
        answer = client.get(address(route, place, foreign=False))
        refused = {403} if role else {302}
        expected = {200, 204, 302, 404, 405} if gets_in(route, role) else refused
        signs_in = answer.status_code == 302 and answer["Location"].startswith("/sign-in/")
        if answer.status_code not in expected or (role and signs_in):
            wrong.append((route.name, answer.status_code, answer.get("Location", "")))
    assert wrong == []


OF_INSTITUTIONS = ("institution_admin", "finance", "supervisor", "teller")
OF_PARTNERS = ("biller_staff", "developer")


def trespassing(route: Route) -> set[str]:
    """Who tries it with a foreign row: all who may open it. In a run of everything one of those whose scope is an
    institution and one of those whose scope is a partner."""
    found = set()
    for kind in (OF_INSTITUTIONS, OF_PARTNERS):
        may = [role for role in kind if route.door in permissions_of(frozenset({Role(role)}))]
        found |= set(may if ALL else may[crc32(route.name.encode()) % max(len(may), 1) :][:1])
    return found


@pytest.mark.parametrize("role", [*OF_INSTITUTIONS, *OF_PARTNERS])
def test_rows_of_a_foreign_organisation_are_not_there(place: Province, role):
    client = site.client_of(place.users[role])
    wrong = []
    for route in routes():
        if role in trespassing(route) and route.name in doors_table.ARGUMENTS.keys() - doors_table.FOREIGN_OK:
            for send in (client.get, client.post):
                answer = send(address(route, place, foreign=True))
                if answer.status_code not in (404, 405):
                    wrong.append((route.name, send.__name__, answer.status_code))
    assert wrong == []
