"""`yifen cut`: close the open business day of a book and make every partner's file."""

import argparse
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import psycopg

from yifen.core import runtime
from yifen.core.facts.days import business_day
from yifen.core.facts.processes import NIGHT
from yifen.core.facts.sqlfiles import queries
from yifen.hub.payments.files import close_day

_SQL = queries(__package__)
BOOK_SQL = _SQL["book"]
LAST_SQL = _SQL["last_closed_day"]


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--book", default="hub", help="code of the book (default: hub)")
    parser.add_argument("--early", action="store_true", help="close a day that is not over yet")


def run(args: argparse.Namespace) -> int:
    settings = runtime.settings_of()
    with runtime.database(settings, NIGHT) as found:
        runtime.require_migrated(settings, found, NIGHT)
        with psycopg.connect(found.url, autocommit=True) as conn:
            cut(conn, args.book, args.early, datetime.now(UTC))
    return 0


def cut(conn: psycopg.Connection[Any], book: str, early: bool, now: datetime) -> None:
    """First what an interrupted cut left undone, then the open day, if it is over: run it as
    often as you like. EdgeError: no such book, or the day is not over."""
    row = conn.execute(BOOK_SQL, (book,)).fetchone()
    if row is None:
        raise runtime.EdgeError(f"there is no book {book!r}")
    book_id, day, cut_off, zone = row
    last = conn.execute(LAST_SQL, (book_id,)).fetchone()
    if last and last[0]:
        say(close_day(conn, book_id, last[0], now))
    local = now.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    if not early and day >= business_day(local, cut_off):
        raise runtime.EdgeError(
            f"business day {day} is not over (cut-off {cut_off:%H:%M}); --early closes it now"
        )
    lines = close_day(conn, book_id, day, now)
    print(f"business day {day} is closed")
    say(lines)


def say(lines: dict[str, int]) -> None:
    for code, count in lines.items():
        print(f"  {code}: {count} lines")
