"""A bureau with cards in a small network; the pages' small province."""

import pytest

from tests.cards.office import CardOffice
from tests.web.conftest import place
from tests.world import World

__all__ = ["office", "place"]


@pytest.fixture
def office(world: World) -> CardOffice:
    return CardOffice(world)
