"""A network by plain SQL whose partners have pipes, and a receiver for them."""

from collections.abc import Iterator

import pytest

from tests.pipes.receiver import Receiver
from tests.web import site
from tests.world import Database, World


@pytest.fixture(scope="module", autouse=True)
def ready(shared_database: Database) -> None:
    """What pipes import needs Django."""
    site.setup(shared_database)


@pytest.fixture
def net(world: World) -> World:
    """Billers WATER and GAS, channels WX and BANK, and more; people who are not asked."""
    return world.network()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as found:
        yield found
