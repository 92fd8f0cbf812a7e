"""A debt, for one test; the pages' small province."""

import pytest

from tests.arrears.debtor import Debtor
from tests.arrears.quarter import county, quarter
from tests.billing.conftest import town
from tests.billing.town import Town
from tests.web.conftest import place

__all__ = ["county", "debtor", "place", "quarter", "town"]


@pytest.fixture
def debtor(town: Town) -> Debtor:
    return Debtor(town)
