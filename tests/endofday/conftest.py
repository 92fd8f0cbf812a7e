"""Networks: one a module for looking, a fresh one for each test that changes much."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.conftest import NetworkIn
from tests.endofday.network import Network

NewNetwork = Callable[[], Network]


@pytest.fixture
def new_network(network_in: NetworkIn, tmp_path: Path) -> Iterator[NewNetwork]:
    made: list[Network] = []

    def make() -> Network:
        made.append(network_in(tmp_path / f"inbox{len(made)}"))
        return made[-1]

    yield make
    for network in made:
        network.close()


@pytest.fixture
def network(new_network: NewNetwork) -> Network:
    return new_network()
