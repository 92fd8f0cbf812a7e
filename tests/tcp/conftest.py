"""One door a module."""

from collections.abc import Iterator

import pytest

from tests.conftest import NewDatabase
from tests.tcp.bench import TcpBench


@pytest.fixture(scope="module")
def bench(new_database: NewDatabase) -> Iterator[TcpBench]:
    made = TcpBench(new_database())
    yield made
    made.close()
