"""A county with a core and a channel for debits, a desk and a payer."""

from collections.abc import Iterator

import pytest

from tests.conftest import NewProvince
from tests.mandates.bench import MandateBench
from tests.settlement.bank_side import Serving
from tests.web import site


@pytest.fixture(scope="module")
def bench(new_province: NewProvince) -> Iterator[MandateBench]:
    serving = Serving()
    place = new_province()
    with site.on(place.database):
        made = MandateBench(place, serving)
        yield made
        made.close()
    serving.stop()
