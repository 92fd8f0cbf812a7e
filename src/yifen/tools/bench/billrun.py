"""`yifen bench billrun`: a run of bills, made and published piece by piece as the worker does, in its lanes, beside the
bare INSERT … SELECT of the same rows into tables of the same shape, by one connection.

Plain: one price and no tiers. Tiers: three of the year with household size and months, and a price that changes within
every use."""

import argparse
import json
import time
from concurrent.futures import ProcessPoolExecutor
from datetime import date, datetime
from functools import partial
from multiprocessing import get_context
from typing import Any

import msgspec
import psycopg
from rich.console import Console

from yifen.core.facts.sqlfiles import queries
from yifen.core.runtime import EdgeError
from yifen.tools.bench import stored
from yifen.tools.bench.charge import stored_count
from yifen.tools.bench.hub import BenchNetwork, now_utc
from yifen.tools.bench.report import BenchRow, row, table
from yifen.trades.billing.runs.lanes import LANES, each_once

GOALS = {"plain": 2.0, "tiers": 3.0}
PERIOD = date(2026, 11, 1), date(2026, 11, 30)
TABLES = ("billing_bill", "billing_line", "payable", "payable_told", "billing_used")
"""Whose rows a run writes."""
_SQL = queries(__package__)
Conn = psycopg.Connection[Any]


def arguments(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("--bills", type=stored_count, default=1_000_000, metavar="N",
        help="账单数（默认 1M）\nbills (default 1M)")  # fmt: skip
    add("--json", action="store_true", help="末行输出一个 JSON 对象\none JSON object as the last line")


def run(args: argparse.Namespace) -> int:
    if args.bills < 1:
        raise EdgeError("--bills must be 1 or more")
    with ProcessPoolExecutor(1, get_context("spawn"), max_tasks_per_child=1) as alone:  # Django knows one database
        rows = [alone.submit(_of_kind, kind, args.bills).result() for kind in GOALS]
    Console().print(table(rows))
    if args.json:
        print(json.dumps(msgspec.to_builtins(rows[0]) | {"rows": msgspec.to_builtins(rows)}))
    return 0


def _of_kind(kind: str, bills: int) -> BenchRow:
    """In a hub of its own."""
    with stored.scratch_hub() as (found, network), psycopg.connect(found.url, autocommit=True) as conn:
        return _measured(found.url, conn, network, kind, bills, Console())


def _measured(
    url: str, conn: Conn, network: BenchNetwork, kind: str, bills: int, console: Console
) -> BenchRow:  # fmt: skip
    now = now_utc()
    facts = {"biller": next(iter(network.billers.values())), "bills": bills, "tiers": kind == "tiers", "now": now}
    fee = _settled(conn, facts)
    console.print(f"[dim]{kind}: {bills:,} customers[/]")
    asked = {"fee": fee, "from_on": PERIOD[0], "to_on": PERIOD[1], **facts}
    run_id = conn.execute(_SQL["begin_bills"], asked).fetchall()[0][1]
    pieces = [piece for (piece,) in conn.execute(_SQL["bill_pieces"], (run_id,))]
    began = time.monotonic()
    each_once(url, pieces, partial(_make, run_id, now), _never)
    made = time.monotonic()
    proposal = conn.execute(_SQL["agree_to_bills"], {"run": run_id, **facts}).fetchall()[0][0]
    each_once(url, pieces, partial(_publish, proposal, now), _never)
    ours = time.monotonic() - began
    counted = conn.execute(_SQL["bills_there"], (run_id,)).fetchone()
    if counted != (bills, bills):
        raise EdgeError(f"of {bills} bills {counted} were made and published")
    base = _bare(conn)
    console.print(f"[dim]{kind}: made in {made - began:.1f} s, published in {ours + began - made:.1f} s, {LANES} lanes;"
                  f" bare {base:.1f} s[/]")  # fmt: skip
    return row(f"bill run of {bills:,}, {kind} / bare INSERT of the same rows", ours, base, GOALS[kind], "s")


def _make(run_id: int, now: datetime, conn: Conn, piece: int) -> None:
    conn.execute(_SQL["make_bills"], (run_id, piece, now))


def _publish(proposal: int, now: datetime, conn: Conn, piece: int) -> None:
    if conn.execute(_SQL["publish_bills"], (proposal, piece, now)).fetchone() != (0,):
        raise EdgeError(f"piece {piece} was not published")


def _never() -> bool:
    """Nobody ends a bench."""
    return False


def _settled(conn: Conn, facts: dict[str, Any]) -> int:
    """Customers, services and uses; the fee's number."""
    with conn.transaction():
        for name in ("bill_company", "bill_customers", "bill_services", "bill_uses", "bill_people"):
            conn.execute(_SQL[name], facts)
        fee = int(conn.execute(_SQL["bill_fee"], facts).fetchall()[0][0])
    conn.execute("VACUUM (ANALYZE)")
    return fee


def _bare(conn: Conn) -> float:
    """Seconds for the same rows, table by table, each with its indexes and constraints."""
    for name in TABLES:
        conn.execute(_SQL["bare_table"].format(name=name).encode())
    conn.execute(_SQL["bare_key"])
    began = time.monotonic()
    for name in TABLES:
        conn.execute(_SQL["bare_insert"].format(name=name).encode())
    return time.monotonic() - began
