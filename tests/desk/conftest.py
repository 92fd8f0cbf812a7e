"""A teller at the desk of the small province, with bills to collect."""

import pytest

from tests.desk.standing import Desk
from tests.web.conftest import place as place
from tests.web.province import Province


@pytest.fixture
def desk(place: Province) -> Desk:
    """A teller of his own, signed in, who has not opened a shift yet."""
    return Desk(place)


@pytest.fixture
def open_desk(desk: Desk) -> Desk:
    """The same, his shift open with 500.00 in the drawer."""
    desk.open()
    return desk
