"""Days and moments on the wire: hub-local wall clock 北京时间 (+08:00) ⇄ date, datetime, epoch."""

from datetime import date, datetime, timedelta, timezone
from functools import lru_cache

HUB_ZONE = timezone(timedelta(hours=8), "+08:00")
FIRST_YEAR, LAST_YEAR = 2000, 2199


@lru_cache(maxsize=256)
def day_of(text: str) -> date:
    """`20261130` → date. ValueError for a day that no calendar has."""
    return date(int(text[:4]), int(text[4:6]), int(text[6:]))


@lru_cache(maxsize=256)
def day_text(day: date) -> str:
    """date → `20261130`."""
    return f"{day:%Y%m%d}"


@lru_cache(maxsize=256)
def moment_of(text: str) -> datetime:
    """`20261130093015`, wall clock at the hub → datetime with +08:00. ValueError for one that no clock shows."""
    day = day_of(text[:8])
    return datetime(day.year, day.month, day.day, int(text[8:10]), int(text[10:12]), int(text[12:]), tzinfo=HUB_ZONE)


@lru_cache(maxsize=256)
def epoch_of(text: str) -> int:
    """`20261130093015`, wall clock at the hub → epoch seconds."""
    return int(moment_of(text).timestamp())


@lru_cache(maxsize=256)
def clock_text(epoch_s: int) -> str:
    """Epoch seconds → `20261130093015`, wall clock at the hub."""
    return f"{datetime.fromtimestamp(epoch_s, HUB_ZONE):%Y%m%d%H%M%S}"


def moment_text(moment: datetime) -> str:
    """datetime with an offset → `20261130093015`, wall clock at the hub; parts of a second go."""
    return clock_text(int(moment.timestamp()))


def year_is_sane(moment: date) -> bool:
    """Years 2000 to 2199: others are typing errors, and some overflow when zones change."""
    return FIRST_YEAR <= moment.year <= LAST_YEAR


def hub_moment(moment: datetime) -> datetime:
    """The same moment in the hub's zone without parts of a second: one form for both dialects.
    ValueError: its year is not sane."""
    if year_is_sane(moment):
        moment = datetime.fromtimestamp(moment.timestamp() // 1, HUB_ZONE)
    if not year_is_sane(moment):
        raise ValueError(f"the year must be {FIRST_YEAR} to {LAST_YEAR}")
    return moment
