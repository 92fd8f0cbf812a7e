"""`yifen bench debit`: a file of debits written and its result read, beside the bare COPY of the same rows out and in.

Both begin with a table and end with one. The biller's side is measured by the layouts that the hub reads and writes."""

import argparse
import json
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import psycopg
from rich.console import Console

from yifen.core.facts.sqlfiles import queries
from yifen.core.runtime import EdgeError
from yifen.tools.bench import stored
from yifen.tools.bench.charge import stored_count
from yifen.tools.bench.report import BenchRow, row, table
from yifen.tools.bench.scratch import temporary_folder
from yifen.trades.debits.layouts import LAYOUTS
from yifen.trades.debits.layouts.forms import DebitLayout, DebitOutcome, DebitTotals, FiledRow

GOAL, ITEMS_MAX, SHORT_EVERY = 3.0, 1_000_000, 20
HEAD = {"month": "202611", "batch": "0001", "pid": "441999", "cur": "CNY", "first": "单位编号=0006;version=1.2",
        "MsgId": "20261130000001", "CreDtTm": "2026-11-30T01:00:00"}  # fmt: skip
_SQL = queries(__package__)
Conn = psycopg.Connection[Any]


def arguments(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("--items", type=stored_count, default=ITEMS_MAX, metavar="N",
        help="明细笔数（默认 1M，最多 1M）\nitems (default 1M, at most 1M)")  # fmt: skip
    add("--only", default="", help="只测这些格式，以逗号分隔\nthese layouts alone, with commas between")
    add("--json", action="store_true", help="末行输出一个 JSON 对象\none JSON object as the last line")


def run(args: argparse.Namespace) -> int:
    wanted = [name for name in args.only.split(",") if name] or list(LAYOUTS)
    if not 1 <= args.items <= ITEMS_MAX or set(wanted) - set(LAYOUTS):
        raise EdgeError(f"--items must be 1 to {ITEMS_MAX:,}, --only some of {', '.join(LAYOUTS)}")
    with stored.scratch_hub() as (found, _), psycopg.connect(found.url, autocommit=True) as conn:
        conn.execute(_SQL["debit_items"], (args.items,))
        conn.execute(_SQL["debit_tables"])
        with temporary_folder() as folder:
            bare = copied(conn, folder / "bare")
            rows = [measured(conn, LAYOUTS[name], folder / name, args.items, bare) for name in wanted]
    Console().print(table(rows))
    if args.json:
        print(json.dumps({"rows": msgspec.to_builtins(rows)}))
    return 0


def copied(conn: Conn, path: Path) -> float:
    """Seconds for the rows out to a file, and in from it."""
    began = time.monotonic()
    with path.open("wb") as file, conn.cursor().copy(_SQL["debit_out"]) as copy:
        for block in copy:
            file.write(block)
    with path.open("rb") as file, conn.cursor().copy(_SQL["debit_back"]) as copy:
        while block := file.read(1 << 20):
            copy.write(block)
    return time.monotonic() - began


def measured(conn: Conn, layout: DebitLayout, path: Path, items: int, bare: float) -> BenchRow:
    """The file of the items, then its result into a table. The hub's part in between counts too where it is the same
    code: it reads the file, and writes the result."""
    began = time.monotonic()
    into(path, lambda: layout.write(HEAD, asked(conn)))
    written = time.monotonic() - began
    head, rows = layout.read(path.read_bytes())
    into(path, lambda: layout.result(head, DebitTotals(items, 0, 0, 0, datetime.now(UTC)), decided(rows, items)))
    conn.execute(_SQL["debit_empty"])
    began = time.monotonic()
    with conn.cursor().copy(_SQL["debit_in"]) as copy:
        for place, kind, fen in layout.read_result(path.read_bytes()):
            copy.write(f"{place}\t{kind}\t{fen}\n".encode())
    spent = written + time.monotonic() - began
    if (there := conn.execute(_SQL["debit_count"]).fetchone()) != (items,):
        raise EdgeError(f"of {items} items {there} are in the result")
    path.unlink()
    what = f"{layout.name}: file of {items:,} debits written, result read / COPY out and in"
    return row(what, spent, bare, GOAL, "s")


def into(path: Path, parts: Callable[[], Iterator[bytes]]) -> None:
    with path.open("wb", buffering=1 << 20) as file:
        file.writelines(parts())


def asked(conn: Conn) -> Iterator[FiledRow]:
    """The items as a biller's database has them."""
    with conn.cursor().copy(_SQL["debit_out"]) as copy:
        copy.set_types(["int4", "text", "text", "text", "text", "int8"])
        for place, customer, account, name, ref, fen in copy.rows():
            yield FiledRow(place, customer, account, name, ref, fen, None, b"")


def decided(rows: Iterator[FiledRow], items: int) -> Iterator[DebitOutcome]:
    """Each as the core may have decided it; one in so many is short."""
    at = datetime.now(UTC)
    for one in rows:
        short = one.place % SHORT_EVERY == 0
        yield DebitOutcome(one, "short" if short else "ok", 8940 if short else 0, "可用余额不足" if short else "",
                           0 if short else one.fen, "" if short else f"HX{one.place:010d}", at)  # fmt: skip
