"""A county with a core and a power company whose large users bank there."""

from collections.abc import Iterator

import pytest

from tests.collection.bench import Collect
from tests.conftest import NewProvince
from tests.settlement.bank_side import Serving
from tests.web import site


@pytest.fixture(scope="module")
def collect(new_province: NewProvince) -> Iterator[Collect]:
    serving = Serving()
    place = new_province()
    with site.on(place.database):
        made = Collect(place, serving)
        yield made
        made.close()
    serving.stop()


@pytest.fixture(autouse=True)
def _in_the_morning(collect: Collect) -> None:
    from tests.collection.bench import MONDAY, at

    collect.to(at(MONDAY, 10))
