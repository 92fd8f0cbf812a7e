"""`yifen bench customers`: a file of customers read, checked, sealed, staged, agreed to and imported as the pages and
the worker do it, beside the bare COPY of the rows that it became."""

import argparse
import json
import resource
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

import msgspec
import psycopg
from rich.console import Console

from yifen.core.facts.sqlfiles import queries
from yifen.core.runtime import EdgeError
from yifen.tools.bench import stored
from yifen.tools.bench.charge import stored_count
from yifen.tools.bench.hub import now_utc
from yifen.tools.bench.report import BenchRow, row, table
from yifen.tools.bench.scratch import temporary_folder

GOAL, MEMORY_MB = 5.0, 512.0
HEAD = "户号,户名,小区,楼栋,单元,门牌,费种,用户类别,起始日,表号,起码"
NAMES = "王李张刘陈杨黄赵吴周", "伟芳娜敏静秀丽强磊军", "明超兰霞平刚桂英华建"
TABLES = ("payer", "billing_place", "billing_customer", "billing_service", "billing_meter")
"""Whose rows a file becomes."""
_SQL = queries(__package__)
Conn = psycopg.Connection[Any]


def arguments(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("--customers", type=stored_count, default=200_000, metavar="N",
        help="用户数（默认 200k，最多 1M）\ncustomers (default 200k, at most 1M)")  # fmt: skip
    add("--json", action="store_true", help="末行输出一个 JSON 对象\none JSON object as the last line")


def run(args: argparse.Namespace) -> int:
    if not 1 <= args.customers <= 1_000_000:
        raise EdgeError("--customers must be 1 to 1,000,000, as many as a file may have")
    with ProcessPoolExecutor(1, get_context("spawn")) as alone:  # so that its memory is this import's
        rows = alone.submit(_measured, args.customers).result()
    Console().print(table(rows))
    if args.json:
        print(json.dumps(msgspec.to_builtins(rows[0]) | {"rows": msgspec.to_builtins(rows)}))
    return 0


def _measured(customers: int) -> list[BenchRow]:
    """In a hub of its own: the seconds, and the memory of the process that reads the file and of the server's that
    writes it."""
    console, now = Console(), now_utc()
    with stored.scratch_hub() as (found, network), psycopg.connect(found.url, autocommit=True) as conn:
        facts = {"biller": next(iter(network.billers.values())), "tiers": False, "now": now}
        conn.execute(_SQL["bill_company"], facts)
        conn.execute(_SQL["bill_people"], facts)
        with temporary_folder() as folder:
            path = _file(folder, customers)
            staged, file_id = _staged(found.url, path, facts)
        imported, peak = _imported(conn, file_id, facts)
        if (there := conn.execute(_SQL["customers_there"]).fetchone()) != (customers, customers):
            raise EdgeError(f"of {customers} customers {there} were imported")
        copied = _copied(conn)
    console.print(f"[dim]read, checked, sealed, staged in {staged:.1f} s, imported in {imported:.1f} s;"
                  f" bare COPY {copied:.1f} s[/]")  # fmt: skip
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return [
        row(f"import of {customers:,} customers / bare COPY of the same rows", staged + imported, copied, GOAL, "s"),
        row("memory of the process that reads the file / 512 MB", own, MEMORY_MB, 1.0, "MB"),
        row("memory of the server's process, its own / 512 MB", peak, MEMORY_MB, 1.0, "MB"),
    ]


def _file(folder: Path, customers: int) -> Path:
    """A thousand doors a community, a meter a customer."""
    first, second, third = NAMES
    path = folder / "customers.csv"
    with path.open("w", encoding="utf-8") as out:
        out.write(HEAD + "\n")
        for n in range(customers):
            name = first[n % 10] + second[n // 10 % 10] + third[n // 100 % 10]
            out.write(f"{n:010d},{name},小区{n // 1000},{n // 50 % 20}号楼,{n // 10 % 5}单元,{n % 10}01,"
                      f"bench,residential,2026-01-01,M{n},100\n")  # fmt: skip
    return path


def _staged(url: str, path: Path, facts: dict[str, Any]) -> tuple[float, int]:
    """As the pages take it in: seconds, and its number."""
    from yifen.trades.billing.customers import files

    with psycopg.connect(url) as conn, path.open("rb") as stream:
        began = time.monotonic()
        biller = files.billing_biller(conn, facts["biller"])
        file_id = files.take_in(conn, biller, stream, path.name, "bench1", facts["now"], 1)
        conn.commit()
        return time.monotonic() - began, file_id


def _imported(conn: Conn, file_id: int, facts: dict[str, Any]) -> tuple[float, float]:
    """Two people's word, then every piece as the worker writes it: seconds, and the server's megabytes."""
    began = time.monotonic()
    proposal = conn.execute(_SQL["agree_to_customers"], {"file": file_id, **facts}).fetchall()[0][0]
    pieces = conn.execute(_SQL["customer_pieces"], (proposal,)).fetchall()
    peak = 0.0
    for (piece,) in pieces:
        if conn.execute(_SQL["import_customers"], (proposal, piece, facts["now"])).fetchone() != (0,):
            raise EdgeError(f"piece {piece} was not imported")
        peak = max(peak, _own_mb(conn.info.backend_pid))
    return time.monotonic() - began, peak


def _own_mb(pid: int) -> float:
    """What a process of the server has by itself, without the memory that all share; 0 where /proc is not."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0.0
    return sum(int(line.split()[1]) for line in lines if line.startswith("RssAnon:")) / 1024


def _copied(conn: Conn) -> float:
    """Seconds for the same rows into tables of the same shape, read from a file."""
    spent = 0.0
    for name in TABLES:
        conn.execute(_SQL["bare_table"].format(name=name).encode())
        with TemporaryFile() as rows:
            rows.writelines(_rows(conn, name))
            rows.seek(0)
            began = time.monotonic()
            with conn.cursor().copy(f"COPY bench_{name} FROM STDIN".encode()) as copy:
                while block := rows.read(1 << 20):
                    copy.write(block)
            spent += time.monotonic() - began
    return spent


def _rows(conn: Conn, name: str) -> Iterator[bytes]:
    with conn.cursor().copy(f"COPY {name} TO STDOUT".encode()) as copy:
        for block in copy:
            yield bytes(block)
