"""Working days: weekends, holidays, make-up days, and what the books were given of them."""

from datetime import date

import psycopg
import pytest

from tests.world import Database
from yifen.trades.settlement.calendar import Calendar
from yifen.trades.settlement.calendar_seed import KNOWN_UNTIL, rows


@pytest.fixture(scope="module")
def calendar() -> Calendar:
    return Calendar({day: kind for day, kind, _ in rows()})


@pytest.mark.parametrize(
    ("day", "working", "without_make_up"),
    [("2026-11-23", True, True), ("2026-11-28", False, False), ("2026-02-14", True, False),
     ("2026-02-16", False, False), ("2026-10-10", True, False), ("2026-10-08", True, True)],
)  # fmt: skip
def test_a_day_is_what_its_row_says_else_its_weekday(
    calendar: Calendar, day: str, working: bool, without_make_up: bool
) -> None:
    at = date.fromisoformat(day)
    assert calendar.is_working_day(at) is working
    assert calendar.is_working_day(at, make_up=False) is without_make_up


@pytest.mark.parametrize(
    ("day", "days", "make_up", "expected"),
    [("2026-11-23", 1, True, "2026-11-24"), ("2026-11-27", 1, True, "2026-11-30"),
     ("2026-11-27", 0, True, "2026-11-27"), ("2026-11-28", 0, True, "2026-11-30"),
     # Spring Festival 2026: 15 to 23 February off, the 14th and the 28th worked instead.
     ("2026-02-13", 1, True, "2026-02-14"), ("2026-02-13", 1, False, "2026-02-24"),
     ("2026-02-14", 1, True, "2026-02-24"), ("2026-02-27", 1, True, "2026-02-28"),
     ("2026-02-27", 1, False, "2026-03-02"), ("2026-09-30", 2, True, "2026-10-09")],
)  # fmt: skip
def test_t_plus_n_counts_working_days(
    calendar: Calendar, day: str, days: int, make_up: bool, expected: str
) -> None:
    found = calendar.add_working_days(date.fromisoformat(day), days, make_up)
    assert found == date.fromisoformat(expected)


def test_no_days_back(calendar: Calendar) -> None:
    with pytest.raises(ValueError, match="negative"):
        calendar.add_working_days(KNOWN_UNTIL, -1)


def test_no_day_is_named_twice_and_make_up_days_are_weekends() -> None:
    found = list(rows())
    assert len({day for day, _, _ in found}) == len(found)
    assert all(day.weekday() >= 5 for day, kind, _ in found if kind == "make_up")
    assert {day.year for day, _, _ in found} == {2024, 2025, 2026, 2027}


def test_a_new_database_knows_them(database: Database) -> None:
    with psycopg.connect(database.app_url) as conn:
        stored = conn.execute("SELECT day, kind, name FROM calendar_day ORDER BY day").fetchall()
        assert stored == sorted(rows())
        calendar = Calendar.of(conn, date(2026, 2, 13))
    assert calendar.add_working_days(date(2026, 2, 13), 1, make_up=False) == date(2026, 2, 24)


@pytest.mark.parametrize(("day", "row"), [
    ("2026-11-27", []), ("2026-11-28", [("make_up", "样例：照常划付")]), ("2026-10-01", []),
    ("2026-10-03", [("make_up", "样例：照常划付")]),
], ids=["Friday", "Saturday", "holiday", "holiday and Saturday"])  # fmt: skip
def test_the_demo_pays_out_on_whatever_day_it_is_tried(database: Database, day: str, row: list[object]) -> None:
    from tests.web import site

    at = date.fromisoformat(day)
    with site.on(database), site.as_owner(database):
        from yifen.trades.settlement.sample import make_working

        make_working(at)
    with psycopg.connect(database.app_url) as conn:
        assert Calendar.of(conn, at).is_working_day(at)
        assert conn.execute("SELECT kind, name FROM calendar_day WHERE day = %s", (at,)).fetchall() == row
