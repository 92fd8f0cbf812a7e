"""A collector's day: his cash is a shift of the counter, what he handed in is the shift's own count, and who may sees
it."""

from typing import Any

import pytest

from tests.counter.standing import Counter
from tests.figures.reporting import text_of
from tests.web import site
from tests.web.province import Province


@pytest.fixture
def collector(place: Province) -> Counter:
    return Counter(place)


def told(place: Province, shift: int) -> Any:
    """Taken in cash, otherwise, expected, counted, difference, handed in, open."""
    import psycopg

    with psycopg.connect(place.database.app_url) as conn:
        return conn.execute(
            "SELECT cash_fen, other_fen, expected_fen, counted_fen, difference_fen, handed_in_fen, is_open"
            " FROM figure_shift WHERE shift_id = %s", (shift,)).fetchone()  # fmt: skip


def test_handed_in_is_what_his_next_shift_does_not_begin_with(collector: Counter) -> None:
    place, shift = collector.place, collector.open(20_000)
    assert told(place, shift.pk) == (0, 0, 20_000, None, None, None, True)
    first = collector.collect(tendered_fen=20_000)
    collector.owe(B3=500, B4=700)
    collector.collect(B3=500, tendered_fen=500)
    collector.collect(kind="personal", from_account="6222001234567890", B4=700)
    assert told(place, shift.pk) == (12_845, 700, 32_845, None, None, None, True)
    collector.reverse(first)  # given back out of the drawer
    assert told(place, shift.pk) == (500, 700, 20_500, None, None, None, True)
    collector.close({10_000: 2, 500: 1})
    assert told(place, shift.pk) == (500, 700, 20_500, 20_500, 0, None, False)  # it lies in the drawer
    collector.open(20_500)
    assert told(place, shift.pk)[5] == 0
    login = str(collector.teller.login)
    assert login in text_of(place, "shifts/", "supervisor")
    assert login not in site.client_of(place.foreign.user).get("/console/figures/shifts/").content.decode()
