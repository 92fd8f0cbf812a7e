"""The pages' small province, whose power company bills here."""

from collections.abc import Iterator

import pytest

from tests.billing.world import opened
from tests.conftest import NewProvince
from tests.web import site
from tests.web.province import Province


@pytest.fixture(scope="module")
def place(new_province: NewProvince) -> Iterator[Province]:
    """As tests.web.conftest has it; the county's biller bills power and heating."""
    made = new_province()
    with site.on(made.database):
        opened(made)
        yield made
