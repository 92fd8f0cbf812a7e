"""A partner with SM2 keys is answered by SM2, whatever other key it has, and called by SM2."""

import asyncio
import os
from base64 import b64decode
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest
import requests

from tests.certify.running import listening
from tests.conftest import NewDatabase, NewGateway
from tests.wire.test_sm2_pem import PRIVATE, PUBLIC
from tests.world import Database, World
from yifen.core.facts.codes import Code
from yifen.core.facts.secrets import read_ring
from yifen.core.partners.own_keys import own_keys
from yifen.core.wire import http_signed
from yifen.core.wire.components import header_map
from yifen.core.wire.keys import Key
from yifen.core.wire.messages import Query, WireFault
from yifen.core.wire.sm2_pem import public_of, read_public
from yifen.hub.simulators.biller import SimulatedBiller
from yifen.hub.simulators.books import BillerBooks
from yifen.hub.simulators.door import HubDoor, Lost
from yifen.hub.simulators.faults import Faults
from yifen.hub.simulators.identity import Identity
from yifen.hub.simulators.people import Payer, exact

SHARED = b"a secret that both share, of old"


def clock() -> datetime:
    return datetime.now(UTC)


def ring_keys() -> Any:
    return own_keys(read_ring(os.environ["YIFEN_KEY_RING"], Path()))


@pytest.fixture(scope="module")
def database(new_database: NewDatabase) -> Database:
    return new_database()


@pytest.fixture(scope="module")
def biller_url() -> Iterator[str]:
    """A biller's own system that knows the hub's SM2 key only."""
    own = Key(partner="GAS", version=1, algorithm="sm2-sm3", secret=PRIVATE.encode())
    hubs = Key(partner="GAS", version=1, algorithm="sm2-sm3", public=ring_keys().sm2.public)
    books = BillerBooks("GAS", [Payer("A1", "欧阳𫖯", (exact("B1", "燃气费", 1200, None),))])  # type: ignore[arg-type]
    identity = Identity(partner="GAS", dialect="json", key=own, reply_key=hubs)
    with listening(SimulatedBiller(identity, books, Faults(), clock)) as url:
        yield url


@pytest.fixture(scope="module")
def hub_url(database: Database, biller_url: str, new_gateway: NewGateway) -> str:
    with psycopg.connect(database.app_url, autocommit=True) as conn:
        world = World(conn, database.buckets)
        world.biller("WATER")
        world.biller("GAS", endpoint=biller_url, dialect="json", timeout_s=5)
        for code in ("SMTWO", "BOTH"):
            world.channel(code, xml=False)
            world.key(code, 1, "sm2-sm3", read_public(PUBLIC.encode()))
            world.admit(code, "WATER")
            world.admit(code, "GAS")
        world.key("BOTH", 2, "hmac-sha256", SHARED)
        world.key("GAS", 1, "sm2-sm3", read_public(PUBLIC.encode()))
        world.owe("WATER", "W1", "B1", 1000)
    return new_gateway(database).url


def published(url: str) -> dict[str, Key]:
    """The hub's public keys by algorithm, as a partner takes them from there."""
    found = requests.get(f"{url}/keys", timeout=10).json()["keys"]
    keys = {row["algorithm"]: Key(partner=row["keyid"].split(":")[0], version=1,
                                  algorithm=row["algorithm"], public=row["pem"].encode())
            for row in found}  # fmt: skip
    sm2 = next(row for row in found if row["algorithm"] == "sm2-sm3")
    assert read_public(sm2["pem"].encode()) == b64decode(sm2["public"])
    return keys


def door(url: str, code: str, reply_key: Key) -> HubDoor:
    key = Key(partner=code, version=1, algorithm="sm2-sm3", secret=PRIVATE.encode())
    return HubDoor(url, Identity(partner=code, dialect="json", key=key, reply_key=reply_key), clock)


async def asked(at: HubDoor, account_no: str = "W1", biller: str = "WATER") -> Code:
    try:
        return (await at.ask(Query(biller=biller, account_no=account_no))).code
    finally:
        await at.close()


@pytest.mark.parametrize("code", ["SMTWO", "BOTH"])
def test_sm2_is_answered_by_sm2(hub_url: str, code: str) -> None:
    assert asyncio.run(asked(door(hub_url, code, published(hub_url)["sm2-sm3"]))) is Code.OK


def test_a_refusal_is_signed_by_sm2_too(hub_url: str) -> None:
    at = door(hub_url, "SMTWO", published(hub_url)["sm2-sm3"])
    assert asyncio.run(asked(at, "nobody")) is Code.ACCOUNT_UNKNOWN


def test_who_expects_ed25519_does_not_believe_it(hub_url: str) -> None:
    with pytest.raises(Lost, match="SIGNATURE_INVALID"):
        asyncio.run(asked(door(hub_url, "SMTWO", published(hub_url)["ed25519"])))


def test_a_shared_secret_is_still_answered_by_itself(hub_url: str) -> None:
    key = Key(partner="BOTH", version=2, algorithm="hmac-sha256", secret=SHARED)
    at = HubDoor(hub_url, Identity(partner="BOTH", dialect="json", key=key, reply_key=key), clock)
    assert asyncio.run(asked(at)) is Code.OK


def test_the_keyid_names_the_algorithm(hub_url: str) -> None:
    key = Key(partner="SMTWO", version=1, algorithm="sm2-sm3", secret=PRIVATE.encode())
    body = b'{"biller":"WATER","account_no":"W1"}'
    headers = http_signed.sign_request("POST", "/json/v1/query", body, key, int(clock().timestamp()))
    answer = requests.post(f"{hub_url}/json/v1/query", body, headers=headers, timeout=10)
    assert 'keyid="yifen-sm2:' in answer.headers["signature-input"]
    assert 'alg="sm2-sm3"' in answer.headers["signature-input"]
    ours = published(hub_url)["sm2-sm3"]
    raw = [(name.lower().encode(), value.encode()) for name, value in answer.headers.items()]
    http_signed.verify_reply(200, header_map(raw), answer.content, lambda *_: ours,
                             int(clock().timestamp()))  # fmt: skip
    with pytest.raises(WireFault, match="SIGNATURE_INVALID"):
        http_signed.verify_reply(200, header_map(raw), answer.content + b" ", lambda *_: ours,
                                 int(clock().timestamp()))  # fmt: skip


def test_a_biller_with_an_sm2_key_is_called_by_sm2(hub_url: str) -> None:
    at = door(hub_url, "SMTWO", published(hub_url)["sm2-sm3"])
    assert asyncio.run(asked(at, "A1", "GAS")) is Code.OK


def test_our_own_sm2_key_is_made_of_the_ring() -> None:
    first, second = ring_keys(), ring_keys()
    assert first == second
    assert public_of(first.sm2.secret) == first.sm2.public
