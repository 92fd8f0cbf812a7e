"""The running processes: known calls are counted to the call, whichever process answered them; readiness in words."""

import asyncio
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from threading import Event
from typing import Any
from urllib.error import HTTPError
from urllib.request import urlopen

import psycopg
import pytest
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.samples import Sample

from tests.conftest import NewDatabase
from tests.journeys.conftest import NOW, open_network, programs
from tests.processes.states import away
from tests.running import Gateway, port_of_ours
from tests.world import Database, World, the_ring
from yifen.core.facts.processes import GATEWAY
from yifen.core.facts.settings import read_settings
from yifen.core.metrics import serving as figures_address
from yifen.core.metrics import signs
from yifen.core.metrics.life import Life
from yifen.core.metrics.places import FOLDER, neighbours
from yifen.core.metrics.reading import Measure
from yifen.core.plugs import metrics
from yifen.hub.doors.app import Gateway as Door
from yifen.hub.measured import process as measured
from yifen.hub.measured.process import Measured
from yifen.hub.payments.calls import ResultWork
from yifen.hub.payments.hub import Hub

ROUND = "yifen_call_duration_seconds"


@pytest.fixture(scope="module")
def database(new_database: NewDatabase) -> Database:
    return new_database(buckets=2)


@pytest.fixture(scope="module")
def world(database: Database) -> Iterator[World]:
    with psycopg.connect(database.app_url, autocommit=True) as conn:
        world = World(conn, database.buckets)
        open_network(world)
        for number in range(1, 9):
            world.owe("WATER", f"A-{number}", "B", 1000)
        yield world


def samples(address: str) -> list[Sample]:
    with urlopen(f"http://{address}/metrics", timeout=5) as answer:
        text = answer.read().decode()
    return [sample for family in text_string_to_metric_families(text) for sample in family.samples]


def test_the_calls_of_two_processes_add_up(database: Database, world: World, tmp_path: Path) -> None:
    address = f"127.0.0.1:{port_of_ours(tmp_path / 'port')}"
    env = database.environment(GATEWAY, YIFEN_METRICS=address, YIFEN_DATA=str(tmp_path / "data"))
    with Gateway(env, workers=2) as gateway:
        known = Counter[tuple[str, str, str]]()
        for number in range(1, 9):
            partner = programs(gateway.url)["XML" if number % 2 else "JSON"]  # on a new connection
            for _ in range(2):
                made = partner.call("charge", f"S-{number}", biller="WATER", account_no=f"A-{number}",
                                    amount_fen=1000, lines=[("B", 1000)], paid_at=NOW)  # fmt: skip
                assert made.code == "0000"
            assert partner.call("query", biller="NOBODY", account_no="A-1").code == "3001"
            known += {("channel", "charge", "0000"): 2, ("channel", "query", "3001"): 1}
        with urlopen(f"{gateway.url}/ready", timeout=5) as answer:  # noqa: S310
            assert answer.read() == b"ready\n"
        counted, processes = until(lambda: calls(samples(address)), known)
        found = samples(address)
    assert (counted, processes) == (known, {"gateway-1", "gateway-2"})
    one = {s.name: s.value for s in found if s.labels.get("process") == "gateway-1" and len(s.labels) == 1}
    assert one["yifen_backlog_requests"] == one["yifen_lane_waiting"] == 0
    assert one["yifen_process_ready"] == 1
    assert 0 <= one["yifen_roster_age_seconds"] < 6
    batches = sum(s.value for s in found if s.name == "yifen_lane_batch_size_count")
    payments = sum(s.value for s in found if s.name == "yifen_lane_batch_size_sum")
    assert (batches, payments) == (16, 16)
    assert {s.name for s in found} <= {
        f"{name}{end}" for name in metrics() for end in ("", "_bucket", "_count", "_sum", "_total")}  # fmt: skip
    with psycopg.connect(database.url(GATEWAY)) as conn:  # both said that they end
        assert signs.signs(conn) == []


def calls(found: list[Sample]) -> tuple[Counter[tuple[str, str, str]], set[str]]:
    counted = Counter[tuple[str, str, str]]()
    for sample in found:
        if sample.name == f"{ROUND}_count":
            counted[sample.labels["partner"], sample.labels["verb"], sample.labels["code"]] += int(sample.value)
    return counted, {sample.labels["process"] for sample in found if sample.name == "yifen_process_ready"}


def until(look, wanted, seconds=12.0):
    """What is told once it is as it should be; what there is after so long. It is told every five seconds."""
    end = time.monotonic() + seconds
    while (found := look())[0] != wanted and time.monotonic() < end:
        time.sleep(0.1)
    return found


@pytest.fixture
def gateway_hub(database: Database, world: World) -> Hub:
    env = database.environment(GATEWAY)
    return Hub(read_settings(env), database.url(GATEWAY), the_ring(), lambda: datetime.now(UTC))


async def ready(hub: Hub) -> tuple[int, str]:
    """What the gateway's address says."""
    sent = list[dict[str, Any]]()
    gateway = Door(lambda: hub, read_settings({}), lambda: None, lambda door: None)  # type: ignore[arg-type,return-value]
    gateway._hub = hub
    gateway._opened.set()

    async def send(event: dict[str, Any]) -> None:
        sent.append(event)

    await gateway({"type": "http", "path": "/ready", "method": "GET", "headers": []}, None, send)  # type: ignore[arg-type]
    return sent[0]["status"], sent[1]["body"].decode()


def told(hub: Hub) -> dict[tuple[str, ...], Measure]:
    return {(reading.name, *reading.labels): reading for reading in Measured(hub)()}


def test_a_gateway_that_starts_says_so_and_is_ready_soon(gateway_hub: Hub, database: Database, tmp_path: Path) -> None:
    """At the address of the figures: nothing is away before somebody has looked."""
    looked, address = Event(), f"127.0.0.1:{port_of_ours(tmp_path / 'port')}"
    door = Door(lambda: gateway_hub, read_settings({}), lambda: bool(looked.wait(20)) and None, lambda one: Life(
        tmp_path, "gateway", database.url(GATEWAY), lambda: datetime.now(UTC), one.wrong, counts=False))  # fmt: skip

    async def told() -> tuple[int, str]:
        try:
            answer = await asyncio.to_thread(urlopen, f"http://{address}/ready/gateway", timeout=5)
        except HTTPError as refused:
            answer = refused
        with answer:
            return answer.status, answer.read().decode()

    async def run() -> None:
        events, sent = asyncio.Queue[dict[str, Any]](), asyncio.Queue[dict[str, Any]]()
        await events.put({"type": "lifespan.startup"})
        serving = asyncio.create_task(door({"type": "lifespan"}, events.get, sent.put))
        while not list(neighbours(tmp_path / FOLDER)):
            await asyncio.sleep(0.02)
        assert await told() == (503, "gateway-1: 正在启动 · starting\n")
        looked.set()
        began = time.monotonic()
        while await told() != (200, "ready\n"):
            await asyncio.sleep(0.05)
            assert time.monotonic() - began < 4  # it told how it is every five seconds alone
        await events.put({"type": "lifespan.shutdown"})
        await serving

    stop = figures_address.begin(address, tmp_path)
    try:
        asyncio.run(run())
    finally:
        stop.set()


def test_a_hub_says_why_it_is_not_ready(gateway_hub: Hub, database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    later_s = 0.0
    real = measured.monotonic
    monkeypatch.setattr(measured, "monotonic", lambda: real() + later_s)

    async def run() -> None:
        nonlocal later_s
        hub = gateway_hub
        await hub.start()
        try:
            assert measured.wrong(hub) == []
            hub.roster_at_s = real() - 20
            assert measured.wrong(hub) == [("合作方名册 20 秒未核对", "the roster was not compared for 20 s")]
            assert await ready(hub) == (503, "合作方名册 20 秒未核对 · the roster was not compared for 20 s\n")
            hub.roster_at_s = real()
            assert await ready(hub) == (200, "ready\n")
            with psycopg.connect(database.owner_url) as holding:
                holding.execute("SELECT FROM payment_counter FOR UPDATE")
                holding.execute("LOCK TABLE payment IN ACCESS EXCLUSIVE MODE")
                waiting = asyncio.create_task(hub.submit_result(ResultWork(1000, "booked")))
                await asyncio.sleep(0.2)
                later_s = 16.0
                assert ("一次提交已用 16 秒", "a lane has been stuck for 16 s") in measured.wrong(hub)
                later_s = 0.0
                holding.rollback()
            await asyncio.wait([waiting])
            assert measured.wrong(hub) == []
            assert told(hub)["yifen_lane_batch_size",].counts == (1, *[0] * 9)
            with away(database):
                for _ in range(60):
                    if measured.wrong(hub):
                        break
                    await asyncio.sleep(0.05)
                assert measured.wrong(hub) == [("数据库不可用或不可写", "the database is away")]
        finally:
            await hub.stop()

    asyncio.run(run())
