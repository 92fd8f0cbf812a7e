"""The pages' small province, with bills and payments."""

import pytest

from tests.figures.bills import laid
from tests.web.conftest import place
from tests.web.province import Province

__all__ = ["place"]


@pytest.fixture(scope="module")
def billed(place: Province) -> Province:
    laid(place)
    return place
