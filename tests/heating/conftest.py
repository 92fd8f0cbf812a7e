"""A town whose company heats; the pages' small province."""

import pytest

from tests.billing.town import Town
from tests.heating.service import HeatTown
from tests.web.conftest import place
from tests.world import World

__all__ = ["heat", "place"]


@pytest.fixture
def heat(world: World) -> HeatTown:
    return HeatTown(Town(world))
