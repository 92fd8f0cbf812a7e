"""Gauges of the database: asked by one process, bounded, one that fails is named and stops nothing."""

from contextlib import closing
from datetime import timedelta
from decimal import Decimal
from time import sleep
from typing import Any

import psycopg
import pytest

from tests.world import NOON, Database, World
from yifen.core import plugs
from yifen.core.facts.metrics import Metric
from yifen.core.facts.plug import Plug
from yifen.core.facts.processes import WORKER
from yifen.core.jobs import gauges
from yifen.core.metrics import reading
from yifen.core.metrics.gathering import Gathering
from yifen.core.metrics.reading import Measure, read_gauges

Conn = psycopg.Connection[Any]


def slow(conn: Conn, now: object) -> list[Measure]:
    conn.execute("SELECT pg_sleep(30)")
    return []


def broken(conn: Conn, now: object) -> list[Measure]:
    conn.execute("SELECT 1 / 0")
    return [Measure("yifen_trial", 1)]


def well(conn: Conn, now: object) -> list[Measure]:
    return [Measure("yifen_trial", 7, ("a",))]


def writes(conn: Conn, now: object) -> list[Measure]:
    conn.execute("DELETE FROM procrastinate_jobs")
    return []


def undeclared(conn: Conn, now: object) -> list[Measure]:
    return [Measure("yifen_trial", 1, ("a",)), Measure("yifen_nobody_knows", 1)]


def without_label(conn: Conn, now: object) -> list[Measure]:
    return [Measure("yifen_trial", 1)]


def nothing(conn: Conn, now: object) -> list[Measure]:
    return [Measure("yifen_trial", None, ("a",))]  # type: ignore[arg-type]


def numbered(conn: Conn, now: object) -> list[Measure]:
    return [Measure("yifen_trial", Decimal("2.5"), (7,))]  # type: ignore[arg-type]


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the functions that the plugs of this test name; each in a plug of its own."""
    names: list[str] = []
    trial = Metric("yifen_trial", "gauge", ("of",), "试", "trial")
    monkeypatch.setattr(reading, "plugs", lambda: [
        Plug(name=f"p{place}", metrics=(trial,), gauges=(f"{__name__}:{name}",))
        for place, name in enumerate(names)])  # fmt: skip
    monkeypatch.setattr(reading, "metrics", lambda: {"yifen_trial": trial})
    monkeypatch.setattr(reading, "called", lambda name: globals()[name.partition(":")[2]])
    return names


def test_one_that_fails_is_named_and_stops_nothing(shared_database: Database, asked: list[str]) -> None:
    asked += ["broken", "well", "writes", "slow", "well"]
    options = reading.READ_ONLY.replace(str(reading.ONE_MS), "100")
    with psycopg.connect(shared_database.url(WORKER), autocommit=True, options=options) as conn:
        found = list(read_gauges(conn, NOON))
        assert conn.info.transaction_status == psycopg.pq.TransactionStatus.IDLE
    failed = {r.labels[0].partition(":")[2]: r.value for r in found if r.name == "yifen_gauges_failed"}
    assert failed == {"broken": 1, "well": 0, "writes": 1, "slow": 1}
    assert [r for r in found if r.name == "yifen_trial"] == [Measure("yifen_trial", 7, ("a",))] * 2


def test_what_is_not_as_it_was_declared_spoils_nothing(shared_database: Database, asked: list[str]) -> None:
    asked += ["undeclared", "without_label", "nothing", "numbered"]
    with psycopg.connect(shared_database.url(WORKER), autocommit=True) as conn:
        found = list(read_gauges(conn, NOON))
    assert [r.value for r in found if r.name == "yifen_gauges_failed"] == [1, 1, 1, 0]
    assert [r for r in found if r.name == "yifen_trial"] == [Measure("yifen_trial", 2.5, ("7",))]


def test_all_of_them_together_have_an_end(shared_database: Database, asked: list[str]) -> None:
    asked += ["slow", "well"]
    options = reading.READ_ONLY.replace(str(reading.ONE_MS), "60")
    with psycopg.connect(shared_database.url(WORKER), autocommit=True, options=options) as conn:
        found = list(read_gauges(conn, NOON, most_s=0.05))
    assert [(r.name, r.value) for r in found] == [("yifen_gauges_failed", 1)] * 2


def test_one_process_asks_and_the_next_when_it_ends(shared_database: Database, asked: list[str]) -> None:
    asked += ["well"]
    told = (Measure("yifen_trial", 7, ("a",)), Measure("yifen_gauges_failed", 0, (f"{__name__}:well",)))
    with closing(Gathering(shared_database.url(WORKER))) as first, closing(Gathering(first._url)) as second:
        for _ in range(2):
            first.round(NOON), second.round(NOON)
            assert (first.readings, second.readings) == (told, ())
        first.close()
        for _ in range(100):  # the server lets go of what a closed line held a moment later
            second.round(NOON)
            if second.readings:
                break
            sleep(0.05)
        first.round(NOON)
        assert second.readings == told


def test_a_database_that_is_away_tells_nothing_old(shared_database: Database, asked: list[str]) -> None:
    asked += ["well"]
    gathering = Gathering(shared_database.url(WORKER))
    gathering.round(NOON)
    assert len(gathering.readings) == 2
    assert gathering._conn is not None
    gathering._conn.close()
    gathering._url = "postgresql://nobody:x@127.0.0.1:1/none"
    gathering.round(NOON)
    assert gathering.readings == ()


def test_two_plugs_never_claim_one_figure() -> None:
    one = Metric("yifen_jobs", "gauge", (), "甲", "one")
    made = (Plug(name="a", metrics=(one,)), Plug(name="b", metrics=(one,)))
    assert list(plugs.clashes(made)) == ["the metric yifen_jobs is claimed twice: by a and by b"]


def test_jobs_are_counted_by_queue_and_state(world: World) -> None:
    world.set_up("DELETE FROM procrastinate_jobs")
    now = world.value("SELECT now()")
    for queue, state, age_s, scheduled in (
        ("asked", "todo", 90, None), ("asked", "todo", 40, None), ("steady", "doing", 500, None),
        ("steady", "failed", 700, None), ("steady", "todo", 800, timedelta(hours=1)),
    ):  # fmt: skip
        world.set_up(
            "WITH j AS (INSERT INTO procrastinate_jobs (queue_name, task_name, status, scheduled_at)"
            " VALUES (%s, 'x', %s, now() + %s) RETURNING id)"
            " INSERT INTO procrastinate_events (job_id, type, at) SELECT id, x::procrastinate_job_event_type,"
            " now() - make_interval(secs => %s) FROM j, unnest(CASE WHEN %s = 'failed' THEN '{deferred,failed}'::text[]"
            " ELSE '{deferred}'::text[] END) x", queue, state, scheduled, age_s, state)  # fmt: skip
        world.set_up("DELETE FROM procrastinate_events WHERE at = now()")  # what the table's own trigger says
    found = {(r.name, *r.labels): r.value for r in gauges.read(world.conn, now)}
    assert {key: value for key, value in found.items() if value} == {
        ("yifen_jobs", "asked", "todo"): 2, ("yifen_jobs", "steady", "todo"): 1,
        ("yifen_jobs", "steady", "doing"): 1, ("yifen_jobs", "steady", "failed"): 1,
        ("yifen_jobs_oldest_seconds", "asked"): 90,
    }  # fmt: skip
    assert found["yifen_jobs", "night", "todo"] == found["yifen_jobs_oldest_seconds", "steady"] == 0
