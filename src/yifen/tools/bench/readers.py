"""`yifen bench readers`: how many rows a second the reader of each format gives, from a file of a day.

Alone, in one process: no database, nothing made of the rows. A reader that gives blocks is asked for those.
The goal is held against the rows in a second of the processor, which others on the machine change little.
"""

import argparse
import json
import time
from pathlib import Path

import msgspec
from rich.console import Console
from rich.table import Table

from yifen.core.runtime import EdgeError
from yifen.tools.bench.readers_data import FILES, FormatFile, Payment, payments
from yifen.tools.bench.scratch import temporary_folder
from yifen.trades.reconciliation.readers.block import Block
from yifen.trades.reconciliation.readers.registry import open_file

ROWS_MAX = 10_000_000


class ReaderRow(msgspec.Struct, frozen=True):
    """One format's figure: the best of the rounds."""

    name: str
    rows: int
    megabytes: float
    rows_per_s: int
    rows_per_cpu_s: int
    goal: int


def arguments(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("--rows", type=int, default=200_000,
        help="每个文件的行数（默认 200,000）\n"
             "rows of each file (default 200,000)")  # fmt: skip
    add("--rounds", type=int, default=3,
        help="每个文件读取的次数（默认 3），取最快\n"
             "how often each file is read (default 3); the best counts")  # fmt: skip
    add("--only", default="",
        help="只测这些格式，以逗号分隔\n"
             "these formats alone, with commas between")  # fmt: skip
    add(
        "--json",
        action="store_true",
        help="末行输出一个 JSON 对象\none JSON object as the last line",
    )


def run(args: argparse.Namespace) -> int:
    if not 1_000 <= args.rows <= ROWS_MAX:
        raise EdgeError(f"--rows must be from 1,000 to {ROWS_MAX:,}")
    wanted = set(filter(None, args.only.split(",")))
    if unknown := wanted - {file.name for file in FILES}:
        raise EdgeError(f"no such format: {', '.join(sorted(unknown))}")
    console = Console()
    rows = payments(args.rows)
    with temporary_folder() as folder:
        found = [
            measure(file, rows, folder, args.rounds)
            for file in FILES
            if not wanted or file.name in wanted
        ]
    console.print(_table(found))
    if args.json:
        print(json.dumps({"readers": msgspec.to_builtins(found)}))
    return 0 if all(row.rows == args.rows for row in found) else 1


def measure(file: FormatFile, rows: list[Payment], folder: Path, rounds: int) -> ReaderRow:
    """The file written, read and taken away."""
    path = folder / file.name
    with path.open("w", encoding=file.encoding, newline="") as out:
        out.writelines(file.lines(rows))
    size, times, cpu, count = path.stat().st_size, [], [], 0
    for _ in range(rounds):
        began, used = time.perf_counter(), time.process_time()
        count = _count(file, path)
        times.append(time.perf_counter() - began)
        cpu.append(time.process_time() - used)
    path.unlink()
    return ReaderRow(
        file.name,
        count,
        round(size / 1e6, 1),
        round(count / min(times)),
        round(count / min(cpu)),
        file.goal,
    )


def _count(file: FormatFile, path: Path) -> int:
    with path.open("rb") as stream:
        reading = open_file(file.code, stream, file.hints)
        return sum(
            piece.lines if isinstance(piece, Block) else len(piece)
            for piece in reading.pieces(2_000)
        )


def _table(rows: list[ReaderRow]) -> Table:
    made = Table("format", "MB", "rows/s", "rows/CPU s", "goal")
    for row in rows:
        reached = row.rows_per_cpu_s >= row.goal
        made.add_row(row.name, f"{row.megabytes}", f"{row.rows_per_s:,}", f"{row.rows_per_cpu_s:,}",
                     f"≥ {row.goal:,}" + ("" if reached else "  [yellow]not reached[/]"))  # fmt: skip
    return made
