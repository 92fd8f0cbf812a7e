"""Grants and triggers are those of the version before, line by line, and what was added on purpose."""

from tests.upgrade.conftest import Upgraded
from tests.upgrade.rights import BEFORE, RENEW, SINCE, listed, rights_of
from tests.world import Database


def differences(database: Database) -> list[str]:
    """Lines of the lists that do not hold (-), and lines that hold and stand in neither (+)."""
    known, now = [*listed(BEFORE), *listed(SINCE)], rights_of(database)
    return [*(f"- {x}" for x in known if x not in now), *(f"+ {x}" for x in now if x not in known)]


def test_a_new_database_has_the_rights_and_triggers_of_the_lists(database: Database) -> None:
    found = differences(database)
    assert not found, "\n".join([*found, RENEW])


def test_an_upgraded_database_has_the_same(upgraded: Upgraded) -> None:
    found = differences(upgraded.database)
    assert not found, "\n".join([*found, RENEW])


def test_the_lists_are_of_two_versions() -> None:
    before, since = listed(BEFORE), listed(SINCE)
    assert (before, since) == (sorted(set(before)), sorted(set(since)))
    assert set(before) & set(since) == set()
