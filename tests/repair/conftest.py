"""One bench a module."""

from collections.abc import Iterator

import pytest

from tests.conftest import NewBench
from tests.repair.bench import Bench


@pytest.fixture(scope="module")
def bench(new_bench: NewBench) -> Iterator[Bench]:
    made = new_bench()
    yield made
    made.close()


@pytest.fixture(autouse=True)
def day_of_its_own(request: pytest.FixtureRequest) -> None:
    """A test's items are of a day that no other's are of."""
    if "bench" in request.fixturenames:
        request.getfixturevalue("bench").another_day()
