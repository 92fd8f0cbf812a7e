"""The step `cut` 日切: close the book's day once it is over, and make every partner's file."""

from datetime import date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from yifen.core.facts.days import ZONE, business_day
from yifen.core.facts.refused import Refused
from yifen.core.facts.sqlfiles import queries
from yifen.hub.night import Connection, Night, NightTally, Reason, Result, Waits
from yifen.hub.payments.files import close_day
from yifen.night.codes import NightCode

MIDNIGHT = time(0, 0)
_SQL = queries(__package__)
_BOOK = _SQL["book_day"]
_WHOSE = _SQL["institutions"]
_LAST = _SQL["last_cut"]
_FIRST = _SQL["first_day"]


class LastCut(NamedTuple):
    """Where a book was cut last. `fresh`: since whoever asks began, so that what he took for the open
    day may be the day behind the one he was started for."""

    day: date
    at: datetime
    by: str
    fresh: bool

    @property
    def told(self) -> str:
        return f"{self.day}, at {self.at.astimezone(ZONE):%H:%M:%S} by {self.by}"


def cut(conn: Connection, night: Night) -> Result:
    """Waits while the day is open and not over (unless early), or still lies ahead."""
    row = conn.execute(_BOOK, (night.book_id,)).fetchone()
    assert row is not None
    current, cut_off, zone = row
    if night.day > current:
        raise Waits([Reason("day_ahead", day=night.day, detail=str(current))])
    if night.day == current and not (night.early or is_over(night.day, cut_off, zone, night.now)):
        raise Waits([Reason("day_open", day=night.day, detail=f"{cut_off:%H:%M}")])
    closed = close_day(conn, night.book_id, night.day, night.now)
    whose, tally = dict(conn.execute(_WHOSE, (night.book_id,)).fetchall()), NightTally()
    for code, count in closed.lines.items():
        tally.add(whose[code], files=1, lines=count)
    for told in closed.failed:
        tally.add(told["institution"], failed=1)
    return tally.result(failed=closed.failed)


def last_cut(conn: Connection, book_id: int, age_s: float = 0) -> LastCut | None:
    """None: never. `age_s`: for how long the asking process has been there."""
    row = conn.execute(_LAST, {"book": book_id, "age_s": age_s}).fetchone()
    return LastCut(*row) if row else None


def require_had(conn: Connection, book_id: int, day: date) -> None:
    """Refused DAY_NEVER_WAS: the book began later."""
    row = conn.execute(_FIRST, (book_id,)).fetchone()
    if row is not None and day < row[0]:
        raise Refused(NightCode.DAY_NEVER_WAS, "day", f"{day} < {row[0]}")


def is_over(day: date, cut_off: time, zone: str, now: datetime) -> bool:
    """Is this business day over, by the book's own clock?"""
    return business_day(now.astimezone(ZoneInfo(zone)).replace(tzinfo=None), cut_off) > day


def end_of(day: date, cut_off: time) -> datetime:
    """When a business day is over, local time; a cut-off of 00:00 is the end of the day."""
    moment = datetime.combine(day, cut_off)
    return moment + timedelta(days=1) if cut_off == MIDNIGHT else moment
