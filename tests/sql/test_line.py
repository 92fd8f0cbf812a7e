"""A lane's line: it reads what psycopg reads, hears when the server hangs up, and mixes up no answers."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime
from typing import Any, TypeVar

import psycopg
import pytest
import uvloop
from psycopg import errors

from tests.world import NOON, Database, World
from yifen.core.facts.codes import Code
from yifen.hub.payments.lanes import Backlog, Lane
from yifen.hub.payments.sql_line import SqlLine

T = TypeVar("T")
PID, SLEEP = "SELECT pg_backend_pid()", "SELECT pg_sleep(%s::float8)"
COUNT = "SELECT count(*) FROM pg_prepared_statements WHERE name LIKE 'line%%'"


@asynccontextmanager
async def a_line(database: Database) -> AsyncIterator[SqlLine]:
    line = await SqlLine.open(database.app_url)
    try:
        yield line
    finally:
        await line.close()


def on_a_line(database: Database, work: Callable[[SqlLine], Awaitable[T]]) -> T:
    async def run() -> T:
        async with a_line(database) as line:
            return await work(line)

    return uvloop.run(run())


def end_backend(database: Database, pid: int) -> None:
    with psycopg.connect(database.super_url, autocommit=True) as conn:
        conn.execute("SELECT pg_terminate_backend(%s)", (pid,))


async def until(found: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not found():
            await asyncio.sleep(0.01)


def test_it_reads_what_psycopg_reads(shared_database: Database) -> None:
    statement = ("SELECT n, t, d, %s::timestamptz, %s::smallint, NULL::text, t = '水' "
                 "FROM unnest(%s::bigint[], %s::text[], %s::date[]) AS x (n, t, d)")  # fmt: skip
    params = (datetime(2026, 11, 30, 1, 2, 3, 456, UTC), 7, "{1,-9223372036854775808}", '{"水","a\'b"}',
              "{2026-11-30,NULL}")  # fmt: skip

    async def read(line: SqlLine) -> Any:
        return [await line.rows(statement, params, 5) for _ in range(2)]

    with psycopg.connect(shared_database.app_url) as conn:
        expected = conn.execute(statement.encode(), params).fetchall()
    assert expected[0][2] == date(2026, 11, 30)
    assert on_a_line(shared_database, read) == [expected, expected]


def test_a_statement_is_prepared_once_and_one_that_fails_harms_no_other(shared_database: Database) -> None:
    async def run(line: SqlLine) -> None:
        for _ in range(3):
            assert await line.rows("SELECT 1 / %s::integer", (1,), 5) == [(1,)]
        with pytest.raises(errors.DivisionByZero):
            await line.rows("SELECT 1 / %s::integer", (0,), 5)
        with pytest.raises(errors.UndefinedTable):
            await line.rows("SELECT * FROM no_such_table", (), 5)
        with pytest.raises(psycopg.DataError, match="NUL"):
            await line.rows("SELECT %s::text", ("a\0b",), 5)
        with pytest.raises(UnicodeEncodeError):
            await line.rows("SELECT %s::text", ("\ud800",), 5)
        assert await line.rows(COUNT.replace("%%", "%"), (), 5) == [(2,)]  # itself among them
        assert await line.rows("SELECT length(%s::text)", ("水" * 3_000_000,), 20) == [(3_000_000,)]
        assert not line.closed

    on_a_line(shared_database, run)


def test_it_hears_when_the_server_hangs_up_while_nobody_asks(shared_database: Database) -> None:
    async def run(line: SqlLine) -> None:
        [(pid,)] = await line.rows(PID, (), 5)
        await asyncio.to_thread(end_backend, shared_database, pid)
        await until(lambda: line.closed)
        with pytest.raises(psycopg.OperationalError, match="hung up"):
            await line.rows(PID, (), 5)
        async with a_line(shared_database) as other:  # whose file has the number of the one before
            assert await other.rows("SELECT 1", (), 5) == [(1,)]

    on_a_line(shared_database, run)


def test_who_waits_hears_at_once_when_the_server_hangs_up(shared_database: Database) -> None:
    async def run(line: SqlLine) -> float:
        [(pid,)] = await line.rows(PID, (), 5)
        began = time.monotonic()
        waiting = asyncio.create_task(line.rows(SLEEP, (20,), 30))
        await asyncio.sleep(0.1)
        await asyncio.to_thread(end_backend, shared_database, pid)
        with pytest.raises(psycopg.OperationalError):
            await waiting
        assert line.closed
        return time.monotonic() - began

    assert on_a_line(shared_database, run) < 5


def test_a_silent_server_is_cut_and_an_answer_that_nobody_waited_for_reaches_nobody(shared_database: Database) -> None:
    async def run(line: SqlLine) -> None:
        began = time.monotonic()
        with pytest.raises(psycopg.OperationalError):
            await line.rows(SLEEP, (20,), 0.2)
        assert 0.19 <= time.monotonic() - began < 5  # clocks of the loop and of the test are not one
        assert line.closed
        async with a_line(shared_database) as other:
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.05):
                    await other.rows(SLEEP, (0.2,), 5)
            assert other.closed
            with pytest.raises(psycopg.OperationalError):
                await other.rows("SELECT 1", (), 5)

    on_a_line(shared_database, run)


def test_a_lane_whose_server_hung_up_meanwhile_answers_the_next_charge(database: Database) -> None:
    with psycopg.connect(database.app_url) as conn:
        world = World(conn).network()
        for number in range(2):
            world.owe("WATER", "A1", f"N{number}", 100)
        works = [world.charge_work(f"S{number}", {f"N{number}": 100}) for number in range(2)]

    async def run() -> list[Code]:
        lane = Lane(0, 1, database.app_url, Backlog(10), lambda: NOON, 256)
        serving = asyncio.create_task(lane.run())
        codes = [(await lane.submit(works[0])).code]
        assert lane._line is not None
        line = lane._line
        [(pid,)] = await line.rows(PID, (), 5)
        await asyncio.to_thread(end_backend, database, pid)
        await until(lambda: line.closed)
        codes.append((await lane.submit(works[1])).code)
        lane.drain()
        await serving
        assert lane._line is None
        return codes

    assert uvloop.run(run()) == [Code.OK, Code.OK]
