"""One bench a module."""

from collections.abc import Iterator

import pytest

from tests.conftest import NewDatabase
from tests.repair.bench import Bench


@pytest.fixture(scope="module")
def bench(new_database: NewDatabase) -> Iterator[Bench]:
    made = Bench(new_database())
    yield made
    made.close()
