"""One hub for the journeys of a module: database, network, gateway, and partners of each kind."""

import itertools
from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple

import psycopg
import pytest

from tests.conftest import NewDatabase, NewGateway
from tests.journeys.clients import CHINA, JsonPartner, Partner, Reply, XmlPartner, new_pair
from tests.running import Gateway
from tests.world import Database, World

SECRET = b"an XML partner's secret"
JSON_KEYS = {name: new_pair(name) for name in ("hmac-sha256", "ed25519", "rsa-pss-sha512")}


class Hub(NamedTuple):
    """What a journey needs; `partners`: their programs by code."""

    world: World
    gateway: Gateway
    database: Database
    partners: dict[str, Partner]
    numbers: Iterator[int]

    def bill(self, due_fen: int = 12_345, biller: str = "WATER", **fields: Any) -> tuple[str, str]:
        """A new account with one bill: (account number, reference)."""
        number = next(self.numbers)
        account_no, ref = f"N{number:06d}", f"BILL-{number}"
        self.world.owe(biller, account_no, ref, due_fen, **fields)
        return account_no, ref

    def serial(self) -> str:
        return f"S-{next(self.numbers)}"

    def charge(self, partner: Partner, account_no: str, lines: dict[str, int], serial: str = "",
               biller: str = "WATER", **fields: Any) -> Reply:  # fmt: skip
        fields = {"paid_at": NOW, "amount_fen": sum(lines.values()), **fields}
        return partner.call(
            "charge", serial or self.serial(), biller=biller, account_no=account_no,
            lines=list(lines.items()), **fields,
        )  # fmt: skip


NOW = datetime.now(CHINA).replace(microsecond=0)


def open_network(world: World) -> None:
    """Partners of both dialects with keys of each kind."""
    world.biller("WATER")
    world.biller("HEAT", quote_ttl_s=600)
    world.channel("XML")
    world.channel("GB", encoding="GB18030")
    world.channel("YUAN", unit="yuan")
    for code, algorithm in (("JSON", "hmac-sha256"), ("EDWARD", "ed25519"),
                            ("RON", "rsa-pss-sha512")):  # fmt: skip
        world.channel(code, xml=False)
        world.key(code, 1, algorithm, JSON_KEYS[algorithm][1])
    for code in ("XML", "GB", "YUAN", "WATER"):
        world.key(code, 1, "sha1", SECRET)
    world.key("JSON", 9, "sha1", SECRET)  # a key alone does not open a dialect
    world.channel("XMLONLY", json=False)
    world.key("XMLONLY", 1, "hmac-sha256", JSON_KEYS["hmac-sha256"][1])
    for channel in ("XML", "GB", "YUAN", "JSON", "EDWARD", "RON"):
        for biller in ("WATER", "HEAT"):
            world.admit(channel, biller)


def programs(url: str) -> dict[str, Partner]:
    return {
        "XML": XmlPartner(url, "XML", SECRET),
        "GB": XmlPartner(url, "GB", SECRET, encoding="GB18030"),
        "YUAN": XmlPartner(url, "YUAN", SECRET, unit="yuan"),
        "WATER": XmlPartner(url, "WATER", SECRET),
        "JSON": JsonPartner(url, "JSON", "hmac-sha256", JSON_KEYS["hmac-sha256"][0]),
        "EDWARD": JsonPartner(url, "EDWARD", "ed25519", JSON_KEYS["ed25519"][0]),
        "RON": JsonPartner(url, "RON", "rsa-pss-sha512", JSON_KEYS["rsa-pss-sha512"][0]),
    }


@pytest.fixture(scope="module")
def hub(new_database: NewDatabase, new_gateway: NewGateway) -> Iterator[Hub]:
    database = new_database(buckets=4)
    with psycopg.connect(database.app_url, autocommit=True) as conn:
        world = World(conn, database.buckets)
        open_network(world)
        gateway = new_gateway(database)
        yield Hub(world, gateway, database, programs(gateway.url), itertools.count(1))


@pytest.fixture(params=["XML", "JSON"])
def partner(request: pytest.FixtureRequest, hub: Hub) -> Partner:
    """A partner of each dialect in turn."""
    return hub.partners[request.param]
