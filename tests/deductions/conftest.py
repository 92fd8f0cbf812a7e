"""One bank a module."""

from collections.abc import Iterator

import pytest

from tests.conftest import NewDatabase
from tests.deductions.counter_of_bank import BankCounter
from tests.settlement.bank_side import Serving
from tests.web.conftest import place  # noqa: F401


@pytest.fixture(scope="module")
def bank(new_database: NewDatabase) -> Iterator[BankCounter]:
    serving = Serving()
    made = BankCounter(new_database(), serving)
    yield made
    made.close()
    serving.stop()
