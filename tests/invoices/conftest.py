"""Papers in the small province, and who has them."""

from collections.abc import Iterator

import pytest

from tests.invoices.standing import Papers
from tests.invoices.tax_bench import TaxBench
from tests.settlement.bank_side import Serving
from tests.web.conftest import place as place
from tests.web.province import Province


@pytest.fixture
def papers(place: Province) -> Papers:
    """A kind of paper of the county's power company, nothing of it in stock yet."""
    return Papers(place)


@pytest.fixture(scope="module")
def bench(place: Province) -> Iterator[TaxBench]:
    """One counter and one platform for all; each test has payments of its own."""
    papers, serving = Papers(place), Serving()
    papers.roll()
    papers.counter.open()
    made = TaxBench(papers, serving)
    yield made
    made.until_rest()
    made.close()
    serving.stop()
    assert papers.altered() == []


@pytest.fixture
def tax(bench: TaxBench) -> TaxBench:
    bench.fresh()
    return bench
