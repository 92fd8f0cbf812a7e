"""`yifen bench verify`: the chain replayed, transfers a second, beside a SELECT of the same rows by the same driver."""

import argparse
import json
import statistics
import time
from typing import Any

import msgspec
import psycopg
from rich.console import Console

from yifen.core.facts.sqlfiles import queries
from yifen.core.ledger import verify as ledger
from yifen.core.runtime import EdgeError
from yifen.hub.payments.verify import verify
from yifen.tools.bench import hub as bench_hub
from yifen.tools.bench import stored
from yifen.tools.bench.charge import stored_count
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
    if args.rounds < 1:
        raise EdgeError("--rounds must be 1 or more")
    console = Console()
    with stored.scratch_hub() as (found, network):
        stored.store(found, network, args.stored, bench_hub.now_utc(), console)
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
