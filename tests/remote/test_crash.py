"""The gateway or a worker dies between register, send and answer: the outbox tells the next one."""

import asyncio
import signal
import subprocess
import sys
from collections.abc import Awaitable, Callable

import pytest

from tests.remote.scripted import Clock, Remote, ScriptedBiller, hub_of, remote, settle_world
from tests.running import Gateway
from tests.torture.traffic import SECRET as CHANNEL_SECRET
from tests.torture.traffic import Door, Lost
from tests.world import Database
from yifen.core.facts.codes import Code
from yifen.core.facts.processes import GATEWAY, WORKER
from yifen.core.wire.content import content_hash
from yifen.hub.payments.calls import ChargeWork

BOOKED = ("taken", "booked")
Rest = Callable[[Remote], Awaitable[None]]


async def killed_while_the_biller_hangs(database: Database, word: str, rest: Rest) -> None:
    """A real gateway is killed in the middle of a call; then `rest`, with a hub in this process."""
    clock = Clock()
    biller = ScriptedBiller("xml", clock)
    settle_world(database, biller, await biller.open(), owed=True, timeout_s=3)
    give_the_channel_a_key(database)
    biller.script["charge"].append(word)
    gateway = await asyncio.to_thread(Gateway(database.environment(GATEWAY)).__enter__)
    try:
        async with Door(gateway.url) as door, hub_of(database, clock) as hub:
            it = Remote(hub, biller, clock, database)
            charge = asyncio.create_task(door.ask(it.message("S1")))
            await biller.reached.wait()
            gateway.kill()
            with pytest.raises(Lost):
                await charge
            biller.release.set()
            assert it.payment("S1") == ("held", "sent")
            assert it.in_books(1000, 0)
            await rest(it)
    finally:
        gateway.__exit__()
        await biller.close()


def give_the_channel_a_key(database: Database) -> None:
    import psycopg

    from tests.world import World

    with psycopg.connect(database.app_url) as conn:
        world = World.__new__(World)
        world.conn = conn
        world.ids = {"WX": world.value("SELECT id FROM partner WHERE code = 'WX'")}
        world.key("WX", 1, "sha1", CHANNEL_SECRET)


@pytest.mark.parametrize(
    ("word", "verbs"),
    [("hang", ["charge", "confirm"]), ("deaf", ["charge", "confirm", "charge"])],
)
def test_a_gateway_killed_while_the_biller_hangs(
    database: Database, word: str, verbs: list[str]
) -> None:
    """Booked there or not: the worker finds out, and it ends booked once."""

    async def rest(it: Remote) -> None:
        assert (await it.charge("S1"))[0] is Code.PROCESSING
        assert await it.climb(60) == 1
        assert it.biller.verbs() == verbs
        assert it.payment("S1") == BOOKED
        assert list(it.biller.books.state().values()) == [(1000, "booked")]
        assert it.in_books(0, 1000)
        assert (await it.charge("S1"))[0] is Code.OK

    asyncio.run(killed_while_the_biller_hangs(database, word, rest))


def test_the_worker_command_decides_it(database: Database) -> None:
    """`yifen worker` beside it, in real time; SIGTERM ends it with 0."""

    async def rest(it: Remote) -> None:
        command = [sys.executable, "-m", "yifen", "worker"]
        worker = subprocess.Popen(command, env=database.environment(WORKER))
        async with asyncio.timeout(30):
            while it.payment("S1") != BOOKED:
                await asyncio.sleep(0.1)
        worker.send_signal(signal.SIGTERM)
        assert await asyncio.to_thread(worker.wait, 10) == 0
        assert it.in_books(0, 1000)
        assert it.biller.verbs()[0] == "charge"
        assert list(it.biller.books.state().values()) == [(1000, "booked")]

    asyncio.run(killed_while_the_biller_hangs(database, "hang", rest))


def test_registered_and_never_sent_is_found_and_sent(database: Database) -> None:
    """The crash came before the first byte left: nobody knows, so it is asked, then sent once."""

    async def run() -> None:
        async with remote(database) as it:
            message = it.message("S1")
            biller = it.hub.roster.billers["GAS"]
            work = ChargeWork(it.channel.id, biller.id, message, content_hash(message))
            booked = await it.hub.lanes[0].submit(work)
            assert booked.code is Code.PROCESSING
            assert it.payment("S1") == ("held", "registered")
            assert it.outbox() == [("charge", False, True)]
            assert await it.climb(29) == 0  # the gateway may still be at it
            assert await it.climb(2) == 1
            assert it.biller.verbs() == ["confirm", "charge"]
            assert (it.payment("S1"), it.outbox()) == (BOOKED, [])
            assert it.in_books(0, 1000)

    asyncio.run(run())


def test_a_worker_that_dies_leaves_the_rung_to_the_next(database: Database) -> None:
    """It took the call, was killed while the biller hung, and the re-send stays a single one."""

    async def run() -> None:
        async with remote(database, timeout_s=20) as it:
            it.biller.script["charge"].extend(["drop", "hang"])
            await it.charge("S1")
            it.clock.tick(60)
            dying = asyncio.create_task(it.worker.round(it.clock()))
            await it.biller.reached.wait()  # re-sent, booked there, no answer yet
            dying.cancel()
            with pytest.raises(asyncio.CancelledError):
                await dying
            it.biller.release.set()
            assert it.outbox() == [("confirm", True, True)]
            assert await it.climb() == 1
            assert it.biller.verbs() == ["charge", "confirm", "charge", "confirm"]
            assert it.payment("S1") == BOOKED
            assert it.in_books(0, 1000)

    asyncio.run(run())
