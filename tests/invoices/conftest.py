"""Papers in the small province, and who has them."""

import pytest

from tests.invoices.standing import Papers
from tests.web.conftest import place as place
from tests.web.province import Province


@pytest.fixture
def papers(place: Province) -> Papers:
    """A kind of paper of the county's power company, nothing of it in stock yet."""
    return Papers(place)
