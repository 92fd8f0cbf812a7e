"""One core a module."""

from collections.abc import Iterator

import pytest

from tests.conftest import NewDatabase
from tests.corebank.bench import CoreBench
from tests.settlement.bank_side import Serving
from tests.web.conftest import place  # noqa: F401


@pytest.fixture(scope="module")
def bench(new_database: NewDatabase) -> Iterator[CoreBench]:
    serving = Serving()
    made = CoreBench(new_database(), serving)
    yield made
    made.close()
    serving.stop()
