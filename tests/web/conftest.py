"""Fixtures of the pages: one database and one Django a module."""

from collections.abc import Iterator

import pytest

from tests.conftest import NewProvince
from tests.web import site
from tests.web.province import Province


@pytest.fixture(scope="module")
def place(new_province: NewProvince) -> Iterator[Province]:
    """The small province of tests.web.province, and the pages on its database."""
    made = new_province()
    with site.on(made.database):
        yield made
