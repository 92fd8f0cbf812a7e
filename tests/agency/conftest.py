"""A county with a core, its power company admitted, a teller of his own for each test."""

from collections.abc import Iterator

import pytest

from tests.agency.bench import Agency
from tests.conftest import NewProvince
from tests.settlement.bank_side import Serving
from tests.web import site


@pytest.fixture(scope="module")
def agency(new_province: NewProvince) -> Iterator[Agency]:
    serving = Serving()
    place = new_province()
    with site.on(place.database):
        made = Agency(place, serving)
        yield made
        made.close()
    serving.stop()
