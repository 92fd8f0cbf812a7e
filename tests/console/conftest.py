"""Fixtures of the console's tests: the province of tests.web, and a busy one with many payments."""

from collections.abc import Iterator

import pytest

from tests.conftest import NewDatabase
from tests.console.busy import Busy, fill
from tests.web import province, site
from tests.web.conftest import place

__all__ = ["busy", "place"]


@pytest.fixture(scope="module")
def busy(new_database: NewDatabase) -> Iterator[Busy]:
    """Two buckets, and payments of known figures in the county of 青溪 (tests.console.busy)."""
    database = new_database(buckets=2)
    with site.on(database):
        yield fill(province.build(database))
