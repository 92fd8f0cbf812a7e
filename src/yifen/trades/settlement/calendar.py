"""Working days 工作日: the weekday, unless a row of `calendar_day` says otherwise (X4)."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, Self

import psycopg

from yifen.core.facts.sqlfiles import queries

DAYS_SQL = queries(__package__)["calendar_days"]
LOOK_AHEAD = timedelta(days=400)


class Calendar:
    """Days that are not what their weekday says; days without a row are."""

    def __init__(self, kinds: Mapping[date, str]) -> None:
        self._kinds = dict(kinds)

    @classmethod
    def of(cls, conn: psycopg.Connection[Any], around: date) -> Self:
        """What the books know of the days from `around` on."""
        rows = conn.execute(DAYS_SQL, (around, around + LOOK_AHEAD)).fetchall()
        return cls(dict(rows))

    def is_working_day(self, day: date, make_up: bool = True) -> bool:
        """`make_up`: does a make-up day 调休 count? Clearing systems work on it, not every bank
        does (domain.md case 20)."""
        kind = self._kinds.get(day)
        if kind == "holiday":
            return False
        return day.weekday() < 5 or (kind == "make_up" and make_up)

    def add_working_days(self, day: date, days: int, make_up: bool = True) -> date:
        """T+N: the N-th working day after `day`; with 0 the day itself, or the next that works."""
        if days < 0:
            raise ValueError("days must not be negative")
        if days == 0:
            day, days = day - timedelta(days=1), 1
        while days:
            day += timedelta(days=1)
            days -= self.is_working_day(day, make_up)
        return day
