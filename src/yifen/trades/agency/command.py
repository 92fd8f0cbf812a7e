"""`yifen banks FILE`: the list of banks by their number 行号, of which cheques may be. Only who owns the database keeps
it."""

import argparse
from pathlib import Path

import psycopg
from rich.console import Console

from yifen.core import runtime
from yifen.core.facts.processes import OWNER
from yifen.core.facts.refused import Refused
from yifen.core.facts.sqlfiles import queries
from yifen.core.runtime import EdgeError
from yifen.hub.corebank.operations import Connection
from yifen.trades.agency import rules

_SQL = queries(__package__)


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="FILE",
                        help="行号表：CSV，行号,行名\nthe list: CSV, number of 12 digits, name")  # fmt: skip


def run(args: argparse.Namespace) -> int:
    """0: all of it is there."""
    settings = runtime.settings_of()
    try:
        body = args.file.read_bytes()
    except OSError as error:
        raise EdgeError(f"{args.file}: {error.strerror}") from None
    with runtime.database(settings, OWNER) as found:
        runtime.require_migrated(settings, found, OWNER)
        with psycopg.connect(found.url) as conn:
            try:
                new = keep(conn, body)
            except Refused as refused:
                raise EdgeError(refused.text("en")) from None
    Console().print(f"{new} banks are new or have another name", markup=False)
    return 0


def keep(conn: Connection, body: bytes) -> int:
    """Those of the list; none is removed, for cheques name it. Answers how many are new or renamed. Refused:
    BANKS_UNREADABLE (nothing of it was taken)."""
    return sum(conn.execute(_SQL["keep_bank"], bank).rowcount for bank in rules.banks(body))
