"""`--stored N`: a hub that has been running. N paid bills, made in SQL by the functions that every charge goes
by, so that chain, sums and indexes are those of N charges; in as many months as `MONTHS`."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
from rich.console import Console

from yifen.core import runtime
from yifen.core.embedded.cluster import DATABASE
from yifen.core.embedded.server import EmbeddedPostgres
from yifen.core.facts.processes import OWNER
from yifen.core.facts.sqlfiles import queries
from yifen.core.runtime import Database, EdgeError
from yifen.tools.bench.hub import CHANNEL, BenchNetwork, now_utc, register
from yifen.tools.bench.scratch import temporary_folder

MONTHS, MONTH = 10, timedelta(days=32)
FIRST = 1_000_000_000  # number of the first of these bills: the load generator's own stay below
AT_ONCE = 2_000
_SQL = queries(__package__)


@contextmanager
def scratch_hub(days: int = 0) -> Iterator[tuple[Database, BenchNetwork]]:
    """A hub of its own with the bench's network, its open business day so many `days` ago; gone afterwards."""
    with temporary_folder() as folder:
        settings = runtime.settings_of({"YIFEN_DATA": str(folder), "YIFEN_BUCKETS": "1",
                                        "YIFEN_KEY_RING": os.environ.get("YIFEN_KEY_RING", ""),
                                        "YIFEN_PG_BIN": os.environ.get("YIFEN_PG_BIN", "")})  # fmt: skip
        bin_dir = Path(settings.pg_bin) if settings.pg_bin else None
        with EmbeddedPostgres(folder / "postgres", bin_dir=bin_dir) as server:
            found = Database(server.url(OWNER, DATABASE))
            runtime.migrate(settings, found.url)
            yield found, register(settings, now_utc(), days)


def store(
    found: Database, network: BenchNetwork, count: int, now: datetime, console: Console,
    since: int = 0, closed: bool = False,
) -> int:  # fmt: skip
    """Stores at least this many payments behind `since` others; how many. `closed`: the payments of each month are
    of one business day, which is closed and counted. EdgeError when one was refused."""
    step = -(-count // MONTHS // AT_ONCE) * AT_ONCE
    with psycopg.connect(found.url, autocommit=True, options="-c synchronous_commit=off") as conn:
        channel = conn.execute(_SQL["channel_id"], (CHANNEL,)).fetchone()
        assert channel is not None
        facts = {"billers": list(network.billers.values()), "channel": channel[0], "now": now, "count": AT_ONCE}
        for month in range(MONTHS):
            day = conn.execute(_SQL["open_day"]).fetchall()[0][0]
            begin = FIRST + since + month * step
            for first in range(begin, begin + step, AT_ONCE):
                _some(conn, {**facts, "first": first, "day": day})
            if closed:
                conn.execute(_SQL["close_day"], {"day": day, "now": now})
            conn.execute("VACUUM (ANALYZE) payable, payment_serial")
            conn.execute(_SQL["store_month"], (now + (bool(since) * MONTHS + month + 1) * MONTH,))
            console.print(f"[dim]{since + (month + 1) * step:,} payments stored[/]")
    return MONTHS * step


def _some(conn: psycopg.Connection[Any], facts: dict[str, Any]) -> None:
    conn.execute(_SQL["store_bills"], facts)
    booked = conn.execute(_SQL["store_charges"], facts).fetchone()
    if booked != (AT_ONCE,):
        raise EdgeError(f"of {AT_ONCE} payments to be stored {booked} were booked")
