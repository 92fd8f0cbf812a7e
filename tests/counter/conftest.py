"""A counter in the small province: its tellers, its supervisors, bills to pay, a hub to ask."""

import pytest

from tests.counter.standing import Counter
from tests.web.conftest import place as place
from tests.web.province import Province


@pytest.fixture
def counter(place: Province) -> Counter:
    """A teller of his own, who has not opened a shift yet."""
    return Counter(place)
