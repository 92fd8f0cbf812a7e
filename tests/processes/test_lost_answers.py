"""An answer that is lost on its way: what was asked is done once, and by whoever asked."""

import asyncio
import os
import time
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest

from tests.processes.proxy import Proxy, proxy
from tests.processes.states import away
from tests.remote.scripted import Clock, Remote, ScriptedBiller, remote, settle_world
from tests.world import Database
from yifen.core.facts.codes import Code
from yifen.core.facts.pgarrays import numbers
from yifen.core.facts.processes import GATEWAY
from yifen.core.facts.secrets import read_ring
from yifen.core.facts.settings import read_settings
from yifen.hub.payments import connections, lanes
from yifen.hub.payments.hub import Hub
from yifen.hub.payments.remote.rules import LADDER_S
from yifen.hub.payments.remote.worker import CLAIM_SQL, TAKE_SQL


def hub_behind(line: Proxy, database: Database, clock: Clock) -> Hub:
    ring = read_ring(os.environ["YIFEN_KEY_RING"], Path())
    return Hub(read_settings(database.environment(GATEWAY)), line.url, ring, clock)


async def undecided(it: Remote) -> int:
    it.biller.script["charge"].append("drop")
    assert (await it.charge("S1"))[0] is Code.PROCESSING
    ((payment_id,),) = it.rows("SELECT payment_id FROM payment WHERE serial = 'S1'")
    return int(payment_id)


def test_a_claim_whose_answer_was_lost_is_its_owner_s_and_nobody_else_s(database: Database):
    async def go() -> None:
        async with remote(database, timeout_s=2) as it:
            payment_id = await undecided(it)
            with proxy(database.app_url) as line:
                hub = hub_behind(line, database, it.clock)
                await hub.start()
                line.deafen()
                assert await hub.read(CLAIM_SQL, (payment_id, owner := uuid4())) == [(True,)]
                assert it.rows("SELECT resent, resent_by FROM biller_call") == [(True, owner)]
                assert await hub.read(CLAIM_SQL, (payment_id, uuid4())) == [(False,)]
                await hub.stop()

    asyncio.run(go())


def test_calls_taken_by_a_lost_answer_are_told_again_and_no_rung_is_passed_untried(database: Database):
    async def go() -> None:
        async with remote(database, timeout_s=2) as it:
            payment_id = await undecided(it)
            it.clock.tick(60)
            with proxy(database.app_url) as line:
                hub = hub_behind(line, database, it.clock)
                await hub.start()
                line.deafen()
                asked = (it.clock(), numbers(LADDER_S), 64, uuid4())
                (taken,) = await hub.read(TAKE_SQL, asked)
                assert (taken[0], it.rows("SELECT tries FROM biller_call")) == (payment_id, [(1,)])
                assert await hub.read(TAKE_SQL, (*asked[:3], uuid4())) == []
                await hub.stop()

    asyncio.run(go())


def test_what_writes_without_an_owner_is_never_asked_twice(database: Database):
    async def go() -> None:
        clock = Clock()
        with proxy(database.app_url) as line:
            biller = ScriptedBiller("xml", clock)
            settle_world(database, biller, "http://127.0.0.1:9", owed=True)
            hub = hub_behind(line, database, clock)
            await hub.start()
            line.deafen()
            with pytest.raises(Exception, match="UNAVAILABLE"):
                await hub.write("SELECT nextval('daily_file_no')", ())
            assert await hub.write("SELECT nextval('daily_file_no')", ()) == [(2,)]
            await hub.stop()

    asyncio.run(go())


@pytest.mark.parametrize("asked", ["quote", "claim of a read"])
def test_what_is_asked_twice_in_one_name_makes_one_row(database: Database, asked: str):
    with psycopg.connect(database.app_url) as conn:
        if asked == "quote":
            statement = ("SELECT payments_quote_v1(0::smallint, 'Q1', 1, 2, 'A', ARRAY['R'], ARRAY[5]::bigint[],"
                         " now())")  # fmt: skip
            told = [conn.execute(statement).fetchall() for _ in "12"]
            assert conn.execute("SELECT count(*) FROM payment_quote").fetchall() == [(1,)]
        else:
            statement = "SELECT claimed FROM payments_claim_read_v1(1, 'm', 0::smallint, 2, 'A', now(), %s)"
            owner = uuid4()
            told = [conn.execute(statement, (owner,)).fetchall() for _ in "12"]
            assert conn.execute(statement, (uuid4(),)).fetchall() == [(False,)]
    assert told[0] == told[1] != [(False,)]


def test_reads_come_back_with_the_database_however_long_it_was_away(database: Database):
    async def go() -> None:
        async with remote(database, timeout_s=2) as it:
            with away(database):
                begun = time.monotonic()
                while time.monotonic() - begun < 17:
                    assert (await it.confirm("S1"))[0] is Code.UNAVAILABLE
                    await asyncio.sleep(0.2)
            back = time.monotonic()
            while (await it.confirm("S1"))[0] is not Code.SERIAL_UNKNOWN:
                await asyncio.sleep(0.05)
            assert time.monotonic() - back < 2

    asyncio.run(go())


def test_a_silent_line_is_cut_and_the_next_call_finds_a_new_one(database: Database, monkeypatch):
    monkeypatch.setattr(lanes, "BATCH_S_MAX", 1.0)
    monkeypatch.setattr(connections, "READ_S_MAX", 1.0)

    async def go() -> None:
        async with remote(database, timeout_s=2) as it:
            with proxy(database.app_url) as line:
                hub = hub_behind(line, database, it.clock)
                await hub.start()
                behind = Remote(hub, it.biller, it.clock, database)
                assert (await behind.charge("S1"))[0] is Code.OK
                line.freeze()
                begun = time.monotonic()
                assert (await behind.charge("S2", "M2"))[0] is Code.UNAVAILABLE
                assert time.monotonic() - begun < 5
                assert (await behind.charge("S2", "M2"))[0] is Code.OK
                line.freeze()
                begun = time.monotonic()
                assert (await behind.confirm("S2"))[0] is Code.OK
                assert time.monotonic() - begun < 5
                await hub.stop()

    asyncio.run(go())


def test_an_undecided_payment_is_asked_where_it_was_sent(database: Database):
    """Its biller has another endpoint meanwhile, or none: the re-query goes to who was asked."""

    async def go(endpoint: str, serial: str, ref: str, it: Remote) -> None:
        it.biller.script["charge"].append("lost")
        assert (await it.charge(serial, ref))[0] is Code.PROCESSING
        with psycopg.connect(database.owner_url) as conn:
            (before,) = conn.execute("SELECT endpoint FROM biller").fetchall()
            conn.execute("UPDATE biller SET endpoint = %s", [endpoint])
        while it.hub.roster.billers["GAS"].endpoint != endpoint:
            await asyncio.sleep(0.05)
        assert await it.climb() == 1
        assert it.payment(serial) == ("taken", "booked")
        with psycopg.connect(database.owner_url) as conn:
            conn.execute("UPDATE biller SET endpoint = %s", before)
        while it.hub.roster.billers["GAS"].endpoint == endpoint:
            await asyncio.sleep(0.05)

    async def both() -> None:
        async with remote(database, timeout_s=2) as it:
            await go("", "S1", "M1", it)
            await go("http://127.0.0.1:9", "S2", "M2", it)

    asyncio.run(both())


def test_an_undecided_payment_is_reversed_at_who_was_asked(database: Database):
    async def go() -> None:
        async with remote(database, timeout_s=2) as it:
            it.biller.script["charge"].append("lost")
            assert (await it.charge("S1"))[0] is Code.PROCESSING
            with psycopg.connect(database.owner_url) as conn:
                conn.execute("UPDATE biller SET endpoint = ''")
            assert (await it.reverse("R1", "S1"))[0] is Code.PROCESSING
            assert it.payment("S1") == ("held", "reversing")
            assert await it.climb() == 1
            assert it.payment("S1") == ("returned", "reversed")
            assert it.payable() == ("open", 0, False)
            assert list(it.biller.books.state().values()) == [(1000, "reversed")]

    asyncio.run(go())
