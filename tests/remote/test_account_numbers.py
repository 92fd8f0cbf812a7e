"""An account number is one account, in whatever writing it comes in (decision 0019)."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest
from msgspec.structs import replace

from tests.conftest import NewDatabase
from tests.remote.scripted import BILLS, Clock, hub_of, remote
from tests.world import Database, World
from yifen.core.facts.codes import Code
from yifen.core.wire.messages import Charge, Line, Query, WireFault
from yifen.hub.payments.hub import Hub
from yifen.hub.payments.proof.odd_accounts import odd_accounts
from yifen.hub.payments.reads import query_once

PLAIN, ODD = "12栋II单元1-301", "８８００Ⅱ"
WRITINGS = pytest.mark.parametrize(
    "written",
    ["12栋Ⅱ单元①-301", "１２栋II单元1－３０１", " 12栋 II单元\u3000 1-301 ", PLAIN],
    ids=["signs", "full-width", "blanks", "plain"],
)
PAID_AT = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)


class Place:
    """A hub of four buckets with hosted billers: WATER, HEAT (with quotes)."""

    def __init__(self, hub: Hub, database: Database) -> None:
        self.hub, self.database = hub, database
        self.channel = hub.roster.partners["WX"]

    async def query(self, account_no: str, biller: str = "WATER") -> Any:
        return await self.hub.query(self.channel, Query(biller=biller, account_no=account_no))

    async def charge(self, serial: str, account_no: str, ref: str = "B1") -> Any:
        message = Charge(serial=serial, biller="WATER", account_no=account_no, amount_fen=1000,
                         lines=[Line(payable=ref, amount_fen=1000)], paid_at=PAID_AT)  # fmt: skip
        try:
            return await self.hub.charge(self.channel, message)
        except WireFault as fault:
            return fault.code, None

    def rows(self, statement: str) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.database.app_url) as conn:
            return conn.execute(statement).fetchall()


@asynccontextmanager
async def place(new_database: NewDatabase) -> AsyncIterator[Place]:
    database = new_database(4)
    with psycopg.connect(database.app_url) as conn:
        world = World(conn, 4)
        world.biller("WATER")
        world.biller("HEAT", quote_ttl_s=600)
        world.channel("WX")
        for biller in ("WATER", "HEAT"):
            world.admit("WX", biller)
            world.owe(biller, PLAIN, "B1", 1000)
            world.owe(biller, PLAIN, "B2", 1000)
        world.owe("WATER", ODD, "B1", 1000)  # as a version before let it in
    async with hub_of(database, Clock()) as hub:
        yield Place(hub, database)


@WRITINGS
def test_query_and_charge_find_the_account(new_database: NewDatabase, written: str) -> None:
    async def run() -> None:
        async with place(new_database) as it:
            code, told = await it.query(written)
            assert (code, told.account_no, [row.payable for row in told.payables]) == (Code.OK, PLAIN, ["B1", "B2"])
            code, told = await query_once(it.hub, it.channel, Query(biller="HEAT", account_no=written), b"m" * 16)
            assert (code, told.account_no, len(told.payables), bool(told.quote)) == (Code.OK, PLAIN, 2, True)
            assert it.rows("SELECT account_no FROM payment_quote") == [(PLAIN,)]
            first = await it.charge("S1", written)
            assert first[0] is Code.OK
            assert it.rows("SELECT account_no, serial FROM payment") == [(PLAIN, "S1")]
            assert await it.charge("S1", written) == first  # the same bytes: the first answer
            other = PLAIN if written != PLAIN else "１２栋II单元1-301"
            assert await it.charge("S1", other) == (Code.SERIAL_REUSED, None)  # it is not what was sent
            assert await it.charge("S2", other) == (Code.ALREADY_PAID, None)

    asyncio.run(run())


def test_an_odd_account_of_before_is_found_by_its_very_writing(new_database: NewDatabase) -> None:
    async def run() -> None:
        async with place(new_database) as it:
            code, told = await it.query(ODD)
            assert (code, told.account_no, told.payer_name) == (Code.OK, ODD, "**小明")
            first = await it.charge("S1", ODD)
            assert first[0] is Code.OK
            assert await it.charge("S1", ODD) == first
            assert it.rows("SELECT account_no FROM payment") == [(ODD,)]
            with pytest.raises(WireFault) as fault:
                await it.query("8800II")
            assert fault.value.code is Code.ACCOUNT_UNKNOWN
            with psycopg.connect(it.database.app_url) as conn:
                assert odd_accounts(conn) == [("WATER", ODD, "8800II")]
                assert odd_accounts(conn, "HEAT") == []

    asyncio.run(run())


@pytest.mark.parametrize("written", ["\u3000\u3000", "㍿" * 20], ids=["blank", "too-long"])
def test_what_can_be_no_number_is_unknown(new_database: NewDatabase, written: str) -> None:
    async def run() -> None:
        async with place(new_database) as it:
            with pytest.raises(WireFault) as fault:
                await it.query(written)
            assert fault.value.code is Code.ACCOUNT_UNKNOWN
            assert await it.charge("S1", written) == (Code.ACCOUNT_UNKNOWN, None)
            assert it.rows("SELECT serial FROM payment_serial") == []

    asyncio.run(run())


@pytest.mark.parametrize("dialect", ["xml", "json"])
def test_a_biller_is_asked_by_the_one_form_and_answers_in_its_own(database: Database, dialect: str) -> None:
    async def run() -> None:
        async with remote(database, dialect, owed=False) as it:
            asked: list[str] = []
            answer = it.biller.books.answer

            def told(message: Any, now: Any) -> Any:
                asked.append(getattr(message, "account_no", ""))
                code, body = answer(message, now)
                return code, replace(body, account_no="Ｇ 1") if hasattr(body, "payables") else body

            it.biller.books.answer = told  # type: ignore[method-assign]
            code, reply = await it.hub.query(it.channel, Query(biller="GAS", account_no="Ｇ１"))
            assert (code, reply.account_no, len(reply.payables)) == (Code.OK, "G1", len(BILLS))
            code, _ = await it.hub.charge(it.channel, replace(it.message("S1"), account_no="Ｇ１"))
            assert code is Code.OK
            assert asked == ["G1", "G1"]
            assert it.rows("SELECT DISTINCT account_no FROM payable") == [("G1",)]
            assert it.rows("SELECT account_no FROM payer") == [("G1",)]
            assert it.in_books(0, 1000)
            it.biller.books.answer = lambda m, now: (code, replace(answer(m, now)[1], account_no="G2"))  # type: ignore[method-assign]
            assert (await it.query())[0] is Code.BILLER_UNAVAILABLE  # another account is another

    asyncio.run(run())
