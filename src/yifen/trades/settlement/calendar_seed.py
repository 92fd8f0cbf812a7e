"""Holidays and make-up days of mainland China as announced by the State Council, 2024 to 2026.

The spans of 2024 to 2026 were compared with the packages `holidays` and `chinesecalendar`. Of 2027
only the statutory days are known (with their substitutes for weekends); how they are joined with
weekends, and which days make up for it, is announced in November 2026: add them on the calendar
page. They are put into new databases once, and never over a row that is there.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple


class Holiday(NamedTuple):
    """From the first to the last day, both included; `make_up` are worked instead."""

    name: str
    first: str
    last: str
    make_up: tuple[str, ...] = ()


HOLIDAYS = (
    Holiday("元旦", "2024-01-01", "2024-01-01"),
    Holiday("春节", "2024-02-10", "2024-02-17", ("2024-02-04", "2024-02-18")),
    Holiday("清明节", "2024-04-04", "2024-04-06", ("2024-04-07",)),
    Holiday("劳动节", "2024-05-01", "2024-05-05", ("2024-04-28", "2024-05-11")),
    Holiday("端午节", "2024-06-10", "2024-06-10"),
    Holiday("中秋节", "2024-09-15", "2024-09-17", ("2024-09-14",)),
    Holiday("国庆节", "2024-10-01", "2024-10-07", ("2024-09-29", "2024-10-12")),
    Holiday("元旦", "2025-01-01", "2025-01-01"),
    Holiday("春节", "2025-01-28", "2025-02-04", ("2025-01-26", "2025-02-08")),
    Holiday("清明节", "2025-04-04", "2025-04-06"),
    Holiday("劳动节", "2025-05-01", "2025-05-05", ("2025-04-27",)),
    Holiday("端午节", "2025-05-31", "2025-06-02"),
    Holiday("国庆节、中秋节", "2025-10-01", "2025-10-08", ("2025-09-28", "2025-10-11")),
    Holiday("元旦", "2026-01-01", "2026-01-03", ("2026-01-04",)),
    Holiday("春节", "2026-02-15", "2026-02-23", ("2026-02-14", "2026-02-28")),
    Holiday("清明节", "2026-04-04", "2026-04-06"),
    Holiday("劳动节", "2026-05-01", "2026-05-05", ("2026-05-09",)),
    Holiday("端午节", "2026-06-19", "2026-06-21"),
    Holiday("中秋节", "2026-09-25", "2026-09-27"),
    Holiday("国庆节", "2026-10-01", "2026-10-07", ("2026-09-20", "2026-10-10")),
    Holiday("元旦", "2027-01-01", "2027-01-01"),
    Holiday("春节", "2027-02-05", "2027-02-10"),
    Holiday("清明节", "2027-04-05", "2027-04-05"),
    Holiday("劳动节", "2027-05-01", "2027-05-04"),
    Holiday("端午节", "2027-06-09", "2027-06-09"),
    Holiday("中秋节", "2027-09-15", "2027-09-15"),
    Holiday("国庆节", "2027-10-01", "2027-10-05"),
)
KNOWN_UNTIL = date(2026, 12, 31)
"""The last day whose holidays and make-up days are announced in full."""


def rows() -> Iterator[tuple[date, str, str]]:
    """(day, kind, name) of every holiday and make-up day."""
    for holiday in HOLIDAYS:
        first, last = date.fromisoformat(holiday.first), date.fromisoformat(holiday.last)
        for number in range((last - first).days + 1):
            yield first + timedelta(days=number), "holiday", holiday.name
        for day in holiday.make_up:
            yield date.fromisoformat(day), "make_up", f"{holiday.name}调休"
