"""A biller's own system over real HTTP: it answers, or misbehaves just as its faults say."""

import asyncio
import json
import time
from contextlib import closing
from http.client import HTTPConnection

import pytest

from tests.simulators.sides import biller, charge
from yifen.core.facts.codes import Code
from yifen.core.wire.keys import Key
from yifen.core.wire.messages import Confirm, Query, Reverse
from yifen.core.wire.replies import PaymentReply
from yifen.hub.simulators.door import HubDoor, Lost
from yifen.hub.simulators.faults import BOOKED, NOT_BOOKED, Faults
from yifen.hub.simulators.identity import Identity

BOOKS = {"1": (300, "booked")}


@pytest.mark.parametrize("dialect", ["xml", "json"])
def test_all_verbs_in_both_dialects(dialect: str) -> None:
    async def run() -> None:
        async with biller(dialect=dialect) as (door, books, _):
            for message, code in (
                (Query(biller="GAS01", account_no="A2"), Code.OK),
                (charge(), Code.OK),
                (Confirm(original_serial="1"), Code.OK),
                (charge("2"), Code.ALREADY_PAID),
                (Reverse(serial="R", original_serial="1", amount_fen=300), Code.OK),
                (Confirm(original_serial="9"), Code.SERIAL_UNKNOWN),
            ):
                assert (await door.ask(message)).code is code, message
            assert books.state() == {"1": (300, "reversed")}

    asyncio.run(run())


@pytest.mark.parametrize("dialect", ["xml", "json"])
def test_whoever_lacks_the_key_gets_nothing_booked(dialect: str) -> None:
    async def run() -> None:
        async with biller(dialect=dialect) as (door, books, made):
            assert b"2005" in (await door.forge(charge())).content
            wrong = Key(partner="GAS01", version=1, algorithm="hmac-sha256", secret=b"x" * 32)
            stranger = HubDoor(
                f"http://127.0.0.1:{made.listener.port}",
                Identity(partner="GAS01", dialect=dialect, key=wrong, reply_key=wrong),
                door._clock,
            )
            with pytest.raises(Lost, match="SIGNATURE_INVALID"):
                await stranger.ask(charge())
            await stranger.close()
            assert books.state() == {}

    asyncio.run(run())


@pytest.mark.parametrize("dialect", ["xml", "json"])
@pytest.mark.parametrize("fault", ["lost", "garbage", "forged", "drop"])
def test_an_answer_that_proves_nothing(fault: str, dialect: str) -> None:
    async def run() -> None:
        async with biller(Faults(script=[fault]), dialect) as (door, books, _):
            with pytest.raises(Lost):
                await door.ask(charge())
            assert books.state() == (BOOKS if fault in BOOKED else {})
            assert fault in BOOKED | NOT_BOOKED
            # What became of it: the same serial again, booked once.
            assert (await door.ask(charge())).code is Code.OK
            assert books.state() == BOOKS

    asyncio.run(run())


@pytest.mark.parametrize(("fault", "code"), [("busy", Code.BUSY), ("reject", Code.BILLER_REJECTED)])
def test_a_refusal_books_nothing(fault: str, code: Code) -> None:
    async def run() -> None:
        async with biller(Faults(script=[fault])) as (door, books, _):
            assert (await door.ask(charge())).code is code
            assert books.state() == {}

    asyncio.run(run())


def test_late_is_booked_at_once_and_answered_later() -> None:
    async def run() -> None:
        async with biller(Faults(script=["late"]), late_s=0.4) as (door, books, _):
            began = time.monotonic()
            asking = asyncio.create_task(door.ask(charge()))
            while not books.state():
                await asyncio.sleep(0.01)
            assert not asking.done()
            assert (await asking).code is Code.OK
            assert time.monotonic() - began >= 0.4

    asyncio.run(run())


def test_twice_is_the_same_bytes_twice_on_one_line() -> None:
    async def run() -> bytes:
        async with biller(Faults(script=["twice"])) as (door, _, made):
            body, _ = door._signed(charge())
            reader, writer = await asyncio.open_connection("127.0.0.1", made.listener.port)
            writer.write(b"POST /xml/v1/charge HTTP/1.1\r\nContent-Length: %d\r\n\r\n" % len(body))
            writer.write(body)
            found = bytearray()
            while found.count(b"HTTP/1.1 200") < 2:
                found += await reader.read(65536)
            await asyncio.sleep(0.05)
            writer.close()
            return bytes(found)

    answers = asyncio.run(run()).split(b"HTTP/1.1 200")[1:]
    assert answers[0] == answers[1]


def test_a_wrong_amount_is_told_but_not_booked() -> None:
    async def run() -> None:
        async with biller(Faults(script=["wrong_amount"])) as (door, books, _):
            told = (await door.ask(charge())).reply
            assert isinstance(told, PaymentReply)
            assert (told.amount_fen, books.state()) == (301, BOOKS)
            truth = (await door.ask(Confirm(original_serial="1"))).reply
            assert isinstance(truth, PaymentReply)
            assert truth.amount_fen == 300

    asyncio.run(run())


def test_down_refuses_connections_for_a_while() -> None:
    async def run() -> None:
        async with biller(Faults(script=["down"])) as (door, books, _):
            with pytest.raises(Lost):
                await door.ask(charge())
            with pytest.raises(Lost, match="ConnectionRefused"):
                await door.ask(charge())
            await asyncio.sleep(0.5)
            assert (await door.ask(charge())).code is Code.OK
            assert books.state() == BOOKS

    asyncio.run(run())


def test_its_books_can_be_read_and_other_paths_are_not_there() -> None:
    def get(port: int, path: str) -> tuple[int, bytes]:
        with closing(HTTPConnection("127.0.0.1", port, timeout=5)) as connection:
            connection.request("GET", path)
            response = connection.getresponse()
            return response.status, response.read()

    async def run() -> None:
        async with biller() as (door, _, made):
            await door.ask(charge())
            port = made.listener.port
            status, body = await asyncio.to_thread(get, port, "/books")
            assert (status, json.loads(body)) == (200, {"1": [300, "booked"]})
            for path in ("/", "/xml/v1/charge", "/xml/v1/file", "/x"):
                assert (await asyncio.to_thread(get, port, path))[0] == 404

    asyncio.run(run())
