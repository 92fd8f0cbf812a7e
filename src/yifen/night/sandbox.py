"""The sandbox's day is cut by itself, so that a channel can fetch its daily file without anyone's help.

Over by the clock: at once. Sooner, when a channel that has payments on the open day asked for a file
that is not there; then the sandbox's day runs ahead of the calendar, and nothing real is in it.
"""

from datetime import datetime, timedelta

from yifen.core.facts.sandbox import SANDBOX_BOOK_ID
from yifen.core.facts.sqlfiles import queries
from yifen.hub.night import Connection
from yifen.hub.payments.files import close_day
from yifen.night.cutting import is_over

_SQL = queries(__package__)
PAUSE = timedelta(minutes=5)  # between two cuts that were asked for
DAYS_AT_ONCE = 7
"""Of a sandbox that nobody tended; the next minute goes on."""


def cut_sandbox(conn: Connection, now: datetime) -> int:
    """Cuts what is due, and makes the files; answers how many days. `conn` in autocommit."""
    cut = 0
    while cut < DAYS_AT_ONCE:
        row = conn.execute(_SQL["book_day"], (SANDBOX_BOOK_ID,)).fetchone()
        if row is None:  # nobody was ever registered
            break
        day, cut_off, zone = row
        if not (is_over(day, cut_off, zone, now) or (cut == 0 and _asked(conn, day, now))):
            break
        close_day(conn, SANDBOX_BOOK_ID, day, now)
        cut += 1
    return cut


def _asked(conn: Connection, day: object, now: datetime) -> bool:
    known = {"book": SANDBOX_BOOK_ID, "day": day, "before": now - PAUSE}
    row = conn.execute(_SQL["sandbox_asked"], known).fetchone()
    return bool(row and row[0])
