"""`yifen bench verify`: the chain replayed, transfers a second, beside a SELECT of the same rows by the same driver."""

import argparse
import json
import os
import statistics
import time
from pathlib import Path
from typing import Any

import msgspec
import psycopg
from rich.console import Console

from yifen.core import runtime
from yifen.core.embedded.cluster import DATABASE
from yifen.core.embedded.server import EmbeddedPostgres
from yifen.core.facts.processes import OWNER
from yifen.core.facts.sqlfiles import queries
from yifen.core.ledger import verify as ledger
from yifen.core.runtime import Database, EdgeError
from yifen.hub.payments.verify import verify
from yifen.tools.bench import hub as bench_hub
from yifen.tools.bench import stored
from yifen.tools.bench.charge import stored_count, temporary_folder
from yifen.tools.bench.report import BenchRow, row, table

GOAL = 0.3
_SELECT = queries(__package__)["chain_rows"]


def arguments(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("--stored", type=stored_count, default=1_000_000, metavar="N",
        help="库中付款笔数（默认 1M）\npayments in the database (default 1M)")  # fmt: skip
    add("--rounds", type=int, default=3,
        help="双方轮流的次数（默认 3），取中位数\n"
             "each side by turns (default 3); medians count")  # fmt: skip
    add("--json", action="store_true", help="末行输出一个 JSON 对象\none JSON object as the last line")


def run(args: argparse.Namespace) -> int:
    console = Console()
    with temporary_folder() as folder:
        settings = runtime.settings_of({"YIFEN_DATA": str(folder), "YIFEN_BUCKETS": "1",
                                        "YIFEN_PG_BIN": os.environ.get("YIFEN_PG_BIN", "")})  # fmt: skip
        bin_dir = Path(settings.pg_bin) if settings.pg_bin else None
        with EmbeddedPostgres(folder / "postgres", bin_dir=bin_dir) as server:
            found = Database(server.url(OWNER, DATABASE))
            runtime.migrate(settings, found.url)
            now = bench_hub.now_utc()
            stored.store(found, bench_hub.register(settings, now), args.stored, now, console)
            with psycopg.connect(found.url, autocommit=True) as conn:
                figure = _measured(conn, args.rounds)
    console.print(table([figure]))
    if args.json:
        print(json.dumps(msgspec.to_builtins(figure)))
    return 0


def _measured(conn: psycopg.Connection[Any], rounds: int) -> BenchRow:
    ours, base, rows = [], [], 0
    for _ in range(rounds):
        began = time.monotonic()
        replayed = ledger.verify(conn)
        between = time.monotonic()
        rows = _read(conn)
        base.append(time.monotonic() - between)
        ours.append(between - began)
        if not replayed.ok or replayed.transfers != rows:
            raise EdgeError(f"verify: {replayed.problems[:1]}, {replayed.transfers} of {rows} transfers")
    whole = verify(conn)
    if not whole.ok:
        raise EdgeError(f"verify: {whole.problems[:1]}")
    return row("chain verified / SELECT of the same rows", rows / statistics.median(ours),
               rows / statistics.median(base), GOAL, "1/s")  # fmt: skip


def _read(conn: psycopg.Connection[Any]) -> int:
    """As a client reads them that does nothing with them."""
    with conn.transaction(), conn.cursor(name="bench") as cursor:
        cursor.itersize = ledger.PIECE
        cursor.execute(_SELECT)
        return sum(1 for _ in cursor)
