"""A court in a small network; the pages' small province."""

import pytest

from tests.cases.court import Court
from tests.web.conftest import place
from tests.world import World

__all__ = ["court", "place"]


@pytest.fixture
def court(world: World) -> Court:
    return Court(world)
