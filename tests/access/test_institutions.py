"""Institutions renamed, moved and closed: by two, and closed only when nothing is left there."""

from datetime import UTC, datetime
from typing import Any

import pytest
from psycopg import errors

from tests.access.proposals import NOW, site_number
from tests.conftest import NewDatabase
from tests.console.pages import Page
from tests.onboarding.test_way_in import decided
from tests.web import site
from tests.web.province import Province
from tests.world import World
from yifen.core.facts.codes import Code

LATER = datetime(2026, 11, 25, tzinfo=UTC)


@pytest.fixture
def two(place: Province) -> tuple[Any, Any]:
    from yifen.core.access.models import User

    return site.client_of(place.users["platform_admin"]), site.client_of(User.objects.get(login="checker96"))


def branch(place: Province) -> Any:
    """A new one of the county, with nobody in it."""
    from yifen.core.directory.models import Institution
    from yifen.core.directory.operations import add_institution

    return add_institution(Institution.objects.get(pk=place.own.county), "branch", f"B{site_number()}", "旧名分社")


def test_it_moves_with_its_people_and_who_sees_it_changes(place: Province, two: tuple[Any, Any]) -> None:
    maker, checker = two
    row = branch(place)
    teller = site.user(f"t{site_number()}", row.pk, "teller")
    page = f"/console/institutions/{row.code}/"
    assert Page(maker, page).table() == [["可用账号", f"{teller.login} {teller.name}"]]
    home, other = place.own.user, place.foreign.user
    assert [site.access(user).scope.has_institution(row.pk) for user in (home, other)] == [True, False]
    shown = maker.post(page, {"name": "新名分社", "parent": place.foreign.county, "reason": "区划调整"}).url
    assert [cells[1:] for cells in Page(checker, shown).table()] == [
        [row.code, row.code], ["旧名分社", "新名分社"], ["9601 青溪县联社", "9602 白石县联社"], ["正常", "正常"],
    ]  # fmt: skip
    decided(checker, shown, "yes")
    assert [site.access(user).scope.has_institution(row.pk) for user in (home, other)] == [False, True]
    assert site.client_of(other).get(f"/console/users/{teller.pk}/").status_code == 200
    assert site.client_of(home).get(f"/console/users/{teller.pk}/").status_code == 404


def test_what_stands_in_the_way_of_closing_is_named_and_then_nothing_begins_there(
    place: Province, two: tuple[Any, Any]
) -> None:
    maker, checker = two
    from yifen.core.access import people

    row = branch(place)
    teller, page = site.user(f"t{site_number()}", row.pk, "teller"), f"/console/institutions/{row.code}/"
    typed = {"name": row.name, "parent": place.own.county, "closed": "on", "reason": "撤并"}
    said = maker.post(page, typed).content.decode()
    assert "2137" in said
    assert f"({teller.login} {teller.name})" in said
    people.shut(site.access(place.own.user), teller, "撤并", NOW)
    decided(checker, maker.post(page, typed).url, "yes")
    row.refresh_from_db()
    assert row.closed_at is not None
    assert "已撤销" in Page(maker, "/console/institutions/").text
    assert row.code not in Page(maker, "/console/users/new/").text
    with pytest.raises(Exception, match="INSTITUTION_CLOSED"):
        people.propose_user(site.access(place.own.user), "late", "迟到", "L1", row, frozenset({"teller"}),
                            "a-new-passphrase", NOW)  # fmt: skip
    with pytest.raises(Exception, match="INSTITUTION_CLOSED"):
        people.propose_let_in(site.access(place.own.user), teller, NOW, "返岗")
    typed.pop("closed")
    decided(checker, maker.post(page, typed).url, "yes")
    row.refresh_from_db()
    assert row.closed_at is None


def told(world: World, code: str, **content: Any) -> int:
    """What the function answers to two people's word, and to none."""
    number = world.value("SELECT id FROM institution WHERE code = %s", code)
    if content:
        row = world.rows("SELECT name, parent_id FROM institution WHERE id = %s", number)[0]
        whole = {"institution": number, "name": row[0], "parent": row[1], "closed": False} | content
        world.two_people("institutions.change", code, whole)
    return int(world.value("SELECT access_institution_v1(%s, %s)", code, LATER))


def tree(world: World) -> dict[str, int]:
    """A county, a branch and a partner of it; who decides stands at the top."""
    world.administrators()
    found = {"top": world.institution}
    for level, code, above in (("county", "01", "top"), ("branch", "0101", "01")):
        found[code] = world.made("INSERT INTO institution (level, code, name, parent_id) VALUES (%s, %s, %s, %s)"
                                 " RETURNING id", level, code, code, found[above])  # fmt: skip
    world.partner("SHOP", institution_id=found["0101"])
    return found


def test_the_function_asks_for_two_people_and_for_an_empty_house(world: World) -> None:
    found = tree(world)
    assert told(world, "0101") == Code.AUTHORISATION_INVALID
    assert told(world, "0101", closed=True) == Code.INSTITUTION_IN_USE
    world.set_up("UPDATE partner SET suspended = true WHERE code = 'SHOP'")
    world.account("2241.SHOP")
    assert told(world, "0101", closed=True) == 0
    assert world.value("SELECT closed_at FROM institution WHERE code = '0101'") == LATER
    with pytest.raises(errors.RestrictViolation), world.conn.transaction():
        world.partner("LATE", institution_id=found["0101"])
    for back in ("partner SET suspended = false WHERE code = 'SHOP'",
                 "access_user SET institution_id = (SELECT id FROM institution WHERE code = '0101')"):  # fmt: skip
        with pytest.raises(errors.RestrictViolation), world.conn.transaction():
            world.set_up(f"UPDATE {back}")
    assert told(world, "01", parent=found["0101"]) == Code.INSTITUTION_INVALID
    assert told(world, "00", closed=True) == Code.INSTITUTION_IN_USE


def test_none_is_open_below_a_closed_one(world: World) -> None:
    tree(world)
    world.set_up("UPDATE partner SET suspended = true WHERE code = 'SHOP'")
    world.set_up("UPDATE institution SET closed_at = now() WHERE code IN ('01', '0101')")
    assert told(world, "0101", closed=False) == Code.INSTITUTION_INVALID
    world.set_up("UPDATE institution SET closed_at = NULL WHERE code = '01'")
    assert told(world, "0101") == 0


def test_no_statement_of_the_pages_changes_one(place: Province) -> None:
    import psycopg

    from yifen.core.facts.processes import WEB

    with psycopg.connect(place.database.url(WEB)) as conn:
        for change in ("name = 'x'", "parent_id = NULL", "closed_at = now()", "level = 'union'"):
            with pytest.raises(errors.InsufficientPrivilege), conn.transaction():
                conn.execute(f"UPDATE institution SET {change}")  # type: ignore[arg-type]


def test_who_closes_waits_for_who_begins_there_and_the_other_way_round(new_database: NewDatabase) -> None:
    """A partner that was put in and not committed yet; then the institution that is being closed."""
    import psycopg

    from yifen.core.facts.processes import OWNER

    database = new_database()
    at = "(SELECT id FROM institution WHERE code = 'HOUSE')"
    with psycopg.connect(database.url(OWNER)) as conn:
        conn.execute("INSERT INTO institution (level, code, name) VALUES ('branch', 'HOUSE', '网点')")
    beginning = ("INSERT INTO access_user (login, name, person, password, is_active, created_at, session_key,"
                 " must_change_password, institution_id)"
                 f" VALUES ('new', '新', 'n1', '', true, now(), '', false, {at})")  # fmt: skip
    closing = "UPDATE institution SET closed_at = now() WHERE code = 'HOUSE'"
    with psycopg.connect(database.url(OWNER)) as one, psycopg.connect(database.url(OWNER)) as other:
        other.execute("SET lock_timeout = '200ms'")
        one.execute(beginning)
        with pytest.raises(errors.LockNotAvailable):
            other.execute("SELECT FROM institution WHERE code = 'HOUSE' FOR UPDATE")
        one.rollback()
        other.rollback()
        one.execute(closing)
        other.execute("SET lock_timeout = '200ms'")
        with pytest.raises(errors.LockNotAvailable):
            other.execute(beginning)
        one.commit()
        other.rollback()
        with pytest.raises(errors.RestrictViolation):
            other.execute(beginning)
