"""Traces: door, lane, database, biller and job in one tree; sampled; nothing where nobody asked."""

import asyncio
import sys
from collections.abc import Iterator

import pytest
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from tests.jobs.conftest import queue  # noqa: F401 - a database with the tasks of trying
from tests.jobs.running import work
from tests.jobs.trying import TASKS
from tests.remote.scripted import remote
from tests.world import Database
from yifen.core import tracing
from yifen.core.facts.request_ids import under
from yifen.core.facts.settings import SettingError, read_settings
from yifen.core.tracing import TracesMissing


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Iterator[InMemorySpanExporter]:
    """Every span, as it ends."""
    from opentelemetry.sdk.trace import export

    monkeypatch.setattr(export, "BatchSpanProcessor", export.SimpleSpanProcessor)
    kept = InMemorySpanExporter()
    tracing.begin("test", read_settings({"YIFEN_TRACES": "console", "YIFEN_TRACES_PERCENT": "100"}), kept)
    yield kept
    tracing.end()


def test_a_charge_is_one_tree_from_door_to_biller(database: Database, told: InMemorySpanExporter) -> None:
    async def run() -> None:
        async with remote(database, "json") as at:
            with under("R-1"), tracing.span("door", verb="charge"):
                await at.charge("S1", "M1")
            await at.charge("S2", "M2")

    asyncio.run(run())
    spans = {span.name: span for span in told.get_finished_spans() if span.attributes.get("yifen.request_id") == "R-1"}
    door, lane, biller = spans["door"], spans["lane"], spans["biller"]
    sql = [span for span in told.get_finished_spans() if span.name == "sql"]
    assert (door.parent, lane.parent, biller.parent) == (None, door.context, door.context)
    assert lane.context in [span.parent for span in sql]
    assert len({span.context.trace_id for span in told.get_finished_spans()}) >= 2
    assert dict(biller.attributes) == {"yifen.verb": "charge", "yifen.biller": "GAS", "yifen.request_id": "R-1"}
    words = {str(value) for span in told.get_finished_spans() for value in span.attributes.values()}
    assert not words & {"G1", "M1", "S1", "1000"}  # neither account nor bill, serial, amount


def test_a_batch_is_within_the_first_and_linked_to_the_others(told: InMemorySpanExporter) -> None:
    origins = []
    for _ in range(3):
        with tracing.span("lane"):
            origins.append(tracing.here())
    with tracing.shared("sql", [None, *origins], batch=4):
        pass
    [sql] = [span for span in told.get_finished_spans() if span.name == "sql"]
    assert sql.parent == origins[0]
    assert [link.context for link in sql.links] == origins[1:]
    assert dict(sql.attributes) == {"yifen.batch": 4}


def test_a_job_is_a_span_of_the_request_that_asked(
    queue: Database, told: InMemorySpanExporter  # noqa: F811
) -> None:
    from yifen.core.jobs.defer import defer

    with under("R-2"):
        defer("test.good", number=1)
    work(queue, TASKS)
    [job] = [span for span in told.get_finished_spans() if span.name == "job"]
    assert dict(job.attributes) == {"yifen.task": "test.good", "yifen.request_id": "R-2"}


def test_a_share_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    from opentelemetry.sdk.trace import export

    monkeypatch.setattr(export, "BatchSpanProcessor", export.SimpleSpanProcessor)
    kept = InMemorySpanExporter()
    tracing.begin("test", read_settings({"YIFEN_TRACES": "console", "YIFEN_TRACES_PERCENT": "10"}), kept)
    origins = []
    for _ in range(2000):
        with tracing.span("door"):
            origins.append(tracing.here())
    tracing.end()
    assert 120 < len(kept.get_finished_spans()) < 290
    assert sum(origin is not None for origin in origins) == len(kept.get_finished_spans())


def test_nothing_where_nobody_asked() -> None:
    with tracing.span("door") as one, tracing.shared("sql", [None]) as other:
        assert (one, other, tracing.here()) == (None, None, None)
    assert tracing.span("door") is tracing.span("lane")


def test_what_is_not_installed_is_said_with_the_cure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tracing, "_is_there", lambda module: "otlp" not in module)
    tracing.check(read_settings({}))
    tracing.check(read_settings({"YIFEN_TRACES": "console"}))
    with pytest.raises(TracesMissing, match="pip install opentelemetry-sdk"):
        tracing.check(read_settings({"YIFEN_TRACES": "http://127.0.0.1:4318/v1/traces"}))
    with pytest.raises(SettingError, match="YIFEN_TRACES_PERCENT"):
        read_settings({"YIFEN_TRACES_PERCENT": "0"})
    assert "opentelemetry.exporter" not in sys.modules
