"""A day of payments over one channel and one biller's own system, and files about it."""

from collections.abc import Iterator

import pytest

from tests.reconciliation.day import Day
from tests.world import World


@pytest.fixture(scope="module")
def booked(rolled_back) -> Day:
    """A closed day of many payments, never committed."""
    return Day(World(rolled_back))


@pytest.fixture
def day(booked: Day) -> Iterator[Day]:
    """The same for one test, which changes nothing for the next."""
    with booked.world.conn.transaction(force_rollback=True):
        yield booked
