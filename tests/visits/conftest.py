"""A town that bills, and what its visits stand on."""

import pytest

from tests.billing.town import Town
from tests.web.conftest import place
from tests.world import World

__all__ = ["place", "town"]


@pytest.fixture
def town(world: World) -> Town:
    return Town(world)
