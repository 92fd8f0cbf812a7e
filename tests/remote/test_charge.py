"""A charge at a biller's own system: whatever it answers, or does not, the money follows."""

import asyncio

import pytest

from tests.remote.scripted import ACCOUNT, BILLS, Remote, remote
from tests.world import Database
from yifen.core.facts.codes import Code
from yifen.core.wire.messages import Query, WireFault
from yifen.hub.payments.reads import query_once
from yifen.hub.payments.remote import breaker
from yifen.hub.payments.remote.rules import LADDER_S

DIALECTS = pytest.mark.parametrize("dialect", ["xml", "json"])
BOOKED, HELD, RETURNED = ("taken", "booked"), ("held", "unknown"), ("returned", "rejected")


@DIALECTS
def test_the_biller_books_and_so_do_we(database: Database, dialect: str) -> None:
    async def run() -> None:
        async with remote(database, dialect) as it:
            code, reply = await it.charge("S1")
            assert (code, reply.payer_state, reply.biller_state) == (Code.OK, *BOOKED)
            assert (reply.biller_serial, reply.serial) == ("1", "S1")
            assert it.biller.calls == [("charge", str(reply.payment_id))]
            assert it.biller.books.state() == {str(reply.payment_id): (1000, "booked")}
            assert it.payment("S1") == BOOKED
            assert it.payable() == ("settled", 1000, False)
            assert it.notes("S1") == ["sent", "booked 0000"]
            assert it.outbox() == []
            assert it.in_books(0, 1000)
            assert await it.charge("S1") == (code, reply)  # a repeat calls nobody
            assert (await it.charge("S2"))[0] is Code.ALREADY_PAID
            assert it.biller.verbs() == ["charge"]
            assert await it.climb() == 0

    asyncio.run(run())


@DIALECTS
def test_what_a_query_told_can_be_charged(database: Database, dialect: str) -> None:
    async def run() -> None:
        async with remote(database, dialect, owed=False) as it:
            it.biller.script["query"].append("garbage")
            assert (await it.query())[0] is Code.BILLER_UNAVAILABLE
            assert it.rows("SELECT * FROM payable") == []
            code, reply = await it.query()
            assert (code, {p.payable: p.due_fen for p in reply.payables}) == (Code.OK, BILLS)
            assert (await it.charge("S1", "M3"))[0] is Code.OK
            assert "M3" not in {p.payable for p in (await it.query())[1].payables}
            assert it.in_books(0, 3000)

    asyncio.run(run())


@DIALECTS
def test_a_query_sent_again_asks_the_biller_once(database: Database, dialect: str) -> None:
    async def run() -> None:
        async with remote(database, dialect, owed=False) as it:
            message = Query(biller="GAS", account_no=ACCOUNT)
            first = await query_once(it.hub, it.channel, message, b"mark")
            assert first[0] is Code.OK
            assert await query_once(it.hub, it.channel, message, b"mark") == first
            assert it.biller.verbs() == ["query"]
            assert await query_once(it.hub, it.channel, message, b"another") == first
            assert it.biller.verbs() == ["query", "query"]
            it.biller.script["query"].append("drop")
            for _ in range(2):
                with pytest.raises(WireFault) as fault:
                    await query_once(it.hub, it.channel, message, b"third")
                assert fault.value.code is Code.BILLER_UNAVAILABLE
            assert it.biller.verbs() == ["query"] * 3

    asyncio.run(run())


@DIALECTS
def test_while_the_first_is_asked_the_second_waits_its_turn(database: Database, dialect: str) -> None:
    async def run() -> None:
        async with remote(database, dialect) as it:
            message = Query(biller="GAS", account_no=ACCOUNT)
            it.biller.script["query"].append("hang")
            first = asyncio.create_task(query_once(it.hub, it.channel, message, b"mark"))
            await it.biller.reached.wait()
            with pytest.raises(WireFault) as fault:
                await query_once(it.hub, it.channel, message, b"mark")
            assert fault.value.code is Code.BUSY
            it.biller.release.set()
            answer = await first
            assert await query_once(it.hub, it.channel, message, b"mark") == answer
            assert it.biller.verbs() == ["query"]

    asyncio.run(run())


@DIALECTS
def test_a_packed_answer_is_no_answer(database: Database, dialect: str) -> None:
    """Gzip is not opened, whatever it holds; the payment waits, as for any silence."""
    async def run() -> None:
        async with remote(database, dialect) as it:
            it.biller.script["charge"].append("packed")
            code, reply = await it.charge("S1")
            assert (code, reply.payer_state, reply.biller_state) == (Code.PROCESSING, *HELD)
            assert it.notes("S1") == ["sent", "unknown"]

    asyncio.run(run())


@DIALECTS
def test_a_refusal_frees_the_bill_and_the_money(database: Database, dialect: str) -> None:
    async def run() -> None:
        async with remote(database, dialect) as it:
            it.biller.script["charge"].append(Code.ACCOUNT_UNKNOWN)
            assert await it.charge("S1") == (Code.BILLER_REJECTED, None)
            assert it.payment("S1") == RETURNED
            assert it.notes("S1") == ["sent", "rejected 5001"]
            assert it.payable() == ("open", 0, False)
            assert (it.outbox(), it.taken_fen()) == ([], 0)
            assert it.in_books(0, 0)
            assert await it.charge("S1") == (Code.BILLER_REJECTED, None)
            assert it.biller.verbs() == ["charge"]
            assert (await it.charge("S2"))[0] is Code.OK  # payable again
            assert (it.taken_fen(), it.in_books(0, 1000)) == (1000, True)

    asyncio.run(run())


@DIALECTS
def test_booked_there_without_an_answer_we_believe(database: Database, dialect: str) -> None:
    """The money is held, nobody else can pay the bill, and the re-query books it."""

    async def run() -> None:
        async with remote(database, dialect) as it:
            for n, silence in enumerate(["lost", "hang", "garbage", "forged"], 1):
                await silent(it, silence, f"M{n}")

    async def silent(it: Remote, silence: str, ref: str) -> None:
        serial, fen, before = f"S-{silence}", BILLS[ref], it.balances()[0][1]
        it.biller.script["charge"].append(silence)
        it.biller.calls.clear()
        code, reply = await it.charge(serial, ref)
        assert (code, reply.payer_state, reply.biller_state) == (Code.PROCESSING, *HELD)
        assert it.payment(serial) == HELD
        assert it.payable(ref) == ("open", 0, True)
        assert it.outbox() == [("confirm", False, True)]
        assert it.in_books(fen, before)
        assert (await it.charge(f"S2-{silence}", ref))[0] is Code.PAYABLE_HELD
        assert (await it.charge(serial, ref))[0] is Code.PROCESSING
        told = (await it.confirm(serial))[1]
        assert (told.result, told.payer_state) == ("8001", "held")
        assert it.biller.verbs() == ["charge"]
        assert await it.climb(0) == 0  # not due yet
        assert await it.climb() == 1
        assert it.payment(serial) == BOOKED
        assert it.payable(ref) == ("settled", fen, False)
        assert it.outbox() == []
        assert it.in_books(0, before + fen)
        code, again = await it.charge(serial, ref)
        assert (code, again.payment_id, again.payer_state) == (Code.OK, reply.payment_id, "taken")
        assert it.biller.verbs() == ["charge", "confirm"]

    asyncio.run(run())


@DIALECTS
def test_what_never_arrived_is_sent_once_more(database: Database, dialect: str) -> None:
    async def run() -> None:
        async with remote(database, dialect) as it:
            it.biller.script["charge"].append("drop")
            assert (await it.charge("S1"))[0] is Code.PROCESSING
            assert await it.climb() == 1
            assert it.biller.verbs() == ["charge", "confirm", "charge"]
            assert len({serial for _, serial in it.biller.calls}) == 1
            assert it.biller.charges[0] == it.biller.charges[1]
            assert it.payment("S1") == BOOKED
            assert list(it.biller.books.state().values()) == [(1000, "booked")]
            assert it.in_books(0, 1000)

    asyncio.run(run())


def test_it_is_never_sent_a_third_time(database: Database) -> None:
    """To the end of the ladder; then the money stays held for reconciliation to decide."""

    async def run() -> None:
        async with remote(database) as it:
            it.biller.script["charge"].extend(["drop", "drop"])
            await it.charge("S1")
            for seconds in (60, *LADDER_S):
                await it.climb(seconds)
            assert it.biller.verbs().count("charge") == 2
            assert it.biller.verbs().count("confirm") == len(LADDER_S) + 1
            assert it.outbox() == [("confirm", True, True)]  # the last answer has its time
            assert await it.climb(10**6) == 0
            assert it.outbox() == [("confirm", True, False)]
            assert (it.payment("S1"), it.payable()) == (HELD, ("open", 0, True))
            assert it.in_books(1000, 0)

    asyncio.run(run())


def test_the_second_answer_of_two_is_nobody_elses(database: Database) -> None:
    async def run() -> None:
        async with remote(database) as it:
            it.biller.script["charge"].append("twice")
            assert (await it.charge("S1", "M1"))[0] is Code.OK
            await it.charge("S2", "M2")
            await it.climb()
            assert (it.payment("S1"), it.payment("S2")) == (BOOKED, BOOKED)
            serials = it.rows("SELECT serial, biller_serial FROM payment ORDER BY 1")
            assert serials == [("S1", "1"), ("S2", "2")]
            assert sorted(it.biller.books.state().values()) == [(1000, "booked"), (2000, "booked")]
            assert it.in_books(0, 3000)

    asyncio.run(run())


def test_an_answer_after_the_decision_changes_nothing(database: Database) -> None:
    """The re-query is faster than the first answer: that one finds it decided."""

    async def run() -> None:
        async with remote(database, timeout_s=20) as it:
            it.biller.script["charge"].append("hang")
            slow = asyncio.create_task(it.charge("S1"))
            await it.biller.reached.wait()
            assert await it.climb() == 1
            assert it.payment("S1") == BOOKED
            before = it.money()
            it.biller.release.set()
            code, reply = await slow
            assert (code, reply.payer_state) == (Code.OK, "taken")
            assert it.money() == before
            assert it.notes("S1") == ["sent", "booked 0000"]

    asyncio.run(run())


def test_a_late_refusal_does_not_take_back_what_was_booked(database: Database) -> None:
    async def run() -> None:
        async with remote(database) as it:
            await it.charge("S1")
            before = it.money()
            payment_id = it.rows("SELECT payment_id FROM payment")[0][0]
            biller = it.hub.roster.billers["GAS"]
            it.biller.script["confirm"].append(Code.BILLER_REJECTED)
            booked = await it.hub.desk.climb(
                biller, it.message("S1"), payment_id, False, lambda _: pytest.fail("re-sent")
            )
            assert (booked.code, booked.repeated) == (Code.OK, True)
            assert it.money() == before

    asyncio.run(run())


def test_a_requery_that_tells_nothing_is_asked_again(database: Database) -> None:
    async def run() -> None:
        async with remote(database) as it:
            words = ["garbage", "forged", "drop", Code.BUSY, Code.UNAVAILABLE, "E9"]
            for number, word in enumerate(words, 1):
                serial, before = f"S{number}", it.balances()[0][1]
                it.biller.script["charge"].append("lost")
                it.biller.script["confirm"].append(word)
                it.biller.calls.clear()
                await it.charge(serial, f"M{number}")
                assert await it.climb() == 1, word
                assert (it.payment(serial), it.in_books(number * 1000, before)) == (HELD, True)
                assert await it.climb() == 1, word
                after = before + number * 1000
                assert (it.payment(serial), it.in_books(0, after)) == (BOOKED, True)
                assert it.biller.verbs() == ["charge", "confirm", "confirm"]

    asyncio.run(run())


MEANT: list[tuple[str | Code, Code, tuple[str, str]]] = [
    ("E1", Code.BILLER_REJECTED, RETURNED),  # refund_now
    ("E2", Code.PROCESSING, HELD),  # hold
    ("E3", Code.OK, BOOKED),  # booked
    ("E9", Code.PROCESSING, HELD),  # not in the table: never guess
    (Code.BUSY, Code.PROCESSING, HELD),
    (Code.FAULT, Code.PROCESSING, HELD),
    (Code.ALREADY_PAID, Code.BILLER_REJECTED, RETURNED),
]


@DIALECTS
def test_the_billers_own_codes_mean_what_its_table_says(database: Database, dialect: str) -> None:
    async def run() -> None:
        async with remote(database, dialect) as it:
            held = posted = undecided = 0
            for number, (word, code, states) in enumerate(MEANT, 1):
                serial = f"S{number}"
                it.biller.script["charge"].append(word)
                assert (await it.charge(serial, f"M{number}"))[0] is code, word
                assert it.payment(serial) == states, word
                said = word if isinstance(word, str) else f"{word:04d}"
                stored = it.rows("SELECT biller_code FROM payment WHERE serial = %s", serial)
                assert stored == [(said,)]
                held += BILLS[f"M{number}"] * (states == HELD)
                posted += BILLS[f"M{number}"] * (states == BOOKED)
                undecided += states == HELD
                assert it.in_books(held, posted), word
                assert len(it.outbox()) == undecided, word

    asyncio.run(run())


def test_already_paid_after_a_re_send_may_be_ours_and_is_not_refunded(database: Database) -> None:
    """domain.md case 1: the first try was booked, the biller's re-query is behind."""

    async def run() -> None:
        async with remote(database) as it:
            it.biller.script["charge"].extend(["lost", Code.ALREADY_PAID])
            it.biller.script["confirm"].append(Code.SERIAL_UNKNOWN)
            await it.charge("S1")
            await it.climb()
            assert it.biller.verbs() == ["charge", "confirm", "charge"]
            assert (it.payment("S1"), it.in_books(1000, 0)) == (HELD, True)
            await it.climb()
            assert (it.payment("S1"), it.in_books(0, 1000)) == (BOOKED, True)

    asyncio.run(run())


def test_after_five_failures_the_biller_is_left_alone_for_a_while(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(breaker, "OPEN_S", 0.5)

    async def fail(it: Remote) -> None:
        for number in range(1, 6):
            assert (await it.charge(f"S{number}", f"M{number}"))[0] is Code.PROCESSING

    async def run() -> None:
        async with remote(database) as it:
            it.biller.script["charge"].extend(["drop"] * 6)
            await fail(it)
            before, calls = it.money(), len(it.biller.calls)
            assert await it.charge("S6", "M6") == (Code.BILLER_UNAVAILABLE, None)
            assert (await it.query())[0] is Code.BILLER_UNAVAILABLE
            assert (it.money(), len(it.biller.calls)) == (before, calls)  # nothing was registered
            assert (await it.confirm("S6"))[0] is Code.SERIAL_UNKNOWN
            await asyncio.sleep(0.6)
            assert (await it.charge("S6", "M6"))[0] is Code.PROCESSING  # the one trial fails too
            assert (await it.charge("S7", "M7"))[0] is Code.BILLER_UNAVAILABLE
            await asyncio.sleep(0.6)
            assert (await it.charge("S7", "M7"))[0] is Code.OK  # and closes
            assert (await it.charge("S8", "M8"))[0] is Code.OK
            assert await it.climb() == 6
            assert it.in_books(0, sum(BILLS[f"M{n}"] for n in range(1, 9)))
            assert it.outbox() == []

    asyncio.run(run())


def test_a_biller_gets_no_more_calls_at_once_than_it_bears(database: Database) -> None:
    async def run() -> None:
        async with remote(database, calls_max=2, timeout_s=20) as it:
            it.biller.slow_s = 0.05
            told = await asyncio.gather(*(it.charge(f"S{n}", f"M{n}") for n in range(1, 10)))
            assert [code for code, _ in told] == [Code.OK] * 9
            assert it.biller.most_at_once == 2
            assert it.in_books(0, sum(BILLS.values()))

    asyncio.run(run())


def test_two_workers_climb_one_rung_once(database: Database) -> None:
    async def run() -> None:
        async with remote(database) as it:
            it.biller.script["charge"].extend(["lost", "drop"])
            await it.charge("S1", "M1")
            await it.charge("S2", "M2")
            it.clock.tick(60)
            due = await asyncio.gather(*(it.worker.round(it.clock()) for _ in range(4)))
            assert sum(due) == 2
            assert sorted(it.biller.verbs()) == ["charge"] * 3 + ["confirm"] * 2
            assert it.in_books(0, 3000)

    asyncio.run(run())
