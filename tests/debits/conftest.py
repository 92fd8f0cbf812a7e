"""The county of the mandates, with a rule for batch debit and who may run it."""

from collections.abc import Iterator

import pytest

from tests.conftest import NewProvince
from tests.debits.bench import DebitBench
from tests.settlement.bank_side import Serving
from tests.web import site


@pytest.fixture(scope="module")
def bench(new_province: NewProvince) -> Iterator[DebitBench]:
    serving = Serving()
    place = new_province()
    with site.on(place.database):
        made = DebitBench(place, serving)
        yield made
        made.close()
    serving.stop()
