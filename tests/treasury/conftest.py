"""A bureau with its agent bank and its treasury."""

from collections.abc import Callable, Iterator

import pytest

from tests.settlement.bank_side import Serving
from tests.treasury.house import TreasuryHouse
from tests.web.conftest import place
from tests.world import World

__all__ = ["house_of", "place", "serving"]


@pytest.fixture(scope="module")
def serving() -> Iterator[Serving]:
    found = Serving()
    yield found
    found.stop()


@pytest.fixture
def house_of(world: World, serving: Serving) -> Iterator[Callable[..., TreasuryHouse]]:
    made: list[TreasuryHouse] = []

    def make(*script: str, odd: str = "", back_s: float = 0.0) -> TreasuryHouse:
        made.append(TreasuryHouse(world, serving, list(script), odd, back_s))
        return made[-1]

    yield make
    for house in made:
        house.close()
