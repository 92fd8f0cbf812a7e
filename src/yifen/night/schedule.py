"""Which books' nights are due: each book has its own cut-off and its own hour (X4)."""

from datetime import date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from yifen.hub.night import Connection
from yifen.night.cutting import end_of

AGAIN_AFTER = {"waiting": timedelta(minutes=5), "failed": timedelta(minutes=1)}
"""How long a run that waits, or failed, is left alone."""
_BOOKS = """
SELECT s.book_id, s.starts_at, k.current_day, k.cut_off, k.time_zone
FROM eod_schedule s JOIN ledger_book k USING (book_id) WHERE s.automatic ORDER BY s.book_id"""
_OPEN_RUNS = """
SELECT r.business_day, x.state, x.ended_at FROM eod_run r
LEFT JOIN LATERAL (SELECT state, ended_at FROM eod_step s WHERE s.eod_id = r.eod_id
    ORDER BY s.started_at DESC LIMIT 1) x ON true
WHERE r.book_id = %s AND r.ended_at IS NULL ORDER BY r.business_day"""
# Days that were cut by hand and never had their night: after the last one that had.
_CUT = """
SELECT DISTINCT h.business_day FROM ledger_day_head h WHERE h.book_id = %(book)s
    AND h.business_day > coalesce(
        (SELECT max(business_day) FROM eod_run WHERE book_id = %(book)s),
        (SELECT max(business_day) - 1 FROM ledger_day_head WHERE book_id = %(book)s))
ORDER BY h.business_day"""


class Due(NamedTuple):
    """A book's day that should be run now."""

    book_id: int
    day: date


def due(conn: Connection, now: datetime) -> list[Due]:
    """Nights to be run now, of books that run by themselves; a book's older days first."""
    found = []
    for book_id, starts_at, current, cut_off, zone in conn.execute(_BOOKS).fetchall():
        found += [Due(book_id, day) for day in unfinished(conn, book_id, now)]
        local = now.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
        over = end_of(current, cut_off)
        begins = datetime.combine(over.date(), starts_at)
        if local >= (begins if begins >= over else begins + timedelta(days=1)):
            found.append(Due(book_id, current))
    return found


def unfinished(conn: Connection, book_id: int, now: datetime | None = None) -> list[date]:
    """Days of a book whose night has begun, or was left out, oldest first; with `now` only those
    that were left alone long enough."""
    runs = conn.execute(_OPEN_RUNS, (book_id,)).fetchall()
    begun = {day for day, state, ended_at in runs if now is None or _again(state, ended_at, now)}
    cut = {day for (day,) in conn.execute(_CUT, {"book": book_id}).fetchall()}
    return sorted(begun | cut)


def _again(state: str | None, ended_at: datetime | None, now: datetime) -> bool:
    pause = AGAIN_AFTER.get(state or "")
    return pause is None or ended_at is None or now >= ended_at + pause
