"""Fixtures of the pages: one database and one Django a module."""

from collections.abc import Iterator

import pytest

from tests.conftest import NewDatabase
from tests.web import province, site
from tests.web.province import Province


@pytest.fixture(scope="module")
def place(new_database: NewDatabase) -> Iterator[Province]:
    """The small province of tests.web.province, and the pages on its database."""
    database = new_database()
    with site.on(database):
        yield province.build(database)
