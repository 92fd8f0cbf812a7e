"""YIFEN_SHA1=0: XML is refused with a number of its own, to who proves itself; nothing is booked, and no
biller is called in XML."""

from collections.abc import Iterator

import psycopg
import pytest

from tests.conftest import NewDatabase, NewGateway
from tests.journeys.clients import JsonPartner, XmlPartner
from tests.journeys.conftest import JSON_KEYS, NOW, SECRET, open_network
from tests.world import World


@pytest.fixture(scope="module")
def off(new_database: NewDatabase, new_gateway: NewGateway) -> Iterator[tuple[World, str]]:
    database = new_database()
    with psycopg.connect(database.app_url, autocommit=True) as conn:
        world = World(conn, database.buckets)
        open_network(world)
        world.biller("GAS", endpoint="http://127.0.0.1:9/", dialect="xml")
        world.key("GAS", 1, "sha1", SECRET)
        world.admit("JSON", "GAS")
        world.owe("WATER", "A1", "B1", 1000)
        world.owe("GAS", "A1", "B1", 1000)
        yield world, new_gateway(database, YIFEN_SHA1="0").url


def charge(partner: XmlPartner | JsonPartner, serial: str, biller: str = "WATER") -> str:
    return partner.call("charge", serial, biller=biller, account_no="A1", lines=[("B1", 1000)],
                        amount_fen=1000, paid_at=NOW).code  # fmt: skip


def payments(world: World) -> list[tuple[str, str]]:
    return world.rows("SELECT serial, payer_state::text FROM payment ORDER BY serial")


def test_every_verb_in_xml_is_answered_2007_and_books_nothing(off: tuple[World, str]) -> None:
    world, url = off
    xml = XmlPartner(url, "XML", SECRET)
    assert xml.call("query", biller="WATER", account_no="A1").code == "2007"
    assert charge(xml, "X1") == "2007"
    assert xml.call("confirm", original_serial="X1").code == "2007"
    assert payments(world) == []


def test_who_cannot_prove_himself_learns_nothing_of_it(off: tuple[World, str]) -> None:
    import requests

    it = XmlPartner(off[1], "XML", b"guessed")
    body = it.seal(it.markup("query", biller="WATER", account_no="A1"))
    code = it.read(requests.post(f"{it.url}/xml/v1/query", body, timeout=30), False).code
    assert code != "2007"


def test_a_biller_that_is_called_in_xml_is_away_and_nothing_is_registered(off: tuple[World, str]) -> None:
    world, url = off
    json = JsonPartner(url, "JSON", "hmac-sha256", JSON_KEYS["hmac-sha256"][0])
    assert charge(json, "J1", "GAS") == "8003"
    assert payments(world) == []


def test_json_goes_on(off: tuple[World, str]) -> None:
    world, url = off
    json = JsonPartner(url, "JSON", "hmac-sha256", JSON_KEYS["hmac-sha256"][0])
    assert charge(json, "J2") == "0000"
    assert payments(world) == [("J2", "taken")]


def test_on_is_what_it_was(off: tuple[World, str], new_database: NewDatabase,
                           new_gateway: NewGateway) -> None:  # fmt: skip
    database = new_database()
    with psycopg.connect(database.app_url, autocommit=True) as conn:
        world = World(conn, database.buckets)
        open_network(world)
        world.owe("WATER", "A1", "B1", 1000)
        url = new_gateway(database).url
        assert charge(XmlPartner(url, "XML", SECRET), "X1") == "0000"
