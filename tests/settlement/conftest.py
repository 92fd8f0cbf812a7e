"""The network that is settled: WATER and HEAT hosted, channels WX and BANK, the day DAY."""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from tests.settlement.squared import Squared


@pytest.fixture(scope="module")
def network(rolled_back: psycopg.Connection[Any]) -> Squared:
    """Made once a module, in the transaction that is never committed."""
    world = Squared(rolled_back)
    world.network()
    return world


@pytest.fixture
def world(network: Squared) -> Iterator[Squared]:
    """The network, for one test."""
    own = network.on(network.conn)
    own.run("SAVEPOINT test")
    yield own
    own.run("ROLLBACK TO test")
    own.run("RELEASE test")
