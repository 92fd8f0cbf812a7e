"""Taking a payment back at a biller's own system: booked, undecided, or never seen there."""

import asyncio

import pytest

from tests.remote.scripted import remote
from tests.world import Database
from yifen.core.facts.codes import Code

DIALECTS = pytest.mark.parametrize("dialect", ["xml", "json"])


@DIALECTS
def test_a_booked_payment_is_taken_back_when_the_biller_agrees(
    database: Database, dialect: str
) -> None:
    async def run() -> None:
        async with remote(database, dialect) as it:
            await it.charge("S1")
            code, reply = await it.reverse("R1", "S1")
            assert (code, reply.booked_at) == (Code.PROCESSING, None)
            assert it.payment("S1") == ("taken", "reversing")
            assert it.in_books(0, 1000)  # the payer's money is still there
            assert it.outbox() == [("reverse", False, True)]
            assert (await it.reverse("R2", "S1"))[0] is Code.ORIGINAL_PROCESSING
            assert await it.climb() == 1
            assert it.biller.verbs() == ["charge", "reverse"]
            assert [state for _, state in it.biller.books.state().values()] == ["reversed"]
            assert it.payment("S1") == ("returned", "reversed")
            assert it.payable() == ("open", 0, False)
            assert (it.outbox(), it.taken_fen()) == ([], 0)
            assert it.in_books(0, 0)
            code, reply = await it.reverse("R1", "S1")
            assert (code, reply.booked_at is not None) == (Code.OK, True)
            assert (await it.reverse("R2", "S1"))[0] is Code.ALREADY_REVERSED
            assert (await it.charge("S3"))[0] is Code.OK  # the bill can be paid again
            assert it.in_books(0, 1000)

    asyncio.run(run())


@pytest.mark.parametrize("first", ["lost", "drop"])
@DIALECTS
def test_an_undecided_payment_is_taken_back_and_never_booked(
    database: Database, dialect: str, first: str
) -> None:
    """Whether the biller has it (lost) or never saw it (drop, it sets a tombstone): the money that
    was held goes back, and the charge is refused for ever."""

    async def run() -> None:
        async with remote(database, dialect) as it:
            it.biller.script["charge"].append(first)
            assert (await it.charge("S1"))[0] is Code.PROCESSING
            assert (await it.reverse("R1", "S1"))[0] is Code.PROCESSING
            assert it.payment("S1") == ("held", "reversing")
            assert await it.climb() == 1
            assert it.biller.verbs() == ["charge", "reverse"]  # no re-query, no re-send
            there = [state for _, state in it.biller.books.state().values()]
            assert there == (["reversed"] if first == "lost" else [])
            assert it.payment("S1") == ("returned", "reversed")
            assert it.payable() == ("open", 0, False)
            assert (it.outbox(), it.taken_fen()) == ([], 0)
            assert it.in_books(0, 0)
            assert await it.charge("S1") == (Code.REVERSED_BEFORE_CHARGE, None)
            assert (await it.reverse("R1", "S1"))[0] is Code.OK
            assert await it.climb() == 0

    asyncio.run(run())


def test_a_reversal_while_the_charge_is_under_way_wins(database: Database) -> None:
    """The biller's yes comes after the channel took it back: the payment stays reversed."""

    async def run() -> None:
        async with remote(database, timeout_s=20) as it:
            it.biller.script["charge"].append("hang")
            slow = asyncio.create_task(it.charge("S1"))
            await it.biller.reached.wait()
            assert (await it.reverse("R1", "S1"))[0] is Code.PROCESSING
            it.biller.release.set()
            code, _ = await slow
            assert code in (Code.PROCESSING, Code.REVERSED_BEFORE_CHARGE)
            assert it.payment("S1") == ("held", "reversing")
            await it.climb()
            assert it.payment("S1") == ("returned", "reversed")
            assert [state for _, state in it.biller.books.state().values()] == ["reversed"]
            assert it.in_books(0, 0)

    asyncio.run(run())


def test_a_reversal_without_a_clear_answer_is_asked_again(database: Database) -> None:
    async def run() -> None:
        async with remote(database) as it:
            words = ["lost", "drop", "garbage", "forged", Code.BUSY, "E9"]
            for number, word in enumerate(words, 1):
                serial, ref = f"S{number}", f"M{number}"
                it.biller.calls.clear()
                await it.charge(serial, ref)
                it.biller.script["reverse"].append(word)
                await it.reverse(f"R{number}", serial, ref)
                assert await it.climb() == 1, word
                assert it.payment(serial) == ("taken", "reversing")
                assert it.in_books(0, 1000 * number)
                assert await it.climb() == 1, word
                assert it.payment(serial) == ("returned", "reversed")
                assert it.in_books(0, 0)
                assert it.biller.verbs() == ["charge", "reverse", "reverse"]
                assert len({serial for _, serial in it.biller.calls}) == 1  # always of this charge

    asyncio.run(run())


def test_a_refused_reversal_leaves_the_payment_booked(database: Database) -> None:
    async def run() -> None:
        async with remote(database) as it:
            await it.charge("S1")
            it.biller.script["reverse"].append(Code.DAY_CLOSED_USE_REFUND)
            await it.reverse("R1", "S1")
            await it.climb()
            assert it.payment("S1") == ("taken", "booked")
            assert it.payable() == ("settled", 1000, False)
            assert (it.outbox(), it.taken_fen()) == ([], 1000)
            assert it.in_books(0, 1000)
            assert await it.reverse("R1", "S1") == (Code.BILLER_REJECTED, None)
            assert (await it.confirm("S1"))[1].result == "0000"
            assert (await it.reverse("R2", "S1"))[0] is Code.PROCESSING  # a new try is allowed
            await it.climb()
            assert it.payment("S1") == ("returned", "reversed")
            assert it.in_books(0, 0)

    asyncio.run(run())


def test_a_refused_reversal_of_an_undecided_charge_goes_on_asking(database: Database) -> None:
    async def run() -> None:
        async with remote(database) as it:
            it.biller.script["charge"].append("lost")
            it.biller.script["reverse"].append(Code.ORIGINAL_MISMATCH)
            await it.charge("S1")
            await it.reverse("R1", "S1")
            await it.climb()
            assert it.payment("S1") == ("held", "unknown")
            assert await it.reverse("R1", "S1") == (Code.BILLER_REJECTED, None)
            await it.climb()
            assert it.payment("S1") == ("taken", "booked")
            assert it.in_books(0, 1000)

    asyncio.run(run())
