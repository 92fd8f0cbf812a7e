"""Several processes of one gateway, back-pressure, and a stop that finishes what it holds."""

import asyncio
import time
from collections import Counter

import psycopg
import pytest

from tests.conftest import NewDatabase, NewGateway
from tests.torture.traffic import (
    Books,
    Door,
    Load,
    ask_until_answered,
    charge_of,
    committed,
    owe_many,
    reverse_of,
)
from tests.world import Database
from yifen.core.facts.codes import Code
from yifen.core.wire.messages import Confirm
from yifen.hub.payments.verify import verify

STOP_S_MAX = 8


@pytest.fixture
def filled(new_database: NewDatabase) -> tuple[Database, list[tuple[str, int]]]:
    database = new_database(buckets=4)
    with committed(database) as world:
        return database, owe_many(world, 5000)


def problems(database: Database) -> list[str]:
    with psycopg.connect(database.app_url) as conn:
        return verify(conn).problems


def test_two_workers_serve_one_port(
    filled: tuple[Database, list[tuple[str, int]]], new_gateway: NewGateway
) -> None:
    database, bills = filled
    gateway = new_gateway(database, workers=2)

    async def run() -> Counter[Code]:
        # a connection stays with the worker that took it, so every client makes a few
        codes: Counter[Code] = Counter()
        for part in range(10):
            async with Door(gateway.url) as door:
                mine = bills[part * 40 : part * 40 + 40]
                charges = [charge_of(f"S-{bill[0]}", *bill) for bill in mine]
                answers = await asyncio.gather(*map(door.ask, charges))
                codes.update(answer.code for answer in answers)
        return codes

    assert asyncio.run(run()) == {Code.OK: 400}
    with psycopg.connect(database.super_url) as conn:
        lanes = conn.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            " AND query LIKE '%%payments_charge_v1%%' AND pid <> pg_backend_pid()"
        ).fetchone()
    assert lanes == (8,)  # four buckets, two workers: all of them have charged
    total = sum(fen for _, fen in bills[:400])
    assert Books(database).balances == {"1121.WX": (total, 0, 0), "2241.WATER": (0, total, 0)}
    assert problems(database) == []


def test_a_full_queue_answers_busy_and_takes_nothing(
    database: Database, new_gateway: NewGateway
) -> None:
    with committed(database) as world:
        bills = owe_many(world, 12)
    gateway = new_gateway(database, YIFEN_QUEUE_MAX="3")
    charges = [charge_of(f"S-{bill[0]}", *bill) for bill in bills]

    async def run() -> None:
        async with Door(gateway.url) as door:
            with psycopg.connect(database.super_url) as conn:
                conn.execute("SELECT FROM ledger_head FOR UPDATE")  # the lane waits for this
                held = [asyncio.create_task(door.ask(charge)) for charge in charges[:3]]
                await asyncio.sleep(0.5)
                refused = await asyncio.gather(*map(door.ask, charges[3:11]))
                back = await door.ask(reverse_of("R-1", charges[0]))
                assert {answer.code for answer in [*refused, back]} == {Code.BUSY}
                assert not any(task.done() for task in held)
                conn.rollback()
            answers = await asyncio.gather(*held)
            assert [answer.code for answer in answers] == [Code.OK] * 3
            assert Books(database) == {c.serial: (1, c.amount_fen) for c in charges[:3]}
            for charge in charges[3:11]:
                found = await door.ask(Confirm(original_serial=charge.serial))
                assert found.code is Code.SERIAL_UNKNOWN
            assert (await door.ask(Confirm(original_serial="R-1"))).code is Code.SERIAL_UNKNOWN
            for charge in charges[3:]:  # there is room again, for the same serials too
                assert (await door.ask(charge)).code is Code.OK

    asyncio.run(run())
    assert Books(database) == {c.serial: (1, c.amount_fen) for c in charges}
    assert problems(database) == []


@pytest.mark.parametrize("workers", [1, 2])
def test_a_stop_under_load_finishes_what_was_taken(
    filled: tuple[Database, list[tuple[str, int]]], new_gateway: NewGateway, workers: int
) -> None:
    """SIGTERM: whoever got an answer is booked, no answer is cut in two, and the exit code is 0."""
    database, bills = filled
    gateway = new_gateway(database, workers=workers)

    async def run() -> tuple[Load, int, float]:
        async with Door(gateway.url) as one, Door(gateway.url, dialect="json") as other:
            load = Load([one, other], iter(bills))
            load.start(32)
            await load.until(200)
            began = time.monotonic()
            code = await asyncio.to_thread(gateway.stop)
            seconds = time.monotonic() - began
            await load.stop()
        return load, code, seconds

    load, code, seconds = asyncio.run(run())
    assert code == 0, gateway.log()
    assert seconds < STOP_S_MAX
    assert set(load.codes()) <= {Code.OK, Code.UNAVAILABLE}
    books = Books(database)
    told = {serial: (1, load.sent[serial].amount_fen) for serial in load.booked()}
    assert load.halved() == []
    assert books == told  # and nothing was booked of which the channel was not told
    total = sum(fen for _, fen in told.values())
    assert books.balances == {"1121.WX": (total, 0, 0), "2241.WATER": (0, total, 0)}
    assert problems(database) == []
    gateway.start()  # and whoever comes back goes on as if nothing had happened

    async def go_on() -> None:
        async with Door(gateway.url) as door:
            for charge in load.open()[:10]:
                assert (await ask_until_answered(door, charge)).code is Code.OK

    asyncio.run(go_on())
