"""What processes of one machine tell each other: places, figures put together, readiness in words."""

import os
import time
from http import HTTPStatus
from pathlib import Path
from threading import enumerate as threads
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.running import port_of_ours
from tests.world import NOON
from yifen.core.metrics import places, serving, store
from yifen.core.metrics.life import Life
from yifen.core.metrics.places import FOLDER, ProcessPlace, neighbours
from yifen.core.metrics.reading import Measure

WORD = ("名册旧了", "the roster is old")
COUNTED = "yifen_job_duration_seconds"


def told(place: ProcessPlace, *done: float, wrong: tuple[places.Word, ...] = ()) -> None:
    """A process that ran these jobs, and is not ready for these reasons."""
    kept = store.begin(place.name)
    for seconds in done:
        store.observe(COUNTED, seconds, "night.run", "done")
    kept.add(lambda: [Measure("yifen_process_start_time_seconds", 5)])
    place.say(list(wrong), kept.text())
    store.end()


def test_the_figures_of_two_processes_add_up(tmp_path: Path) -> None:
    told(first := ProcessPlace(tmp_path, "worker"), 0.02, 7)
    told(second := ProcessPlace(tmp_path, "worker"), 0.02, 0.02, 100)
    status, kind, text = serving.page("/metrics", list(neighbours(tmp_path)))
    assert (status, kind) == (HTTPStatus.OK, serving.FIGURES)
    found = {family.name: family.samples for family in text_string_to_metric_families(text)}
    counts = {(s.labels["process"], s.name.removeprefix(COUNTED)): s.value
              for s in found[COUNTED] if s.labels.get("le") in (None, "30.0")}  # fmt: skip
    assert counts == {
        ("worker-1", "_bucket"): 2, ("worker-1", "_count"): 2, ("worker-1", "_sum"): 7.02,
        ("worker-2", "_bucket"): 2, ("worker-2", "_count"): 3, ("worker-2", "_sum"): 100.04,
    }  # fmt: skip
    assert text.count(f"# HELP {COUNTED} ") == text.count(f"# TYPE {COUNTED} ") == 1
    assert [s.labels["process"] for s in found["yifen_process_ready"]] == ["worker-1", "worker-2"]
    first.leave(), second.leave()


def test_a_place_ends_with_its_process_and_is_taken_again(tmp_path: Path) -> None:
    told(first := ProcessPlace(tmp_path, "gateway"), 1)
    told(second := ProcessPlace(tmp_path, "gateway"), 1)
    os.close(first._lock)  # as a process does that is killed
    assert [one.name for one in neighbours(tmp_path)] == ["gateway-2"]
    again = ProcessPlace(tmp_path, "gateway")
    assert (again.name, [one.name for one in neighbours(tmp_path)]) == ("gateway-1", ["gateway-2"])
    assert (tmp_path / "gateway-1.lock").stat().st_mode & 0o077 == 0
    again.leave(), second.leave()


def test_who_is_not_ready_says_why_in_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def ready(path: str) -> tuple[int, str]:
        status, _, text = serving.page(path, list(neighbours(tmp_path)))
        return status, text

    assert ready("/ready/night") == (503, "night: 没有进程在运行 · no process runs\n")
    told(worker := ProcessPlace(tmp_path, "worker"))
    told(night := ProcessPlace(tmp_path, "night"), wrong=(WORD,))
    assert ready("/ready/worker") == (200, "ready\n")
    assert ready("/ready") == ready("/ready/night") == (503, "night-1: 名册旧了 · the roster is old\n")
    later_s = places.now_s() + 21
    monkeypatch.setattr(places, "now_s", lambda: later_s)
    assert ready("/ready/worker") == (503, "worker-1: 21 秒没有迹象 · silent for 21 s\n")
    assert 'yifen_process_ready{process="worker-1"} 0\n' in serving.page("/metrics", list(neighbours(tmp_path)))[2]
    worker.leave(), night.leave()


def test_one_serves_and_another_when_it_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serving, "AGAIN_S", 0.02)
    address = f"127.0.0.1:{port_of_ours(tmp_path / 'port')}"
    nowhere = "postgresql://nobody:x@127.0.0.1:1/none"
    life = Life(tmp_path, "worker", nowhere, lambda: NOON, lambda: [WORD], counts=True)
    life.begin()
    while not list(neighbours(tmp_path / FOLDER)):
        time.sleep(0.01)
    stops = [serving.begin(address, tmp_path) for _ in range(2)]
    for stop in stops:
        text = asked(f"http://{address}/metrics")
        assert 'yifen_disk_free_bytes{process="worker-1"} ' in text
        with pytest.raises(HTTPError) as refused:
            asked(f"http://{address}/ready")
        assert (refused.value.code, refused.value.read().decode()) == (503, (
            "worker-1: 名册旧了 · the roster is old\n"
            "worker-1: 数据库不可用或不可写 · the database is away\n"))  # fmt: skip
        assert asked(f"http://{address}/health") == "ok\n"
        stop.set()
    life.end()
    assert list(neighbours(tmp_path / FOLDER)) == []


def asked(url: str) -> str:
    """Again for a second: the one before it may be about to end."""
    for left in reversed(range(50)):
        try:
            with urlopen(url, timeout=2) as answer:  # noqa: S310
                return str(answer.read().decode())
        except HTTPError:
            raise
        except OSError:
            if not left:
                raise
            time.sleep(0.02)
    raise AssertionError


def test_figures_that_cannot_be_read_are_not_told_and_readiness_is(tmp_path: Path) -> None:
    def broken() -> list[Measure]:
        raise ZeroDivisionError

    nowhere = "postgresql://nobody:x@127.0.0.1:1/none"
    life = Life(tmp_path, "worker", nowhere, lambda: NOON, lambda: [WORD], counts=True, sources=(broken,))
    life.begin()
    try:
        while not list(neighbours(tmp_path / FOLDER)):
            time.sleep(0.01)
        [one] = neighbours(tmp_path / FOLDER)
        assert (one.name, one.figures, one.wrong[0]) == ("worker-1", "", WORD)
    finally:
        life.end()


def test_no_address_no_server(tmp_path: Path) -> None:
    before = set(threads())
    serving.begin("", tmp_path)
    assert set(threads()) - before == set()
    store.observe(COUNTED, 1, "night.run", "done")  # nobody asked: nothing is counted, nothing loaded
    assert store._store is None
