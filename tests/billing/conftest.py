"""A town that bills, for one test."""

import pytest

from tests.billing.town import Town
from tests.world import World


@pytest.fixture
def town(world: World) -> Town:
    return Town(world)
