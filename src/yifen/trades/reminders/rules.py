"""When a reminder may go out; pure. Hours are those of the clock on the wall, in the zone given."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta, tzinfo
from datetime import time as clock

KINDS = ("overdue", "soon", "new")  # the most urgent first
LATE = {"new": timedelta(days=3), "soon": timedelta(days=3), "overdue": timedelta(days=7)}
BACK_OFF = tuple(timedelta(minutes=m) for m in (1, 5, 30, 120, 120, 240, 240))
HOUR = timedelta(hours=1)
HOURS_MAX, SOON_MAX = 6, 15


def next_moment(after: datetime, hours: Iterable[int], quiet: frozenset[int], zone: tzinfo) -> datetime:
    """The first moment, not before `after`, in one of these hours that is not quiet; if all of them are, in the
    first hour that is not."""
    wanted = sorted(set(hours) - quiet)
    if not wanted:
        return not_quiet(after, quiet, zone)
    local = after.astimezone(zone)
    if local.hour in wanted:
        return after
    days = (local.date() + timedelta(days=day) for day in range(3))
    moments = (_at(day, hour, zone) for day in days for hour in wanted)
    return next(moment for moment in moments if moment >= after)


def not_quiet(at: datetime, quiet: frozenset[int], zone: tzinfo) -> datetime:
    """Then, or as soon after as it is not quiet."""
    while at.astimezone(zone).hour in quiet:
        at = (at + HOUR).replace(minute=0, second=0, microsecond=0)
    return at


def retry_at(now: datetime, tries: int, quiet: frozenset[int], zone: tzinfo) -> datetime | None:
    """When a carrier that said "later" is tried again; None: never."""
    return not_quiet(now + BACK_OFF[tries - 1], quiet, zone) if tries <= len(BACK_OFF) else None


def no_reason(kind: str, due_on: date | None, today: date) -> bool:
    """Whether the moment of it has gone by."""
    return kind == "soon" and due_on is not None and today > due_on


def _at(day: date, hour: int, zone: tzinfo) -> datetime:
    """An hour that the clock leaves out is the one after; of one that comes twice, the first."""
    return datetime.combine(day, clock(hour), zone)
