"""A day of payments over one channel and one biller's own system, and files about it."""

from collections.abc import Iterator

import pytest

from tests.reconciliation.day import Day
from tests.world import World
from yifen.trades.reconciliation import files


@pytest.fixture(scope="module")
def booked(rolled_back) -> Day:
    """A closed day of many payments, never committed."""
    return Day(World(rolled_back))


@pytest.fixture(params=[files.PACKED_FROM, 0], ids=["rows", "packs"])
def day(booked: Day, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Day]:
    """The same for one test, which changes nothing for the next; lines of its files in rows, and in packs."""
    monkeypatch.setattr(files, "PACKED_FROM", request.param)
    with booked.world.conn.transaction(force_rollback=True):
        yield booked
