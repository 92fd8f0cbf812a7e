"""Which books' nights are due: each book has its own cut-off and its own hour (X4)."""

from datetime import date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from yifen.core.facts.sqlfiles import queries
from yifen.hub.night import Connection
from yifen.night.cutting import end_of

AGAIN_AFTER = {"waiting": timedelta(minutes=5), "failed": timedelta(minutes=1)}
"""How long a run that waits, or failed, is left alone."""
_SQL = queries(__package__)
_BOOKS = _SQL["books_by_themselves"]
_OPEN_RUNS = _SQL["open_runs"]
_CUT = _SQL["cut_without_night"]


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
        if local >= begins(over, starts_at):
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


def begins(over: datetime, starts_at: time) -> datetime:
    """The night's hour: the first time that the clock shows it once the day is over."""
    same = datetime.combine(over.date(), starts_at)
    return same if same >= over else same + timedelta(days=1)
