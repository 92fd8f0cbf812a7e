"""Two gateway processes on one database of four buckets, and bills to pay."""

from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import NamedTuple

import psycopg
import pytest

from tests.conftest import NewDatabase, NewGateway
from tests.torture.traffic import Books, Door, committed, owe_many
from tests.world import Database
from yifen.hub.payments.verify import verify

BUCKETS = 4


class Place(NamedTuple):
    """Where the races are run."""

    database: Database
    urls: list[str]
    bills: Iterator[tuple[str, int]]

    @asynccontextmanager
    async def doors(
        self, count: int, channel: str = "WX", dialect: str = "xml"
    ) -> AsyncIterator[list[Door]]:
        """As many clients, each with a connection of its own, in turn to either gateway."""
        async with AsyncExitStack() as stack:
            yield [
                await stack.enter_async_context(
                    Door(self.urls[n % len(self.urls)], channel, dialect)
                )
                for n in range(count)
            ]

    def books(self) -> Books:
        """As they stand, proved to be in order."""
        with psycopg.connect(self.database.app_url) as conn:
            assert verify(conn).problems == []
        return Books(self.database)

    def take(self, count: int) -> list[tuple[str, int]]:
        """Bills that nobody paid yet."""
        return [next(self.bills) for _ in range(count)]


@pytest.fixture(scope="module")
def place(new_database: NewDatabase, new_gateway: NewGateway) -> Place:
    database = new_database(buckets=BUCKETS)
    with committed(database) as world:
        bills = owe_many(world, 1000, step_fen=0)
    gateways = [new_gateway(database) for _ in range(2)]
    return Place(database, [gateway.url for gateway in gateways], iter(bills))
