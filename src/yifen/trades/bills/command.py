"""`yifen bills check`: what a biller's file of bills would do; nothing is kept and nothing imported."""

import argparse
import os
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

import psycopg
from rich.console import Console
from rich.table import Table

from yifen.core import runtime, starting
from yifen.core.documents.figures import grouped_yuan
from yifen.core.facts.processes import WEB
from yifen.core.facts.refused import Refused
from yifen.core.runtime import EdgeError
from yifen.trades.bills import files

SHOWN = 20


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("verb", choices=["check"], help="查看一个文件\nlook at a file")
    parser.add_argument("file", type=Path, metavar="FILE",
                        help="收费单位的文件：CSV 或 .xlsx\n"
                             "the biller's file: CSV or .xlsx")  # fmt: skip
    parser.add_argument("--biller", required=True, metavar="CODE", help="收费单位代码\ncode of the biller")


def run(args: argparse.Namespace) -> int:
    """0: every row can be read; 1: some cannot."""
    settings, console = runtime.settings_of(), Console()
    with runtime.database(settings, WEB) as found:
        runtime.require_migrated(settings, found, WEB)
        os.environ.update(runtime.environment(settings, found.url))
        os.environ["DJANGO_SETTINGS_MODULE"] = "yifen.project.settings"
        starting.set_up()
        with psycopg.connect(found.url) as conn:
            try:
                return check(conn, args.file, args.biller, settings.buckets, console)
            except Refused as refused:
                raise EdgeError(refused.text("en")) from None
            finally:
                conn.rollback()


def check(conn: files.Conn, path: Path, code: str, buckets: int, console: Console) -> int:
    """What `run` answers. Refused: as `files.take_in` and `files.hosted` refuse."""
    from yifen.trades.bills import importing  # stands on Django

    biller = files.hosted(conn, code)
    try:
        stream = path.open("rb")
    except OSError as error:
        raise EdgeError(f"{path}: {error.strerror}") from None
    with stream:
        now = datetime.now(UTC)
        file = importing.found(conn, files.take_in(conn, biller, stream, path.name, "cli", now, buckets))
        if file.received_at != now:
            console.print(f"known before: {file.name}, {file.received_by}", markup=False)
        console.print(f"{biller.code}: {file.rows:,} rows, {grouped_yuan(file.due_fen)} yuan")
        if file.wrong:
            _tell_faults(console, files.check(stream, code, files.others(conn, code)), file.wrong)
            return 1
    table = Table("what", "rows", "yuan")
    for name, (rows, fen) in importing.preview(conn, file).standings.items():
        table.add_row(importing.STANDINGS[name].en, f"{rows:,}", grouped_yuan(fen))
    console.print(table)
    return 0


def _tell_faults(console: Console, lines: Iterable[files.CheckedBill], wrong: int) -> None:
    told = 0
    for line in lines:
        if line.faults and told < SHOWN:
            told += 1
            console.print(f"line {line.line_no}: {'; '.join(f.text('en') for f in line.faults)}", markup=False)
    console.print(f"{wrong:,} rows are wrong: the file would be refused whole")
