"""The payer's pages on the small province; the simulated cashier takes the money."""

from collections.abc import Iterator

import pytest

from tests.web.conftest import place  # noqa: F401 - the province of all pages
from tests.web.province import Province


@pytest.fixture(autouse=True)
def paid_by_simulation(place: Province) -> Iterator[None]:  # noqa: F811
    """As `YIFEN_PAY_METHODS=simulated` would have it."""
    from django.test import override_settings

    with override_settings(YIFEN_PAY_METHODS=("simulated",)):
        yield
