"""A loop survives whatever one round raises, or ends its process with a code; none ends silently."""

import ast
import asyncio
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest

from tests.conftest import ROOT
from tests.jobs.running import worker
from tests.processes.states import read_only
from tests.remote.scripted import Clock, ScriptedBiller, remote, settle_world
from tests.trees import tree_of
from tests.world import Database
from yifen.core import loops
from yifen.core.facts.codes import Code
from yifen.core.wire.messages import WireFault

SRC = ROOT / "src" / "yifen"
LOOPS = SRC / "core" / "loops.py"
AWAITED = {
    "core/held_up.py": "a watch beside `migrate`, which only says who holds it up",
    "core/jobs/worker.py": "the runner and the signal, awaited together in a loop that stays",
    "hub/doors/xml_door.py": "one walk over a file, awaited by all who ask for it",
    "hub/payments/hub.py": "one call of a biller, awaited by who charges and by `stop`",
    "hub/payments/local.py": "an event loop in a thread: its tasks are the hub's own",
    "hub/simulators/channel.py": "tellers of a task group",
    "hub/simulators/phone.py": "a charge that is followed behind a line hung up; its record says what became of it",
    "tools/cli/sim_phone.py": "the keys of a caller, until he hangs up",
    "hub/simulators/listener.py": "one pause, of a simulator",
    "tools/cli/worker.py": "a child and the signal, awaited together",
    "tools/demo/sending.py": "senders of a task group",
    "tools/demo/traffic.py": "senders of a task group, and what is shown of them",
    "core/incoming/front.py": "a request's, whose fault is logged and answered; the lifespan's, which ends the process",
    "core/incoming/greeting.py": "a handshake, whose end closes what it held",
    "trades/reconciliation/sending.py": "a thread beside a reader, which joins it and raises what it raised",
    "tools/demo/receiver.py": "the demo's own receiver",
    "core/metrics/life.py": "what it raises is logged; a process that no longer tells is seen by others' clocks",
    "core/metrics/serving.py": "figures: the process itself does its work, and its neighbours serve",
    "core/incoming/leaving.py": "of a process that ends by it; the keeper kills one that does not",
    "tools/cli/keeper.py": "hands over to the new version; the processes of before serve on where it breaks",
    "tools/demo/trickle.py": "the demo's own payers",
    "hub/pos/door/gathered.py": "a round for those who wait: whatever it meets they are told; awaited by `close`",
    "hub/pos/door/acquirer.py": "a line's reader: however it ends, who waits on the line hears it; a line that is left",
    "hub/simulators/acquirer.py": "answers of a simulator",
}
"""Tasks and threads that begin elsewhere than in core/loops.py, with who hears what they raise."""


BEGIN = {"create_task", "ensure_future", "Thread", "Timer", "start_new_thread"}


def begins(file: Path) -> bool:
    """Whether a task or a thread begins in this file."""
    source = file.read_text()
    if not any(name in source for name in BEGIN):
        return False
    calls = (node.func for node in ast.walk(tree_of(source)) if isinstance(node, ast.Call))
    names = {func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", "") for func in calls}
    return bool(names & BEGIN)


def test_every_task_and_thread_is_kept_or_awaited():
    found = {str(file.relative_to(SRC)) for file in SRC.rglob("*.py") if begins(file) and file != LOOPS}
    assert found == set(AWAITED)


def endless(file: Path) -> list[int]:
    """Lines of coroutines that go round for ever and catch something, which is what loops.py is for."""
    source = file.read_text()
    tree = tree_of(source if "async" in source and "while" in source else "")
    return [
        node.lineno for coroutine in ast.walk(tree) if isinstance(coroutine, ast.AsyncFunctionDef)
        for node in ast.walk(coroutine)
        if isinstance(node, ast.While) and any(isinstance(inner, ast.Try) for inner in ast.walk(node))
    ]  # fmt: skip


def test_no_coroutine_goes_round_with_a_patience_of_its_own():
    files = [file for wing in ("core", "hub", "night", "tools/cli") for file in (SRC / wing).rglob("*.py")]
    found = {str(file.relative_to(SRC)): lines for file in files if (lines := endless(file))}
    assert set(found) == {
        "core/incoming/bodies.py",  # a body in parts, within its time
        "core/loops.py",
        "tools/cli/pos_screen.py",  # what is typed, until it is switched off
        "tools/cli/worker.py",  # it ends with its parent
    }


def test_a_loop_goes_on_after_any_error(monkeypatch):
    monkeypatch.setattr(loops, "AGAIN_S", (0,))
    errors = [ValueError("a"), RecursionError(), MemoryError(), WireFault(Code.FAULT), KeyError("b")]
    rounds = []

    async def go() -> None:
        stop = asyncio.Event()

        async def one_round() -> float:
            rounds.append(1)
            if errors:
                raise errors.pop()
            stop.set()
            return 0

        await loops.keep_on("test", one_round, stop)

    asyncio.run(go())
    assert len(rounds) == 6


@pytest.mark.parametrize(
    ("error", "rounds"),
    [(ValueError("x"), loops.FAILURES_MAX), (psycopg.OperationalError("away"), 50),
     (psycopg.errors.ReadOnlySqlTransaction("read-only"), 50), (WireFault(Code.UNAVAILABLE), 50)],
    ids=["fault", "away", "read-only", "unavailable"],
)  # fmt: skip
def test_a_broken_loop_ends_and_one_that_waits_does_not(monkeypatch, error, rounds):
    monkeypatch.setattr(loops, "AGAIN_S", (0,))
    seen = []

    async def go() -> None:
        stop = asyncio.Event()

        async def one_round() -> float:
            seen.append(1)
            if len(seen) >= 50:
                stop.set()
            raise error

        await loops.keep_on("test", one_round, stop)

    if rounds == loops.FAILURES_MAX:
        with pytest.raises(ValueError, match="x"):
            asyncio.run(go())
    else:
        asyncio.run(go())
    assert len(seen) == rounds


BROKEN = """
import asyncio, time
from yifen.core import loops
from yifen.core.facts import logs
logs.configure()
loops.AGAIN_S = (0,)
async def one_round():
    raise ValueError("broken")
async def main():
    loops.begin("test", loops.keep_on("test", one_round, asyncio.Event()))
    await asyncio.sleep(20)
def look():
    raise ValueError("broken")
"""


@pytest.mark.parametrize(
    "begun", ["asyncio.run(main())", "loops.in_thread('test', look, 0); time.sleep(20)"], ids=["task", "thread"]
)
def test_a_process_with_a_broken_loop_ends_with_a_code(begun):
    done = subprocess.run([sys.executable, "-c", BROKEN + begun], capture_output=True, text=True,
                          env={"PYTHONPATH": str(ROOT / "src")}, timeout=15)  # fmt: skip
    assert done.returncode == loops.BROKEN
    assert done.stderr.count("a loop failed") == loops.FAILURES_MAX - 1
    assert "the process ends" in done.stderr


def test_a_read_only_database_stops_no_ladder(database: Database):
    """The outbox waits, and climbs on when the database takes writing again."""

    async def go() -> None:
        async with remote(database, timeout_s=2) as it:
            it.biller.script["charge"].append("lost")
            assert (await it.charge("S1"))[0] is Code.PROCESSING
            stop = asyncio.Event()
            with read_only(database):
                it.clock.tick(60)
                climbing = asyncio.create_task(it.worker.run(stop))
                await asyncio.sleep(1)
                assert not climbing.done()
                assert (await it.charge("S2", "M2"))[0] is Code.UNAVAILABLE
            begun = time.monotonic()
            while it.payment("S1") != ("taken", "booked"):
                assert time.monotonic() - begun < 5
                await asyncio.sleep(0.05)
            stop.set()
            await climbing
            assert (await it.charge("S2", "M2"))[0] is Code.OK

    asyncio.run(go())


def test_an_answer_without_end_leaves_its_payment_undecided_and_all_others_climb(database: Database):
    async def go() -> None:
        async with remote(database, dialect="json", timeout_s=2) as it:
            it.biller.script["charge"].extend(["deep", "lost"])
            it.biller.script["confirm"].extend(["deep", "ok"])
            assert (await it.charge("S1"))[0] is Code.PROCESSING
            assert (await it.charge("S2", "M2"))[0] is Code.PROCESSING
            assert await it.climb() == 2
            assert sorted([it.payment("S1"), it.payment("S2")]) == [("held", "unknown"), ("taken", "booked")]
            assert await it.climb() == 1
            assert it.payment("S1") == it.payment("S2") == ("taken", "booked")

    asyncio.run(go())


def test_a_fault_in_one_climb_is_that_payment_s_alone(database: Database, monkeypatch):
    async def go() -> None:
        async with remote(database, timeout_s=2) as it:
            it.biller.script["charge"].extend(["lost", "lost"])
            for serial, ref in (("S1", "M1"), ("S2", "M2")):
                assert (await it.charge(serial, ref))[0] is Code.PROCESSING
            (one,) = it.rows("SELECT payment_id FROM payment WHERE serial = 'S1'")
            asked = it.hub.desk.climb

            async def climb(biller, message, payment_id, *rest):
                if payment_id == one[0]:
                    raise RuntimeError("ours")
                return await asked(biller, message, payment_id, *rest)

            monkeypatch.setattr(it.hub.desk, "climb", climb)
            assert await it.climb() == 2
            assert it.payment("S1")[0] == "held"
            assert it.payment("S2") == ("taken", "booked")

    asyncio.run(go())


@pytest.mark.timeout(60)
def test_a_worker_that_met_a_read_only_database_works_on_and_ends_when_told(database: Database):
    clock = Clock()

    async def go() -> None:
        biller = ScriptedBiller("xml", clock)
        settle_world(database, biller, await biller.open(), owed=True)
        with worker(database) as process:
            await until_it_works(database)
            with read_only(database):
                await asyncio.sleep(5)
                assert process.poll() is None
            with psycopg.connect(database.owner_url) as conn:
                conn.execute("TRUNCATE procrastinate_workers CASCADE")
            await until_it_works(database)
            process.terminate()
            assert await asyncio.to_thread(process.wait, 30) == 0
        await biller.close()

    asyncio.run(go())


async def until_it_works(database: Database) -> None:
    begun = time.monotonic()
    while time.monotonic() - begun < 20:
        with psycopg.connect(database.owner_url) as conn:
            (found,) = conn.execute("SELECT count(*) FROM procrastinate_workers").fetchall()
        if found[0] >= 2:
            return
        await asyncio.sleep(0.2)
    raise AssertionError("the worker does not work")
