"""A bureau in a small network; the pages' small province."""

import pytest

from tests.budget.bureau import Bureau
from tests.web.conftest import place
from tests.world import World

__all__ = ["bureau", "place"]


@pytest.fixture
def bureau(world: World) -> Bureau:
    return Bureau(world)
