"""`yifen bench reconcile`: a partner's file of a million rows against a million payments, from file
to differences, beside DuckDB reading two such files and joining them.

Both sides run in a process of their own, by turns. DuckDB only joins; our side also proves the
file's totals and digest, keeps its bytes and its rows, and commits what differs.
"""

import argparse
import json
import os
import statistics
from concurrent.futures import ProcessPoolExecutor
from importlib.util import find_spec
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import msgspec
import psycopg
from rich.console import Console
from rich.table import Table

from yifen.core import runtime
from yifen.core.embedded.cluster import DATABASE
from yifen.core.embedded.errors import EmbeddedError
from yifen.core.embedded.server import EmbeddedPostgres
from yifen.core.facts.processes import NIGHT, OWNER
from yifen.core.facts.settings import Settings
from yifen.core.runtime import EdgeError
from yifen.tools.bench import reconcile_data as data
from yifen.tools.bench.charge import checkpoint
from yifen.tools.bench.reconcile_data import DAY, PARTNER
from yifen.tools.bench.reconcile_side import SideMeasure, duckdb_side, our_side
from yifen.tools.bench.report import BenchRow
from yifen.tools.bench.scratch import temporary_folder

GOAL = 3.0
ROWS_MAX = 10_000_000


class ReconcileReport(BenchRow, frozen=True):
    """The figure, and what it comes from. `memory_mb`: the most our process held; `database_mb`:
    the most its PostgreSQL backend held, shared buffers not counted."""

    rows: int
    differences: int
    expected: int
    memory_mb: int
    database_mb: int
    rows_per_s: int
    runs: list[dict[str, Any]]


def arguments(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("--rows", type=int, default=1_000_000,
        help="每方的行数（默认 1,000,000）\n"
             "rows of each side (default 1,000,000)")  # fmt: skip
    add("--rounds", type=int, default=3,
        help="双方轮流的次数（默认 3），取中位数\n"
             "each side by turns (default 3); medians count")  # fmt: skip
    add("--json", action="store_true", help="末行输出一个 JSON 对象\none JSON object as the last line")


def run(args: argparse.Namespace) -> int:
    if not 1_000 <= args.rows <= ROWS_MAX:
        raise EdgeError(f"--rows must be from 1,000 to {ROWS_MAX:,}")
    if find_spec("duckdb") is None:
        raise EdgeError("duckdb is not installed; it comes with the test tools: ./yifen test")
    console = Console()
    with temporary_folder() as folder:
        settings = runtime.settings_of({
            "YIFEN_DATA": str(folder), "YIFEN_PG_BIN": os.environ.get("YIFEN_PG_BIN", ""),
        })  # fmt: skip
        try:
            report = measure(args, settings, folder, console)
        except EmbeddedError as error:
            raise EdgeError(str(error)) from None
    console.print(_table(report))
    agreed = report.differences == report.expected
    console.print(
        f"{report.differences:,} differences found, {report.expected:,} were put in; "
        f"our process held at most {report.memory_mb} MB, its backend {report.database_mb} MB"
        + ("" if agreed else "  [red]THEY DIFFER[/]")
    )
    if args.json:
        print(json.dumps(msgspec.to_builtins(report)))
    return 0 if agreed else 1


def measure(
    args: argparse.Namespace, settings: Settings, folder: Path, console: Console
) -> ReconcileReport:
    """Both sides on one machine, by turns, so that noise hits both."""
    bin_dir = Path(settings.pg_bin) if settings.pg_bin else None
    with EmbeddedPostgres(folder / "postgres", bin_dir=bin_dir) as server:
        console.print(f"[dim]{args.rows:,} payments, and files about them …[/]")
        owner, night = (server.url(role, DATABASE) for role in (OWNER, NIGHT))
        runtime.migrate(settings, owner)
        with psycopg.connect(owner) as conn:
            expected = data.fill(conn, args.rows)
        ours_csv = data.our_lines(night, folder / "ours.txt")
        theirs_csv, wrong = data.their_lines(ours_csv, folder / "theirs.txt")
        ours, bases = [], []
        for number in range(1, args.rounds + 1):
            bases.append(_apart(duckdb_side, ours_csv, theirs_csv))
            console.print(_line(number, "DuckDB", bases[-1]), soft_wrap=True)
            path = data.daily_file(theirs_csv, folder / "file.txt", number)
            checkpoint(server)
            ours.append(_apart(our_side, night, PARTNER, path, DAY))
            console.print(_line(number, "yifen", ours[-1]), soft_wrap=True)
        assert expected == args.rows
    return _report(args.rows, wrong, ours, bases)


def _apart(side: Any, *arguments: Any) -> SideMeasure:
    """In a fresh process, so that its memory is its own."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        found: SideMeasure = pool.submit(side, *arguments).result()
    return found


def _report(
    rows: int, wrong: int, ours: list[SideMeasure], bases: list[SideMeasure]
) -> ReconcileReport:
    mine = statistics.median(side.seconds for side in ours)
    base = statistics.median(side.seconds for side in bases)
    return ReconcileReport(
        "reconcile from file to differences / DuckDB reading both and joining",
        round(mine, 3), round(base, 3), round(mine / base, 2), GOAL, "s", rows,
        ours[-1].differences, wrong, max(side.memory_mb for side in ours),
        max(side.database_mb for side in ours), round(rows / mine),
        [{"kind": kind} | msgspec.structs.asdict(side)
         for kind, sides in (("yifen", ours), ("duckdb", bases)) for side in sides],
    )  # fmt: skip


def _line(number: int, name: str, side: SideMeasure) -> str:
    steps = ", ".join(f"{step} {seconds:.2f}" for step, seconds in side.steps.items())
    return (
        f"round {number}  {name:<7} {side.seconds:.2f} s  ({steps})  "
        f"{side.differences:,} differences, {side.memory_mb} MB"
    )


def _table(report: ReconcileReport) -> Table:
    made = Table("figure", "ours", "base", "ratio", "goal")
    made.add_row(
        report.name, f"{report.ours} {report.unit}", f"{report.base} {report.unit}",
        f"{report.ratio:.2f}", f"≤ {report.goal}",
    )  # fmt: skip
    return made
