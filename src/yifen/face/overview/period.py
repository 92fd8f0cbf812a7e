"""The period that the dashboard shows: a business day, its week or its month; and those beside it."""

from datetime import date, timedelta
from typing import Literal, NamedTuple

By = Literal["day", "week", "month"]
ONE_DAY, ONE_WEEK = timedelta(days=1), timedelta(days=7)


class Period(NamedTuple):
    """Business days, both included; `open_day` is the one that is open now."""

    by: By
    since: date
    until: date
    open_day: date

    @property
    def is_open(self) -> bool:
        """Whether it still grows."""
        return self.since <= self.open_day <= self.until

    @property
    def before(self) -> "Period":
        return period(self.by, self.since - ONE_DAY, self.open_day)

    @property
    def after(self) -> "Period | None":
        """None: it lies ahead."""
        next_day = self.until + ONE_DAY
        return period(self.by, next_day, self.open_day) if next_day <= self.open_day else None

    @property
    def compared(self) -> dict[str, "Period"]:
        """The periods that it is held against, by what they are called (`words.COMPARED`)."""
        if self.by != "day":
            return {f"{self.by}_before": self.before}
        return {"day_before": self.before, "same_weekday": period("day", self.since - ONE_WEEK, self.open_day)}


def period(by: By, day: date, open_day: date) -> Period:
    """That holds this day."""
    if by == "day":
        return Period(by, day, day, open_day)
    if by == "week":
        monday = day - timedelta(days=day.weekday())
        return Period(by, monday, monday + timedelta(days=6), open_day)
    first = day.replace(day=1)
    return Period(by, first, (first + timedelta(days=31)).replace(day=1) - ONE_DAY, open_day)
