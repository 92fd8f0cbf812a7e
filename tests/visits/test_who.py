"""What is done to a visit is done by whose session it is: the database finds him, whatever the pages say."""

from typing import Any

import psycopg
import pytest

from tests.visits.people import DUE, NOW, asked, goer, rows
from tests.web import site
from tests.web.province import Province
from yifen.core.facts.codes import Code
from yifen.core.facts.processes import GATEWAY, NIGHT, WEB, WORKER

CALLS = {
    "new": "SELECT code FROM visits_new_v1(%(session)s, %(customer)s, 'collect', 'x', %(due)s, NULL, %(now)s)",
    "assign": "SELECT visits_assign_v1(%(session)s, ARRAY[%(visit)s]::bigint[], NULL)",
    "give_up": "SELECT visits_give_up_v1(%(session)s, %(visit)s, %(now)s)",
    "done": "SELECT visits_done_v1(%(session)s, %(visit)s, 'ok', '', NULL, NULL, NULL, '{}', '{}', '{}', '{}',"
            " %(now)s)",
}  # fmt: skip


@pytest.fixture(scope="module")
def world(place: Province) -> dict[str, Any]:
    walker = goer(place, "whose1")
    return {"customer": place.own.more["customer"], "visit": asked(place, who=walker), "due": DUE, "now": NOW,
            "walker": walker}  # fmt: skip


def told(place: Province, call: str, session: str | None, world: dict[str, Any], process: str = WEB) -> int:
    """The code; nothing is kept of it."""
    with psycopg.connect(place.database.url(process)) as conn:
        row = conn.execute(CALLS[call], world | {"session": session}).fetchone()
        conn.rollback()
    assert row is not None
    return int(row[0])


def test_who_may_is_heard(place: Province, world: dict[str, Any]) -> None:
    office, walker = site.access(place.users["finance"]).session, site.access(world["walker"]).session
    assert {call: told(place, call, walker if call == "done" else office, world) for call in CALLS} == {
        "new": 0, "assign": 0, "give_up": 8743, "done": 0}  # fmt: skip


@pytest.mark.parametrize("call", CALLS)
def test_nobody_else_is(place: Province, world: dict[str, Any], call: str) -> None:
    far = site.user(f"far_{call}", place.foreign.county, "finance")
    other = goer(place, f"goer_{call}", place.foreign)
    shut = site.user(f"shut_{call}", place.own.county, "finance")
    sessions: dict[str, str | None] = {
        "another county's": site.access(far).session, "another company's": site.access(other).session,
        "who only looks": site.access(place.users["auditor"]).session, "shut": site.access(shut).session,
        "nobody's": "no-such-session", "empty": "", "none": None,
    }  # fmt: skip
    rows(place, "UPDATE access_user SET is_active = false WHERE id = %s RETURNING id", shut.pk)
    assert {who: told(place, call, session, world) for who, session in sessions.items()} == dict.fromkeys(
        sessions, Code.PERMISSION_MISSING)


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("process", [GATEWAY, WORKER, NIGHT])
def test_no_other_process_calls_them(place: Province, world: dict[str, Any], call: str, process: str) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        told(place, call, site.access(place.users["finance"]).session, world, process)


def test_who_was_not_sent_does_not_do_it(place: Province, world: dict[str, Any]) -> None:
    another = goer(place, "whose2")
    assert told(place, "done", site.access(another).session, world) == 8741


@pytest.mark.parametrize("statement", [
    "UPDATE visit SET assignee_id = 1", "INSERT INTO visit_photo VALUES (1, 1, 'image/png', '', 1, '')",
    "DELETE FROM visit", "SELECT visits_ask_v1(1, 1::smallint, 1, NULL, 'cut', 'x', 'x', 'x', '2026-12-01', now())",
])  # fmt: skip
def test_the_pages_write_nothing_by_themselves(place: Province, statement: str) -> None:
    with psycopg.connect(place.database.url(WEB)) as conn, pytest.raises(psycopg.errors.InsufficientPrivilege):
        conn.execute(statement)


@pytest.mark.parametrize("process", [GATEWAY, WORKER, NIGHT])
def test_pictures_are_the_pages_alone(place: Province, process: str) -> None:
    with psycopg.connect(place.database.url(process)) as conn, pytest.raises(psycopg.errors.InsufficientPrivilege):
        conn.execute("SELECT body FROM visit_photo")


def test_the_trail_names_who_was_sent_and_what_was_found(place: Province, world: dict[str, Any]) -> None:
    from yifen.face.trail import naming

    walker = world["walker"]
    assert naming.value("visit", "assignee_id", walker.pk) == f"whose1 用户whose1 ({walker.pk})"
    assert naming.value("visit", "finding", "no_access") == "无人、进不去"
    assert (naming.term("visit"), naming.term("assignee_id")) == ("外勤", "外勤人员")
