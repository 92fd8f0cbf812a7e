"""The job runner: in the caller's transaction, tried again, given up, alone, by the clock, after a death."""

import asyncio
from collections.abc import Callable

import psycopg
import pytest

from tests.jobs.running import hasten, jobs_of, silence, work
from tests.jobs.trying import ALONE, BAD, CLOCKED, DONE, GOOD, TASKS, TOGETHER, TOGETHER_TASK
from tests.web import site
from tests.world import Database
from yifen.core.facts.processes import WORKER


def ask(name: str, **arguments: object) -> None:
    from yifen.core.jobs.defer import defer

    defer(name, **arguments)


def never() -> bool:
    return False


def test_a_job_is_done_once_and_leaves_no_row(queue: Database) -> None:
    ask("test.good", number=7)
    work(queue, TASKS)
    work(queue, TASKS)
    assert DONE == {"good 7": 1}
    assert jobs_of(queue, "test.good") == []


def test_a_job_of_a_rolled_back_transaction_was_never_asked_for(queue: Database) -> None:
    from django.db import transaction

    with transaction.atomic():
        ask("test.good")
        transaction.set_rollback(True)
    assert jobs_of(queue, "test.good") == []
    with transaction.atomic():
        ask("test.good")
        assert jobs_of(queue, "test.good") == []  # nobody sees it yet
    assert jobs_of(queue, "test.good") == [("todo", 0)]


def test_a_task_that_no_plug_has_is_a_fault_at_once(queue: Database) -> None:
    with pytest.raises(KeyError, match=r"test\.nothing"):
        ask("test.nothing")


def test_a_job_that_raises_is_tried_again_later_and_later_then_given_up(queue: Database) -> None:
    ask("test.bad", number=3)
    ask("test.good", number=1)
    waits = []
    for _ in range(3):
        work(queue, TASKS)
        with psycopg.connect(queue.app_url) as conn:
            waits += conn.execute(
                "SELECT round(extract(epoch FROM scheduled_at - now()))::int FROM procrastinate_jobs"
                " WHERE status = 'todo'"
            ).fetchall()
        hasten(queue)
    assert [round(wait / 4) * 4 for (wait,) in waits] == [4, 16]
    assert jobs_of(queue, "test.bad") == [("failed", 3)]
    work(queue, TASKS)
    assert DONE == {"bad": 3, "given up 3": 1, "good 1": 1}  # the other one was not touched


def test_a_job_alone_never_meets_its_like(queue: Database) -> None:
    for _ in range(2):
        ask("test.together")
    work(queue, TASKS)
    assert jobs_of(queue, "test.together") == []  # both ran at once
    TOGETHER.reset()
    for _ in range(2):
        ask("test.alone")
    work(queue, TASKS)
    assert jobs_of(queue, "test.alone") == [("failed", 1), ("todo", 0)]  # the first met nobody
    assert (TOGETHER_TASK.lock, ALONE.lock) == (None, "test.alone")


@pytest.mark.parametrize(
    ("name", "left", "told"),
    [("test.bad", [("todo", 1)], {}), ("test.good", [("failed", 1)], {})],
)
def test_a_job_whose_worker_died_is_tried_again_or_has_failed(queue: Database, name, left, told) -> None:
    from yifen.core.jobs.keeping import rescue

    ask(name)
    taken_by_the_dead(queue)
    as_worker(rescue)
    assert jobs_of(queue, name) == [("doing", 0)]  # its worker may yet live
    silence(queue)
    as_worker(rescue)
    assert jobs_of(queue, name) == left
    assert told == DONE


def test_who_waits_for_a_job_is_told_when_its_last_worker_died(queue: Database) -> None:
    from yifen.core.jobs.keeping import rescue

    ask("test.bad", number=5)
    for attempt in range(3):
        assert jobs_of(queue, "test.bad") == [("todo", attempt)]
        taken_by_the_dead(queue)
        silence(queue)
        as_worker(rescue)
    assert jobs_of(queue, "test.bad") == [("failed", 3)]
    assert DONE == {"given up 5": 1}


def test_a_job_whose_end_cannot_be_told_is_over_and_keeps_no_other(queue: Database) -> None:
    """It stayed `doing` for ever before, and so did all that died after it."""
    from yifen.core.jobs.keeping import rescue

    ask("test.breaks")
    ask("test.good")
    for _ in range(2):
        taken_by_the_dead(queue)
    silence(queue)
    as_worker(rescue)
    assert jobs_of(queue, "test.breaks") == [("failed", 1)]
    assert jobs_of(queue, "test.good") == [("failed", 1)]


def test_a_job_with_arguments_that_its_task_does_not_take_has_failed(queue: Database) -> None:
    ask("test.good", who="somebody else")
    work(queue, TASKS)
    assert (jobs_of(queue, "test.good"), DONE) == ([("failed", 1)], {})


def as_worker(job: Callable[[Callable[[], bool]], None]) -> None:
    """A job run by hand."""
    with site.as_process(WORKER):
        job(never)


def taken_by_the_dead(database: Database) -> None:
    with psycopg.connect(database.app_url) as conn:
        conn.execute("SELECT procrastinate_fetch_job_v2(NULL, (SELECT worker_id FROM"
                     " procrastinate_register_worker_v1()))")  # fmt: skip


def test_a_page_knows_whether_its_job_waits_runs_or_is_gone(queue: Database) -> None:
    from yifen.core.jobs.standing import standing

    assert standing("test.good", number=1) == "gone"
    ask("test.good", number=1)
    assert standing("test.good", number=1) == "unattended"
    with psycopg.connect(queue.app_url) as conn:
        conn.execute("SELECT procrastinate_register_worker_v1()")
    assert standing("test.good", number=1) == "waiting"
    assert standing("test.good", number=2) == "gone"
    taken_by_the_dead(queue)
    assert standing("test.good", number=1) == "running"
    silence(queue)
    assert standing("test.good", number=1) == "unattended"


def test_two_workers_run_a_periodic_task_once_a_tick(queue: Database) -> None:
    from yifen.core.jobs.app import app_of

    async def both() -> None:
        async with asyncio.TaskGroup() as workers:
            for _ in range(2):
                workers.create_task(for_a_while())

    async def for_a_while() -> None:
        app = app_of(queue.app_url, [CLOCKED])
        async with app.open_async():
            working = asyncio.create_task(
                app.run_worker_async(install_signal_handlers=False, fetch_job_polling_interval=0.2)
            )
            await asyncio.sleep(3)
            working.cancel()
            await asyncio.wait([working])

    asyncio.run(both())
    with psycopg.connect(queue.app_url) as conn:
        [(ticks, jobs)] = conn.execute(
            "SELECT count(DISTINCT args ->> 'timestamp')::int, count(*)::int FROM procrastinate_jobs"
        ).fetchall()
    assert ticks == jobs
    assert 2 <= DONE["good 0"] <= jobs


def test_a_database_that_is_away_is_waited_for_and_the_worker_ends_when_it_is_told(queue: Database) -> None:
    from yifen.core.jobs import worker

    async def for_a_while() -> float:
        stop = asyncio.Event()
        away = "postgresql://nobody@127.0.0.1:9/none"
        working = asyncio.create_task(worker.keep_working(away, "asked", stop))
        await asyncio.sleep(0.5)
        assert not working.done()
        stop.set()
        began = asyncio.get_running_loop().time()
        await working
        return asyncio.get_running_loop().time() - began

    assert asyncio.run(for_a_while()) < 5


def test_it_ends_when_it_is_told_while_it_still_opens(queue: Database) -> None:
    from yifen.core.jobs import worker

    async def told(after_s: float) -> None:
        stop = asyncio.Event()
        working = asyncio.create_task(worker.keep_working(queue.app_url, "asked", stop))
        await asyncio.sleep(after_s)
        stop.set()
        await asyncio.wait_for(working, 5)

    for milliseconds in (0, 1, 2, 4, 8, 15, 30):  # asyncio.run ends only when what the pool began has ended
        asyncio.run(asyncio.wait_for(told(milliseconds / 1000), 10))


def test_the_runner_comes_back_after_its_connections_were_cut(queue: Database, monkeypatch) -> None:
    from yifen.core.jobs import worker

    monkeypatch.setattr(worker, "tasks", lambda: {task.name: task for task in TASKS if not task.cron})
    for name in ("PAUSE_S", "LOOK_S", "HEARTBEAT_S"):
        monkeypatch.setattr(worker, name, 0.2)

    async def cut() -> None:
        stop = asyncio.Event()
        working = asyncio.create_task(worker.keep_working(queue.app_url, "asked", stop))
        await asyncio.sleep(1)
        with psycopg.connect(queue.super_url) as conn:
            conn.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                         " WHERE datname = current_database() AND pid <> pg_backend_pid()")  # fmt: skip
            conn.execute(
                "INSERT INTO procrastinate_jobs (queue_name, task_name) VALUES ('asked', 'test.good')"
            )
        for _ in range(100):
            if DONE["good 0"]:
                break
            await asyncio.sleep(0.1)
        stop.set()
        await working

    asyncio.run(cut())
    assert DONE["good 0"] == 1


def test_what_failed_by_the_clock_is_forgotten_sooner_than_what_somebody_asked_for(queue: Database) -> None:
    from yifen.core.jobs.keeping import forget

    with psycopg.connect(queue.app_url) as conn:
        for task, age in ((GOOD, "29 days"), (GOOD, "31 days"), (CLOCKED, "1 minute"), (CLOCKED, "2 hours")):
            [(job_id,)] = conn.execute(
                "INSERT INTO procrastinate_jobs (queue_name, task_name) VALUES ('x', %s) RETURNING id",
                (task.name,),
            ).fetchall()
            conn.execute("UPDATE procrastinate_jobs SET status = 'failed' WHERE id = %s", (job_id,))
            conn.execute("UPDATE procrastinate_events SET at = now() - %s::interval WHERE job_id = %s",
                         (age, job_id))  # fmt: skip
    as_worker(forget)
    assert jobs_of(queue, GOOD.name) == jobs_of(queue, CLOCKED.name) == [("failed", 0)]
    assert BAD.name in {task.name for task in TASKS}
