"""A worker in this process until its queues are empty, and the real one as a process."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from unittest.mock import patch

import psycopg

from tests.world import Database
from yifen.core.facts.plug import NIGHT_QUEUE, Task
from yifen.core.facts.processes import NIGHT, WORKER

COMMAND = [sys.executable, "-m", "yifen", "worker"]


def work(database: Database, found: Iterable[Task] | None = None) -> None:
    """Every job that waits and is due; of those that run by the clock none is added."""
    from django.db import connection

    from yifen.core.jobs.tasks import tasks

    some = [task._replace(cron="") for task in (found or tasks().values())]
    before = dict(connection.settings_dict)
    for role in (WORKER, NIGHT):
        ours = [task for task in some if (task.queue == NIGHT_QUEUE) == (role == NIGHT)]
        # Its threads end, and with them nobody would close; a job works as its own process does.
        connection.settings_dict |= {"CONN_MAX_AGE": 0, "USER": role}
        try:
            with patch.dict(os.environ, YIFEN_DATABASE_URL=database.url(role)):
                asyncio.run(_work(database.url(role), ours))
        finally:
            connection.settings_dict |= {name: before[name] for name in ("CONN_MAX_AGE", "USER")}


async def _work(url: str, found: list[Task]) -> None:
    from yifen.core.jobs.app import app_of

    app = app_of(url, found)
    async with app.open_async():
        await app.run_worker_async(
            queues=list({task.queue for task in found}) or ["none"], wait=False, concurrency=2,
            delete_jobs="successful", install_signal_handlers=False,
        )  # fmt: skip


@contextmanager
def worker(database: Database, **settings: str) -> Iterator[subprocess.Popen[bytes]]:
    """`yifen worker`, killed at the end if it has not ended before."""
    process = subprocess.Popen(COMMAND, env=database.environment(WORKER, **settings))
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def jobs_of(database: Database, task: str) -> list[tuple[str, int]]:
    """(status, attempts) of the jobs of a task, the oldest first."""
    with psycopg.connect(database.app_url) as conn:
        return conn.execute(
            "SELECT status::text, attempts FROM procrastinate_jobs WHERE task_name = %s ORDER BY id",
            (task,),
        ).fetchall()  # type: ignore[return-value]


def hasten(database: Database) -> None:
    """Whatever waits for its next try is due now."""
    with psycopg.connect(database.app_url) as conn:
        conn.execute("UPDATE procrastinate_jobs SET scheduled_at = now() WHERE status = 'todo'")


def silence(database: Database) -> None:
    """All workers gave their last sign of life long ago."""
    with psycopg.connect(database.app_url) as conn:
        conn.execute("UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1 hour'")
