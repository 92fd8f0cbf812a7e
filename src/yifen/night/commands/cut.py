"""`yifen cut`: close the open business day of a book and make every partner's file."""

import argparse
import sys
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import psycopg

from yifen.core import runtime
from yifen.core.facts.codes import Code
from yifen.core.facts.days import DayError, business_day, parse_day
from yifen.core.facts.processes import NIGHT, OWNER
from yifen.core.facts.refused import Refused
from yifen.core.facts.sqlfiles import queries
from yifen.hub.payments.files import ClosedDay, close_day, cutting
from yifen.night.codes import NightCode
from yifen.night.commands.saying import both, no_book, said
from yifen.night.cutting import last_cut, require_had
from yifen.night.words import reason_text

BOOK_SQL = queries(__package__)["book"]


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--book", default="hub", help="账簿代码（默认 hub）\ncode of the book (default: hub)")
    parser.add_argument("--day",
                        help="只日切这个会计日期，yyyy-MM-dd\n"
                             "close this business day and no other, yyyy-MM-dd")  # fmt: skip
    parser.add_argument("--early", action="store_true",
                        help="以属主身份，日切尚未结束的会计日期\n"
                             "close a day that is not over yet, as the owner")  # fmt: skip


def run(args: argparse.Namespace) -> int:
    settings = runtime.settings_of()
    role = OWNER if args.early else NIGHT
    with runtime.database(settings, role) as found:
        runtime.require_migrated(settings, found, role)
        with psycopg.connect(found.url, autocommit=True) as conn:
            try:
                day = parse_day(args.day) if args.day else None
                whole = cut(conn, args.book, args.early, datetime.now(UTC), day, runtime.age_s())
            except (Refused, DayError) as error:
                raise runtime.EdgeError(said(error)) from None
    return 0 if whole else 1


def cut(
    conn: psycopg.Connection[Any], book: str, early: bool, now: datetime, day: date | None = None,
    age_s: float = 0,
) -> bool:  # fmt: skip
    """First what an interrupted cut left undone, then the open day, if it is over: run it as often as
    you like. `day`: that one or none; without it none that somebody closed in the `age_s` seconds since
    this process began, so that two at once close one. False: a partner's file could not be made.
    EdgeError: no such book, or the day is not over. Refused: DAY_CUT_ALREADY, DAY_NOT_OPEN, DAY_NEVER_WAS."""
    row = conn.execute(BOOK_SQL, (book,)).fetchone()
    if row is None:
        raise no_book(book)
    book_id, expected = row[0], day or row[1]
    require_had(conn, book_id, expected)
    with cutting(conn, book_id):  # another may have cut meanwhile what is expected to be open
        last = last_cut(conn, book_id, age_s)
        if last is not None:
            say(close_day(conn, book_id, last.day, now))
            if expected <= last.day or (day is None and last.fresh):
                told = last.told if day in (None, last.day) else str(day)
                raise Refused(NightCode.DAY_CUT_ALREADY, "day", told)
        _check_over(conn, book, expected, early, now)
        closed = close_day(conn, book_id, expected, now)
    print(both(f"会计日期 {expected} 已日切", f"business day {expected} is closed"))
    return say(closed)


def _check_over(
    conn: psycopg.Connection[Any], book: str, day: date, early: bool, now: datetime
) -> None:
    row = conn.execute(BOOK_SQL, (book,)).fetchone()
    assert row is not None
    _, current, cut_off, zone = row
    if day != current:
        raise Refused(Code.DAY_NOT_OPEN, "day", f"{day}; the book is at {current}")
    local = now.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    if not early and day >= business_day(local, cut_off):
        raise runtime.EdgeError(both(
            f"会计日期 {day} 尚未结束（日切时点 {cut_off:%H:%M}），--early 提前日切",
            f"business day {day} is not over (cut-off {cut_off:%H:%M}); --early closes it now",
        ))  # fmt: skip


def say(closed: ClosedDay) -> bool:
    """What became of each partner's file; True: all are there."""
    for code, count in closed.lines.items():
        print(f"  {code}: {both(f'{count} 笔', f'{count} lines')}")
    for told in closed.failed:
        print(f"  {both(reason_text(told, 'zh'), reason_text(told, 'en'))}", file=sys.stderr)
    return not closed.failed
