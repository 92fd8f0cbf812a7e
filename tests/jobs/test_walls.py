"""The queues as a process that was taken over sees them: it asks for jobs that plugs name, as they name them."""

import psycopg
import pytest
from psycopg import errors

from tests.conftest import NewDatabase
from tests.world import Database
from yifen.core.facts.plug import ASKED, NIGHT_QUEUE, STEADY
from yifen.core.facts.processes import GATEWAY, NIGHT, WEB, WORKER

ROW = {"queue_name": ASKED, "task_name": "face.export", "lock": None, "queueing_lock": None,
       "args": '{"export_id": 1}', "status": "todo", "scheduled_at": None, "attempts": 0}  # fmt: skip
CLOCKED = {"queue_name": STEADY, "task_name": "hub.forget", "queueing_lock": "hub.forget", "args": "{}"}
WRONG = {
    "no such task": (WEB, {"task_name": "x"}),
    "another queue": (WEB, {"queue_name": NIGHT_QUEUE}),
    "a lock of its own": (WEB, {"lock": "night.run"}),
    "none where there is one": (WEB, {"task_name": "face.check_books", "lock": None}),
    "so that no other is deferred": (WEB, {"queueing_lock": "night.run"}),
    "so that no other is deferred, by the night": (NIGHT, CLOCKED | {"queueing_lock": "core.rescue_jobs"}),
    "for next year": (WEB, {"scheduled_at": "2099-01-01"}),
    "for next year, by the clock": (WORKER, CLOCKED | {"scheduled_at": "2099-01-01"}),
    "a list": (WEB, {"args": "[1]"}),
    "a text": (WEB, {"args": '"x"'}),
    "as if it was done": (WEB, {"status": "doing"}),
    "as if it was tried": (WEB, {"attempts": 9}),
    "by the clock, by a page": (WEB, CLOCKED),
    "a person's, by the worker": (WORKER, {}),
    "a person's, by the night": (NIGHT, {"task_name": "night.sign", "queue_name": NIGHT_QUEUE}),
    "any, by the gateway": (GATEWAY, {}),
}


@pytest.fixture(scope="module")
def jobs_database(new_database: NewDatabase) -> Database:
    return new_database()


def put(database: Database, role: str, fields: dict[str, object]) -> None:
    row = ROW | fields
    names, marks = ", ".join(row), ", ".join(f"%({name})s" for name in row)
    with psycopg.connect(database.url(role)) as conn:
        conn.execute(f"INSERT INTO procrastinate_jobs ({names}) VALUES ({marks})".encode(), row)
        conn.rollback()


@pytest.mark.parametrize("what", WRONG)
def test_what_no_plug_names_is_not_put_into_a_queue(jobs_database: Database, what: str) -> None:
    with pytest.raises(errors.InsufficientPrivilege):
        put(jobs_database, *WRONG[what])


def test_what_a_plug_names_is(jobs_database: Database) -> None:
    put(jobs_database, WEB, {})
    put(jobs_database, WEB, {"task_name": "face.check_books", "lock": "face.check_books"})
    put(jobs_database, WORKER, CLOCKED)
    put(jobs_database, NIGHT, {"task_name": "night.run", "queue_name": NIGHT_QUEUE, "lock": "night.run",
                               "queueing_lock": "night.run", "args": "{}"})  # fmt: skip


def test_a_job_stays_what_it_was_and_is_not_put_off_for_ever(jobs_database: Database) -> None:
    with psycopg.connect(jobs_database.owner_url) as conn:
        conn.execute("INSERT INTO procrastinate_jobs (queue_name, task_name, args) VALUES"
                     " ('asked', 'face.export', '{\"export_id\": 1}')")  # fmt: skip
    for change in ("task_name = 'night.sign'", "args = '{\"export_id\": 2}'", "queueing_lock = 'night.run'",
                   "lock = 'night.run'", "scheduled_at = now() + interval '1 day'"):  # fmt: skip
        with psycopg.connect(jobs_database.url(WORKER)) as conn, pytest.raises(errors.InsufficientPrivilege):
            conn.execute(f"UPDATE procrastinate_jobs SET {change}".encode())
    with psycopg.connect(jobs_database.url(WORKER)) as conn:
        conn.execute("UPDATE procrastinate_jobs SET scheduled_at = now() + interval '1 hour', attempts = 1")
