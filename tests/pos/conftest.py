"""One door a module."""

from collections.abc import Iterator

import pytest

from tests.conftest import NewDatabase
from tests.pos.bench import PosBench


@pytest.fixture(scope="module")
def bench(new_database: NewDatabase) -> Iterator[PosBench]:
    made = PosBench(new_database())
    yield made
    made.close()
