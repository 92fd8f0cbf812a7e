"""Payers' names are sealed wherever the database keeps them, and yet found by their beginning."""

import psycopg
import pytest

from tests.access.test_at_rest import everything
from tests.console.pages import Page
from tests.web import site
from tests.world import the_ring
from yifen.core.facts.secrets import KeyRing, KeyRingError
from yifen.hub.payments import names, payables

NAMES = ("欧阳震宇", "欧阳震寰", "司徒丽华")


@pytest.fixture
def owing(place):
    """Three payers of one biller: account numbers by name."""
    rows = [(place.own.biller, f"77{number}", name) for number, name in enumerate(NAMES)]
    with psycopg.connect(place.database.owner_url) as conn:
        conn.execute(payables.PAYERS_SQL, payables.pack_payers(the_ring(), 0, rows))
    return {name: account for _, account, name in rows}


def test_no_name_of_a_payer_stands_in_any_table(place, owing):
    text = everything(place)
    assert [name for name in NAMES if name in text or name.encode().hex() in text] == []
    assert all(account in text for account in owing.values())


def test_a_name_told_again_writes_nothing_and_a_new_one_does(place, owing):
    def told(name: str) -> int:
        with psycopg.connect(place.database.owner_url) as conn:
            row = [(place.own.biller, "770", name)]
            found = conn.execute(payables.PAYERS_SQL, payables.pack_payers(the_ring(), 0, row)).fetchone()
            return found[0]

    assert [told(NAMES[0]), told("欧阳震宁"), told(NAMES[0])] == [0, 1, 1]


def test_a_clear_name_is_refused_by_the_table(place, owing):
    with psycopg.connect(place.database.super_url) as conn, pytest.raises(psycopg.errors.CheckViolation):
        conn.execute("UPDATE payer SET name = '欧阳震宇' WHERE account_no = '770'")


def test_two_payers_of_one_name_do_not_look_equal_and_a_moved_name_does_not_open():
    ring = the_ring()
    one, other = (names.sealed_name(ring, 7, account, "王小明") for account in ("1", "2"))
    assert one == names.sealed_name(ring, 7, "1", "王小明")
    assert one != other
    assert one.rpartition("~")[0] != other.rpartition("~")[0]
    assert names.opened_name(ring, 7, "1", one) == "王小明"
    assert names.opened_name(ring, 7, "2", one) == ""
    with pytest.raises(KeyRingError):
        ring.open_text(one.rpartition("~")[0], names.context(7, "2"))
    assert names.sealed_name(ring, 7, "1", "") == names.opened_name(ring, 7, "1", "") == ""


def test_names_are_found_by_their_beginning_and_by_no_other_part(place, owing):
    client = site.client_of(place.users["finance"])

    def found(start: str) -> list[str]:
        page = Page(client, "/console/payables/", biller=str(place.own.biller), name=start)
        return page.column("户号") if page.table() else []

    assert found("欧阳震") == [owing["欧阳震宇"], owing["欧阳震寰"]]
    assert found("欧阳震寰") == [owing["欧阳震寰"]]
    assert found("司徒") == [owing["司徒丽华"]]
    assert (found("丽华"), found("震宇"), found("%%")) == ([], [], [])


def test_one_letter_of_a_name_is_said_to_be_too_few(place, owing):
    client = site.client_of(place.users["finance"])
    page = Page(client, "/console/payables/", biller=str(place.own.biller), name="欧")
    assert "户名至少输入 2 个字" in page.text
    assert page.tree.xpath("//main//table") == []


def test_during_a_change_of_rings_both_keys_names_are_found_and_opened(place, owing):
    both = KeyRing({2: bytes(32), 1: bytes(range(32))})
    assert names.sealed_name(both, 7, "1", "王小明").startswith("~2~")
    old = names.sealed_name(the_ring(), 7, "1", "王小明")
    assert old.startswith("~1~")
    assert names.opened_name(both, 7, "1", old) == "王小明"
    assert old[-2:] in names.marks(both, 7, "王小")
    new = names.again(both, old, names.context(7, "1"))
    assert new == names.sealed_name(KeyRing({2: bytes(32)}), 7, "1", "王小明")
