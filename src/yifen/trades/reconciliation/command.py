"""`yifen reconcile`: one partner's file against our side, to the fen."""

import argparse
import json
import time
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, BinaryIO

import msgspec
import psycopg
from rich.console import Console
from rich.table import Table

from yifen.core import runtime
from yifen.core.facts.days import DayError, parse_day
from yifen.core.facts.money import format_yuan
from yifen.core.facts.processes import NIGHT
from yifen.core.facts.refused import Refused
from yifen.core.facts.sqlfiles import queries
from yifen.core.runtime import EdgeError
from yifen.trades.reconciliation import files, runs
from yifen.trades.reconciliation.files import TakenFile
from yifen.trades.reconciliation.profile import read_profile
from yifen.trades.reconciliation.readers.looks import HEAD, nearest, sniff
from yifen.trades.reconciliation.readers.registry import FORMATS
from yifen.trades.reconciliation.reasons import of_file
from yifen.trades.reconciliation.runs import RunOutcome

SHOWN = 50
_SQL = queries(__package__)
_PARTNER = _SQL["partner"]
_ITEMS = _SQL["open_items"]


def arguments(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("file", type=Path, metavar="FILE", help="合作方的文件\nthe partner's file")
    add("--partner", required=True, metavar="P", help="合作方代码\ncode of the partner")
    add("--day", help="文件未写明时，其会计日期，yyyy-MM-dd\nits business day, yyyy-MM-dd, where the file does not say")
    add("--format", default="", choices=["", *FORMATS], metavar="FORMAT",
        help=f"不用合作方登记的格式，改用：{', '.join(FORMATS)}\n"
             f"instead of the partner's own: {', '.join(FORMATS)}")  # fmt: skip
    add("--replaces-all", action="store_true",
        help="取代当日的全部文件，而不只是同名或同一部分的\n"
             "it takes the place of all files of its day, not only of those of its name or part")  # fmt: skip
    add("--json", action="store_true", help="末行输出一个 JSON 对象\none JSON object as the last line")


def run(args: argparse.Namespace) -> int:
    """0: everything agrees or waits for the next day; 1: something does not."""
    settings, console, began = runtime.settings_of(), Console(), time.monotonic()
    with runtime.database(settings, NIGHT) as found:
        runtime.require_migrated(settings, found, NIGHT)
        with psycopg.connect(found.url, autocommit=True) as conn, _opened(args.file) as stream:
            try:
                taken, outcome = reconcile(conn, args, stream)
            except (Refused, DayError) as error:
                raise EdgeError(error.text("en") if isinstance(error, Refused) else str(error)) \
                    from None  # fmt: skip
            seconds = time.monotonic() - began
            _tell(console, conn, taken, outcome)
    if args.json:
        told = msgspec.to_builtins(outcome) | {"file": msgspec.to_builtins(taken, enc_hook=str)}
        print(json.dumps(told | {"seconds": round(seconds, 2)}, ensure_ascii=False))
    return 1 if outcome.differences else 0


def reconcile(
    conn: psycopg.Connection[Any], args: argparse.Namespace, stream: BinaryIO
) -> tuple[TakenFile, RunOutcome]:
    """Take the file in, then reconcile its day. Of a partner without a profile the file's own look
    says its format."""
    now = datetime.now(UTC)
    day: date | None = parse_day(args.day) if args.day else None
    profile = read_profile(conn, args.partner)
    code = args.format or ("" if profile.described else _format_of(args.file.name, stream))
    taken = files.take_in(conn, profile, stream, args.file.name, "cli", now, day, code,
                          args.replaces_all)  # fmt: skip
    for one in taken.before:
        runs.reconcile(conn, profile, one.business_day, now)
    return taken, runs.reconcile(conn, profile, taken.business_day, now)


def _format_of(name: str, stream: BinaryIO) -> str:
    """By its looks. Refused FILE_FORMAT_UNKNOWN: it looks like none, and what it comes nearest to; a file
    of no bytes looks like nothing, and is the hub's."""
    head = stream.read(HEAD)
    found = sniff(name, head)
    if found is None and head:
        error = nearest(name, stream)
        raise Refused(error.code, error.column, of_file(name, error.reason))
    return found or ""


def _opened(path: Path) -> BinaryIO:
    try:
        return path.open("rb")
    except OSError as error:
        raise EdgeError(f"{path}: {error.strerror}") from None


def _tell(
    console: Console, conn: psycopg.Connection[Any], taken: TakenFile, outcome: RunOutcome
) -> None:
    """What agreed, and the first differences."""
    again = ", already known" if taken.known else ""
    console.print(
        f"{outcome.partner} {outcome.business_day}: version {taken.version}{again}, "
        f"{taken.rows:,} rows, {format_yuan(taken.amount_fen)} yuan"
    )
    console.print(
        f"matched {outcome.matched.count:,} of our {outcome.ours.count:,}, "
        f"{format_yuan(outcome.matched.amount_fen)} yuan, fee "
        f"{format_yuan(outcome.matched.fee_fen)} yuan; waiting for the next day: {outcome.waiting}"
    )
    for one in taken.before:
        console.print(f"also of {one.business_day}: version {one.version}, {one.rows:,} rows")
    for note in taken.notes:
        console.print(f"note: {note}")
    partner = conn.execute(_PARTNER, (outcome.partner,)).fetchone()
    assert partner is not None
    rows = conn.execute(_ITEMS, (partner[0], outcome.business_day, SHOWN + 1)).fetchall()
    if rows:
        console.print(_table(rows[:SHOWN]))
    if len(rows) > SHOWN:
        console.print(f"… the first {SHOWN}; the console has all of them")
    if not outcome.differences:
        console.print("[green]everything agrees, to the fen 一分不差[/green]")


def _table(rows: list[tuple[Any, ...]]) -> Table:
    table = Table("class", "state", "serial", "ours", "theirs", "line")
    for name, state, serial, ours, theirs, line in rows:
        money = ["" if fen is None else format_yuan(fen) for fen in (ours, theirs)]
        table.add_row(name, state, serial, *money, "" if line is None else str(line))
    return table
