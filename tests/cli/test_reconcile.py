"""`yifen reconcile`: a file against our side on the command line, as a process."""

import json
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.conftest import NewDatabase
from tests.world import DAY, NOON, Database, World
from yifen.core.facts.processes import NIGHT
from yifen.hub.payments.files import close_day

SAMPLES = Path(__file__).parents[1] / "samples"
OF_2017 = SAMPLES / "unionpay" / "INN17071888ZM_898319849000018"
ZM = SAMPLES / "cases" / "05-zm-lf-reads" / "INN26112388ZM_999000000000001"


@pytest.fixture(scope="module")
def place(new_database: NewDatabase, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Two payments of WX on a closed day, and the hub's own file of it as WX's."""
    database = new_database()
    with psycopg.connect(database.app_url) as conn:
        world = World(conn).network()
        for serial, ref, fen in (("S1", "B1", 1000), ("S2", "B2", 2000)):
            assert world.charge(serial, {ref: fen}).code == 0
    with psycopg.connect(database.app_url, autocommit=True) as conn:
        close_day(conn, 1, DAY, NOON + timedelta(hours=12))
        row = conn.execute(
            "SELECT body FROM daily_file_part JOIN daily_file USING (file_id)"
            " JOIN partner p ON p.id = partner_id WHERE p.code = 'WX'"
        ).fetchone()
    path = tmp_path_factory.mktemp("file") / "WX.txt"
    assert row is not None
    path.write_bytes(row[0])
    return database, path


def reconcile(database: Database, *words: str) -> tuple[int, str, str]:
    done = subprocess.run(
        [sys.executable, "-m", "yifen", "reconcile", *words],
        env=database.environment(NIGHT), capture_output=True, text=True,
    )  # fmt: skip
    return done.returncode, done.stdout, done.stderr


def test_a_file_that_agrees_ends_with_0_and_one_object(place: tuple[Database, Path]) -> None:
    database, path = place
    code, out, err = reconcile(database, str(path), "--partner", "WX", "--json")
    assert (code, err) == (0, "")
    assert "everything agrees, to the fen 一分不差" in out
    told = json.loads(out.splitlines()[-1])
    assert told.pop("seconds") >= 0
    assert told["matched"] == {"count": 2, "amount_fen": 3000, "fee_fen": 0}
    assert (told["partner"], told["business_day"]) == ("WX", "2026-11-23")
    assert (told["differences"], told["waiting"], told["file"]["known"]) == ({}, 0, False)
    again = json.loads(reconcile(database, str(path), "--partner", "WX", "--json")[1].splitlines()[-1])
    assert (again["file"]["known"], again["file"]["version"], again["differences"]) == (True, 1, {})


def test_a_file_whose_totals_do_not_fit_is_refused_whole(place: tuple[Database, Path]) -> None:
    database, path = place
    text = path.read_text().splitlines()
    lines = [line for line in text if "|S2|" not in line]
    layout = path.with_name("cut.txt")
    layout.write_text("".join(f"{line}\n" for line in lines))
    code, _, err = reconcile(database, str(layout), "--partner", "WX")
    assert (code, err.split(" (")[0]) == (1, "yifen: 8220 The stated count is not the number of lines.")
    assert "cut.txt: line" in err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("nowhere.txt", "--partner", "WX"), "yifen: nowhere.txt: No such file or directory\n"),
        (("WX.txt", "--partner", "NOBODY"), "yifen: 2001 The partner is not known. (NOBODY)\n"),
        (("WX.txt", "--partner", "WATER"), "yifen: 8228"),
        (("WX.txt", "--partner", "WX", "--day", "2026-11-22"), "yifen: 8229"),
        (("WX.txt", "--partner", "WX", "--day", "tomorrow"), "yifen: not a day"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_one_clear_line(
    place: tuple[Database, Path], words: tuple[str, ...], said: str
) -> None:
    database, path = place
    words = tuple(str(path) if word == "WX.txt" else word for word in words)
    code, out, err = reconcile(database, *words)
    assert (code, out, err.count("\n")) == (1, "", 1)
    assert err.startswith(said), err


def test_a_partner_without_a_profile_has_the_format_that_its_file_looks_like(
    place: tuple[Database, Path],
) -> None:
    """UnionPay's file, of a day on which we have nothing there: its row is a difference."""
    code, out, err = reconcile(place[0], str(ZM), "--partner", "BANK", "--json")
    assert (code, err) == (1, "")
    told = json.loads(out.splitlines()[-1])
    assert (told["differences"], told["waiting"]) == ({"theirs_only": 1}, 0)


def test_a_file_of_a_day_that_the_book_has_not_had_is_refused(place: tuple[Database, Path]) -> None:
    code, out, err = reconcile(place[0], str(OF_2017), "--partner", "BANK", "--json")
    assert (code, out) == (1, "")
    assert err.startswith("yifen: 8229"), err


def test_the_bench_finds_what_was_put_in() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "yifen", "bench", "reconcile", "--rows", "21000", "--rounds", "1",
         "--json"], capture_output=True, text=True, timeout=110,
        env=Database("", "", "", 1).environment(),
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    row = json.loads(done.stdout.splitlines()[-1])
    assert (row["rows"], row["differences"], row["expected"]) == (21000, 6, 6)
    assert (row["goal"], row["unit"], [run["kind"] for run in row["runs"]]) == (
        3.0, "s", ["yifen", "duckdb"],
    )  # fmt: skip
    assert row["ratio"] == pytest.approx(row["ours"] / row["base"], abs=0.05)


