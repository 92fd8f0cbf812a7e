"""Any season: every report's totals are the ledger's to the fen, rows add up to totals however the report is cut, and
an outsider's own query says the same."""

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.billing.town import Town
from tests.figures.season import Season
from tests.sampling import ALL
from tests.world import World

STEPS = st.lists(st.one_of(
    st.tuples(st.just("bill"), st.integers(0, 900_000)),
    st.tuples(st.just("pay"), st.integers(0, 3)),
    st.tuples(st.just("prepay"), st.integers(1, 60_000)),
    st.tuples(st.just("fixed"), st.just(0)),
    st.tuples(st.just("part"), st.integers(1, 1000)),
    st.tuples(st.just("buy"), st.integers(1, 9_999)),
    st.tuples(st.just("imported"), st.integers(1, 60_000)),
    st.tuples(st.just("reverse"), st.integers(0, 3)),
    st.tuples(st.just("cancel"), st.integers(0, 3)),
    st.tuples(st.just("correct"), st.integers(-400_000, 400_000)),
    st.tuples(st.just("ask"), st.integers(0, 40)),
    st.tuples(st.just("refund"), st.integers(0, 3)),
    st.tuples(st.just("write_off"), st.integers(0, 3)),
    st.tuples(st.just("take_up"), st.integers(0, 3)),
), min_size=4, max_size=10)  # fmt: skip
RICH = [("bill", 300_000), ("pay", 0), ("fixed", 0), ("part", 400), ("buy", 5_000), ("bill", 900_000), ("cancel", 0),
        ("ask", 30), ("prepay", 20_000), ("bill", 100_000), ("part", 300), ("refund", 1), ("reverse", 3)]  # fmt: skip
IMPORTED = [("bill", 300_000), ("imported", 12_345), ("pay", 0), ("imported", 500), ("refund", 0), ("prepay", 800)]
WRITTEN = [*RICH[:-2], ("write_off", 0), ("fixed", 0), ("write_off", 1), ("take_up", 0), ("refund", 1)]


@pytest.fixture(scope="module")
def plain(rolled_back: Any) -> Iterator[Town]:
    yield Town(World(rolled_back))
    rolled_back.rollback()


@settings(
    max_examples=100 if ALL else 4,
    deadline=None,
    derandomize=not ALL,
    suppress_health_check=list(HealthCheck),
)
@example(RICH)
@example(WRITTEN)
@example(IMPORTED)
@given(STEPS)
def test_a_reports_totals_are_the_ledgers_whatever_happened(
    plain: Town, steps: list[tuple[str, int]]
) -> None:
    world = plain.world
    now, serials = world.now, plain.serials
    world.run("SAVEPOINT season")
    try:
        season = Season(plain)
        for name, size in steps:
            getattr(season, name)(size)
        season.look()
    finally:
        world.run("ROLLBACK TO season")
        world.now, plain.serials = now, serials
