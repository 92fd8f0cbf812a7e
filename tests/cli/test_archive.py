"""`yifen archive`: what it lists and refuses, a month out and proved without a database, and back."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.sql.test_archive import place
from tests.world import Database, World
from yifen.hub.payments.archive import months
from yifen.tools.cli import archive, main

__all__ = ["place"]

Run = Callable[..., tuple[int, str, str]]


class In2028(datetime):
    """When both months are long over."""

    @classmethod
    def now(cls, tz: Any = None) -> datetime:
        return datetime(2028, 2, 3, tzinfo=UTC)


@pytest.fixture
def run(place: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Run:
    """Runs the command here: (exit code, what it printed, what it said of a fault)."""
    database: Database = place[0]
    for name, value in database.environment(YIFEN_DATA=str(tmp_path / "data")).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(archive, "datetime", In2028)

    def call(*words: str) -> tuple[int, str, str]:
        code = main.main(list(words))
        return code, *capsys.readouterr()

    return call


def test_the_nights_have_to_be_closed(run: Run, tmp_path: Path) -> None:
    code, out, _ = run("archive", "--json")
    told = json.loads(out.splitlines()[-1])
    assert (code, [month["state"] for month in told["months"]]) == (0, ["here"] * 3)
    assert told["months"][0]["why"][:2] == [
        "the figures of 2 days are not kept, as of 2026-11-23; a night keeps them",
        "2026-11-23: the end of day of 23 November 2026 is not closed",
    ]
    code, _, fault = run("archive", "0", "--to", str(tmp_path))
    assert (code, "archive: month 0 stays: " in fault) == (1, True)
    assert run("archive", "0")[2].startswith("yifen: archive: --to FOLDER")
    assert run("archive", "7", "--to", str(tmp_path))[2] == (
        "yifen: archive: there is no month 7; `./yifen archive` lists them\n")  # fmt: skip
    assert not list(tmp_path.glob("month-*"))


def test_what_is_half_asked_is_refused(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for words in (["--drop"], ["--back"], ["--to", str(tmp_path)]):
        assert "give the month's NUMBER" in run("archive", *words)[2]
    assert "one of --drop and --back" in run("archive", "0", "--to", str(tmp_path), "--drop", "--back")[2]
    monkeypatch.setenv("YIFEN_KEY_RING", "")
    code, _, fault = run("archive", "--prove", str(tmp_path))
    assert (code, "there is no key ring" in fault, list((tmp_path / "data").glob("*"))) == (1, True, [])


def test_a_month_goes_is_proved_and_comes_back(
    run: Run, place: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub: World = place[1]
    monkeypatch.setattr(months, "STILL_MOVES", frozenset())  # the nights of this place are not closed
    for day in (23, 24):
        with psycopg.connect(place[0].owner_url) as owner:
            owner.execute("SELECT payments_figure_day_v1(1, %s, now())", (f"2026-11-{day}",))
    folder = tmp_path / "month-0"
    code, out, fault = run("archive", "0", "--to", str(tmp_path))
    assert (code, fault) == (0, "")
    assert "its tables stand aside still" in out
    assert hub.rows("SELECT count(*) FROM payment WHERE payment_id < 1000000000000") == [(0,)]
    code, out, _ = run("archive", "0", "--to", str(tmp_path), "--drop", "--json")
    assert (code, json.loads(out.splitlines()[-1])["dropped"]) == (0, True)
    assert hub.rows("SELECT relname FROM pg_class WHERE relnamespace = 'archived'::regnamespace") == []
    code, out, _ = run("verify", "--archive", str(folder), "--json")
    assert (code, json.loads(out.splitlines()[-1])["transfers"]) == (0, 7)
    code, out, _ = run("verify", "--json")
    assert (code, json.loads(out.splitlines()[-1])["transfers"]) == (0, 4)
    assert "months up to 2026-11-24 are archived: replayed behind them" in out
    assert f"{folder}, archive.json SHA-256" in run("archive")[1]
    monkeypatch.setenv("YIFEN_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none")  # needs none
    code, out, _ = run("archive", "--prove", str(folder))
    assert (code, f"{folder}: month 0 up to 2026-11-24, as it was written" in out) == (0, True)
    for name, value in place[0].environment(YIFEN_DATA=str(tmp_path / "data")).items():
        monkeypatch.setenv(name, value)
    kept = (folder / "payment.0.csv.gz").read_bytes()
    (folder / "payment.0.csv.gz").write_bytes(kept[:-1])
    code, _, fault = run("archive", "0", "--back", "--to", str(tmp_path))
    assert (code, "payment.0.csv.gz is not as it was written" in fault) == (1, True)
    code, out, _ = run("verify", "--archive", str(folder))
    assert (code, "ALTERED" in out) == (1, True)
    (folder / "payment.0.csv.gz").write_bytes(kept)
    assert run("archive", "0", "--back", "--to", str(tmp_path))[0] == 0
    code, out, _ = run("verify", "--json")
    assert (code, json.loads(out.splitlines()[-1])["transfers"]) == (0, 7)
