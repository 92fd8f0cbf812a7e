"""Every address with what nobody types by mistake: answered, never with a fault, never cached."""

import os
import re
from contextlib import suppress
from io import BytesIO
from typing import Any
from urllib.parse import urlencode
from zlib import crc32

import pytest
from django.urls import NoReverseMatch, reverse

from tests.sampling import ALL
from tests.web import doors_table, site
from tests.web.province import Province
from tests.web.test_doors import Route, routes
from yifen.core.access.doors import Door
from yifen.core.access.roles import Role, permissions_of

READERS = ("platform_admin", "institution_admin", "auditor", "finance", "teller", "developer")
SCRIPT = "<script>alert(1)</script>\"'{{ 7|add:7 }}"
HOSTILE = (f"{SCRIPT}\x00", "'%s%d", "\ud800".encode("utf-8", "surrogatepass"), "9" * 40, "-1", "[1,2",
           "a" * 3000)  # fmt: skip


def hostile(name: str, given: dict[str, Any]) -> list[str]:
    """The address with each number huge and each text odd."""
    paths = []
    for key, value in given.items():
        odd = [10**30, 2**63, 0] if isinstance(value, int) else ["\x00", SCRIPT, "x" * 300]
        for instead in odd:
            with suppress(NoReverseMatch):  # the address does not take it at all
                paths.append(reverse(name, kwargs=given | {key: instead}))
    return paths


def given_of(route: Route, place: Province) -> dict[str, Any]:
    arguments = doors_table.ARGUMENTS.get(route.name)
    return arguments(place, place.own) if arguments else {}


def is_its_turn(route: Route) -> bool:
    """In a run of everything each test here has a twelfth of the addresses, each another twelfth."""
    test = os.environ["PYTEST_CURRENT_TEST"].partition("[")[0]
    return ALL or crc32(f"{test} {route.name}".encode()) % 12 == 0


def within(role: str | None) -> list[Route]:
    may = permissions_of(frozenset({Role(role)})) if role else frozenset()
    return [
        route for route in routes()
        if route.name not in doors_table.ENDS_SESSION and is_its_turn(route)
        and (route.door in may or (role is None and route.door is Door.PUBLIC))
    ]  # fmt: skip


def each_once(*roles: str | None) -> list[tuple[str | None, list[Route]]]:
    """Every address at the first of these roles that may open it; in a long run at each."""
    seen: set[str] = set()
    found = []
    for role in roles:
        mine = [route for route in within(role) if ALL or route.name not in seen]
        seen.update(route.name for route in mine)
        found.append((role, mine))
    return found


def test_odd_arguments_are_not_there_and_no_fault(place: Province):
    faults = []
    for role, mine in each_once(*READERS, None):
        client = site.client_of(place.users[role]) if role else site.browser()
        client.raise_request_exception = False
        for route in mine:
            for path in hostile(route.name, given_of(route, place)):
                for send in (client.get, client.post):
                    answer = send(path)
                    if answer.status_code >= 500:
                        faults.append((route.name, send.__name__, path[:80]))
    assert faults == []


NAMES: dict[str, list[str]] = {}  # what each address takes, as who first asked it found
ASKED: dict[bytes | str, set[str]] = {value: set() for value in HOSTILE}


@pytest.mark.parametrize("value", HOSTILE, ids=["script", "quote", "no text", "number", "minus", "list", "long"])
@pytest.mark.parametrize(
    "role", ["finance", "platform_admin", "auditor", "supervisor", "teller", "biller_staff", None]
)
def test_odd_questions_and_forms_are_answered(place: Province, role, value):
    """Each address by the first of these roles that may."""
    client = site.client_of(place.users[role]) if role else site.browser()
    client.raise_request_exception = False
    faults, echoes = [], []
    for route in [one for one in within(role) if one.name not in ASKED[value]]:
        ASKED[value].add(route.name)
        path = reverse(route.name, kwargs=given_of(route, place))
        if route.name not in NAMES:
            NAMES[route.name] = names_of(client.get(path))
        query = urlencode(dict.fromkeys(NAMES[route.name], value))
        for answer in (
            client.get(f"{path}?{query}"),
            client.post(path, query, content_type="application/x-www-form-urlencoded"),
        ):
            if answer.status_code >= 500:
                faults.append((route.name, answer.request["REQUEST_METHOD"]))
            if b"<script>alert" in text_of(answer):
                echoes.append(route.name)
    assert (faults, echoes) == ([], [])


def names_of(answer: Any) -> list[str]:
    """The fields of a page's forms, and what lists take."""
    found = re.findall(r'name="([a-z0-9_.]+)"', text_of(answer).decode(errors="replace"))
    always = ["text", "after", "before", "page", "sort", "next", "kind", "act", "other", "active",
              "number", "city", "query", "format", "granted", "suspended", "token", "key"]  # fmt: skip
    return [name for name in {*found, *always} if name != "csrfmiddlewaretoken"]


def text_of(answer: Any) -> bytes:
    return b"" if answer.streaming else answer.content


def test_no_answer_may_be_kept_framed_or_guessed_at(place: Province):
    wrong = []
    for role, mine in each_once(*READERS):
        client = site.client_of(place.users[role])
        for route in mine:
            answer = client.get(reverse(route.name, kwargs=given_of(route, place)))
            headers = {
                "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff",
                "X-Frame-Options": "DENY", "Referrer-Policy": "same-origin",
                "Cross-Origin-Opener-Policy": "same-origin",
            }  # fmt: skip
            wrong += [(route.name, name) for name, value in headers.items()
                      if value not in answer.get(name, "")]  # fmt: skip
            policy = answer["Content-Security-Policy"]
            assert "unsafe" not in policy
            assert "frame-ancestors 'none'" in policy
    assert wrong == []


@pytest.mark.parametrize("path", ["/sign-in/", "/theme/", "/console/", "/desk/", "/pay/"])
def test_a_huge_body_is_refused_before_it_is_read(place: Province, path):
    class Endless(BytesIO):
        """Says so when it is read."""

        def read(self, *_: Any) -> bytes:
            raise AssertionError("it was read")

    client = site.browser()
    answer = client.generic("POST", path, b"", content_type="multipart/form-data; boundary=x",
                            **{"CONTENT_LENGTH": str(3 * 1024 * 1024),
                               "wsgi.input": Endless()})  # fmt: skip
    assert answer.status_code == 413


def test_names_that_are_scripts_are_shown_as_text(place: Province):
    from yifen.core.access.models import User
    from yifen.core.directory.models import Institution
    from yifen.core.partners.models import Outage, Partner

    name = '<img src=x onerror="alert(1)">{{ 7|add:7 }}\u202e'
    Partner.objects.filter(pk__in=(place.own.biller, place.own.channel)).update(name=name)
    with site.as_owner(place.database):
        Institution.objects.filter(pk=place.own.branch).update(name=name)
    User.objects.filter(pk=place.own.teller.pk).update(name=name)
    Outage.objects.filter(biller=place.own.biller).update(reason=name)
    run, shown = [], 0
    for role, mine in each_once(*READERS, None):
        client = site.client_of(place.users[role]) if role else site.browser()
        for route in mine:
            answer = client.get(reverse(route.name, kwargs=given_of(route, place)))
            shown += b"&lt;img src=x" in text_of(answer)
            if b"<img src=x" in text_of(answer):
                run.append((role, route.name))
    assert (run, shown > (20 if ALL else 5)) == ([], True)


def test_without_a_database_the_pages_say_so_and_nothing_else(place: Province):
    from django.db import connection

    client = site.client_of(place.users["auditor"])
    client.raise_request_exception = False
    connection.close()
    host, connection.settings_dict["PORT"] = connection.settings_dict["PORT"], "1"
    try:
        for path in ("/sign-in/", "/", "/console/audit/", "/profile/"):
            for answer in (client.get(path), client.post(path)):
                text = answer.content.decode()
                if answer.status_code != 403:
                    assert (answer.status_code, "9002" in text) == (503, True)
                assert answer.get("X-Request-Id", "") in text
                for secret in ("Traceback", "psycopg", "OperationalError", "yifen_app"):
                    assert secret not in text
    finally:
        connection.close()
        connection.settings_dict["PORT"] = host
