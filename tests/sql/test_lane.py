"""A lane's batch with one item that cannot be done: it fails alone, and the lane goes on."""

import asyncio
from datetime import datetime
from typing import Any

import msgspec
import psycopg
import pytest

from tests.world import NOON, Database, World
from yifen.core.facts.codes import Code
from yifen.core.wire.messages import WireFault
from yifen.hub.payments import calls
from yifen.hub.payments.calls import Booked, ChargeWork
from yifen.hub.payments.lanes import Backlog, Lane

BILLS = 16


@pytest.fixture
def works(database: Database) -> list[ChargeWork]:
    """Charges of as many bills."""
    with psycopg.connect(database.app_url) as conn:
        world = World(conn).network()
        for number in range(BILLS):
            world.owe("WATER", "A1", f"N{number}", 100)
        return [world.charge_work(f"S{number}", {f"N{number}": 100}) for number in range(BILLS)]


def at_once(database: Database, works: list[ChargeWork]) -> list[Booked | Code]:
    """All of them through one lane in one batch, and two more afterwards."""

    def clock() -> datetime:
        return NOON

    async def run() -> list[Booked | BaseException]:
        lane = Lane(0, 1, database.app_url, Backlog(100), clock, 256)
        waiting = [lane.submit(work) for work in works]
        serving = asyncio.create_task(lane.run())
        answers = await asyncio.wait_for(asyncio.gather(*waiting, return_exceptions=True), 20)
        answers.append(await asyncio.wait_for(lane.submit(works[-1]), 20))
        lane.drain()
        await asyncio.wait_for(serving, 20)
        return answers

    found = asyncio.run(run())
    assert all(isinstance(answer, Booked | WireFault) for answer in found)
    return [answer.code if isinstance(answer, WireFault) else answer for answer in found]


def check(database: Database, found: list[Any], broken: int) -> None:
    assert found.pop(broken) is Code.FAULT
    assert [booked.code for booked in found] == [Code.OK] * BILLS
    assert found[-1].repeated
    with psycopg.connect(database.app_url) as conn:
        assert conn.execute("SELECT count(*), sum(amount_fen) FROM payment").fetchone() == (
            BILLS - 1,
            100 * (BILLS - 1),
        )


@pytest.mark.parametrize("broken", [0, 7, 14])
def test_what_the_database_cannot_take_fails_alone(database, works, broken):
    message = msgspec.structs.replace(works[broken].message, operator="a\0b")
    works[broken] = msgspec.structs.replace(works[broken], message=message)
    check(database, at_once(database, works), broken)


@pytest.mark.parametrize("broken", [0, 7, 14])
def test_what_cannot_even_be_sent_fails_alone(database, works, broken):
    message = msgspec.structs.replace(works[broken].message, operator="\ud800")
    works[broken] = msgspec.structs.replace(works[broken], message=message)
    check(database, at_once(database, works), broken)


def test_an_answer_that_cannot_be_read_fails_alone(database, works, monkeypatch):
    """As after an upgrade of the functions, before that of this process: what was booked stays."""
    unpack = calls.unpack

    def old(rows: list[Any]) -> list[Booked]:
        if any(row[2] == 5000 for row in rows):
            raise ValueError("6999 is not a valid Code")
        return unpack(rows)

    monkeypatch.setattr("yifen.hub.payments.lanes.unpack", old)
    found = at_once(database, works)
    assert found.pop(4) is Code.FAULT
    assert [booked.code for booked in found] == [Code.OK] * BILLS
    with psycopg.connect(database.app_url) as conn:
        assert conn.execute("SELECT count(*), sum(amount_fen) FROM payment").fetchone() == (
            BILLS,
            100 * BILLS,
        )


def test_a_month_that_has_just_begun_is_a_race_and_nobodys_fault(database, works, monkeypatch):
    """Between its commit and its news, a partition is not known to a connection; a constraint's refusal is no race."""
    unpack, errors = calls.unpack, [psycopg.errors.CheckViolation("no partition of relation found for row")] * 3

    def early(rows: list[Any]) -> list[Booked]:
        if errors:
            raise errors.pop()
        return unpack(rows)

    monkeypatch.setattr("yifen.hub.payments.lanes.unpack", early)
    assert [booked.code for booked in at_once(database, works)] == [Code.OK] * (BILLS + 1)
    assert errors == []
