"""`yifen cut`: close the open business day of a book and make every partner's file."""

import argparse
from datetime import UTC, datetime

import psycopg

from yifen.cli import runtime
from yifen.payments.files import close_day


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--book", default="hub", help="code of the book (default: hub)")


def run(args: argparse.Namespace) -> int:
    settings = runtime.settings_of()
    with runtime.database(settings) as found:
        runtime.require_migrated(found)
        with psycopg.connect(found.app_url, autocommit=True) as conn:
            row = conn.execute(
                "SELECT book_id, current_day FROM ledger_book WHERE code = %s", (args.book,)
            ).fetchone()
            if row is None:
                raise runtime.EdgeError(f"there is no book {args.book!r}")
            lines = close_day(conn, row[0], row[1], datetime.now(UTC))
    print(f"business day {row[1]} is closed")
    for code, count in lines.items():
        print(f"  {code}: {count} lines")
    return 0
