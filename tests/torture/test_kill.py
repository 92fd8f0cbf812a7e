"""kill −9 of the gateway and of PostgreSQL under load: no acknowledged payment is lost, none is
doubled, and whatever its channel does not know can be found out and ends booked once."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any, NamedTuple

import psycopg
import pytest

from tests.cluster import cluster_of, migrated
from tests.running import Gateway
from tests.sampling import sampled
from tests.torture.traffic import (
    Books,
    Door,
    Load,
    ask_until_answered,
    charge_of,
    committed,
    owe_many,
)
from tests.world import Database
from yifen.core.embedded.server import EmbeddedPostgres
from yifen.core.facts.codes import Code
from yifen.core.facts.processes import GATEWAY
from yifen.core.wire.messages import Charge, Confirm
from yifen.hub.payments.verify import verify

ROUNDS, TELLERS, BILLS = 3, 24, 20_000


class Place(NamedTuple):
    """A durable PostgreSQL, its database, a gateway on it, and bills to pay."""

    server: EmbeddedPostgres
    database: Database
    gateway: Gateway
    bills: Iterator[tuple[str, int]]


@pytest.fixture(scope="module")
def durable() -> Iterator[tuple[EmbeddedPostgres, Database, list[tuple[str, int]]]]:
    with cluster_of({"shared_buffers": "64MB"}) as server:
        with psycopg.connect(server.url("yifen_owner", "postgres"), autocommit=True) as conn:
            conn.execute("CREATE DATABASE torture")
            assert conn.execute("SHOW fsync").fetchone() == ("on",)
            assert conn.execute("SHOW synchronous_commit").fetchone() == ("on",)
        database = migrated(server, "torture", buckets=2)
        with committed(database) as world:
            bills = owe_many(world, BILLS)
        yield server, database, bills


@pytest.fixture(scope="module")
def place(durable: tuple[EmbeddedPostgres, Database, list[tuple[str, int]]]) -> Iterator[Place]:
    server, database, bills = durable
    with Gateway(database.environment(GATEWAY), workers=1) as gateway:
        yield Place(server, database, gateway, iter(bills))


@asynccontextmanager
async def loaded(place: Place) -> AsyncIterator[Load]:
    """Tellers at work through several clients of both dialects."""
    async with AsyncExitStack() as stack:
        doors = [
            await stack.enter_async_context(Door(place.gateway.url, dialect=dialect))
            for dialect in ("xml", "json", "xml")
        ]
        load = Load(doors, place.bills)
        load.start(TELLERS)
        await load.until(100)
        yield load


async def settle(door: Door, load: Load) -> tuple[int, int]:
    """All that is open, to its end: (found booked, found unknown)."""
    at_once = asyncio.Semaphore(8)

    async def one(charge: Charge) -> bool:
        async with at_once:
            return await settle_one(door, load, charge)

    found = await asyncio.gather(*map(one, load.open()))
    return sum(found), len(found) - sum(found)


async def settle_one(door: Door, load: Load, charge: Charge) -> bool:
    """Find out by confirm, then send it again: it ends booked, once, and a repeat gets the very
    same answer. Was it found booked?"""
    found = await ask_until_answered(door, Confirm(original_serial=charge.serial))
    assert found.code in (Code.OK, Code.SERIAL_UNKNOWN)
    if found.code is Code.OK:
        assert (found.reply.payer_state, found.reply.biller_state) == ("taken", "booked")
        assert (found.reply.amount_fen, found.reply.result) == (charge.amount_fen, "0000")
    again = await ask_until_answered(door, charge)
    assert again.code is Code.OK, charge
    assert found.reply is None or again.reply.payment_id == found.reply.payment_id
    assert await ask_until_answered(door, charge) == again
    load.told[charge.serial] = again
    return found.code is Code.OK


def check(place: Place, loads: list[Load]) -> tuple[int, int]:
    """(lost, doubled) of all that was ever acknowledged; the books agree in every sum."""
    told = {serial: answer for load in loads for serial, answer in load.booked().items()}
    sent = {serial: charge for load in loads for serial, charge in load.sent.items()}
    books = Books(place.database)
    lost = [serial for serial in told if serial not in books]
    doubled = [serial for serial, (count, _) in books.items() if count != 1]
    assert (lost, doubled) == ([], [])
    assert books.keys() == told.keys() == sent.keys()
    assert {s: fen for s, (_, fen) in books.items()} == {s: c.amount_fen for s, c in sent.items()}
    assert books.settled == {charge.account_no for charge in sent.values()}
    total = sum(charge.amount_fen for charge in sent.values())
    assert books.balances == {"1121.WX": (total, 0, 0), "2241.WATER": (0, total, 0)}
    with psycopg.connect(place.database.app_url) as conn:
        assert verify(conn).problems == []
    return len(lost), len(doubled)


async def kill_the_gateway(place: Place) -> tuple[Load, int, int]:
    async with loaded(place) as load:
        place.gateway.kill()
        await asyncio.sleep(0.1)
        await asyncio.to_thread(place.gateway.start)
        await load.until(50)
        await load.stop()
        async with Door(place.gateway.url) as door:
            booked, unknown = await settle(door, load)
    return load, booked, unknown


async def kill_postgres(place: Place) -> tuple[Load, int, int]:
    """The gateway stays: it answers UNAVAILABLE meanwhile and goes on by itself."""
    process = place.gateway.process
    async with loaded(place) as load, Door(place.gateway.url) as door:
        await asyncio.to_thread(place.server.kill)
        bill = charge_of("S-AWAY", "K000000", 1000)
        assert (await door.ask(bill)).code is Code.UNAVAILABLE
        assert (await door.ask(Confirm(original_serial="S-AWAY"))).code is Code.UNAVAILABLE
        await asyncio.to_thread(place.server.start)
        await load.until(50)
        await load.stop()
        assert load.count(Code.UNAVAILABLE) > 0
        assert set(load.codes()) == {Code.OK, Code.UNAVAILABLE}
        booked, unknown = await settle(door, load)
    assert place.gateway.process is process
    assert process is not None
    assert process.poll() is None
    return load, booked, unknown


KILLS: list[Load] = []


@pytest.mark.parametrize("round_no", sampled(range(ROUNDS), ROUNDS))
@pytest.mark.parametrize("kill", [kill_the_gateway, kill_postgres])
def test_nothing_is_lost_and_nothing_doubled(
    place: Place, kill: Any, round_no: int, capsys: pytest.CaptureFixture[str]
) -> None:
    load, booked, unknown = asyncio.run(kill(place))
    KILLS.append(load)
    assert booked + unknown > 0  # the kill came while charges were under way
    lost, doubled = check(place, KILLS)
    with capsys.disabled():
        print(
            f" [{len(KILLS)} kills survived, {sum(len(k.sent) for k in KILLS)} payments, this time"
            f" {booked} open found booked, {unknown} not; lost {lost}, doubled {doubled}] ",
            end="",
        )
