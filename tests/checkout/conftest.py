"""Orders on the small province, without pages: the hub, the simulated cashier, a clock of ours."""

from collections.abc import Iterator

import pytest

from tests.checkout.till import Till
from tests.web.conftest import place  # noqa: F401 - the province of all pages
from tests.web.province import Province


@pytest.fixture
def till(place: Province) -> Iterator[Till]:  # noqa: F811
    from django.test import override_settings

    with override_settings(YIFEN_PAY_METHODS=("simulated",)):
        yield Till(place)
