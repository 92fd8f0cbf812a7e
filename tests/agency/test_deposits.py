"""4628 and 4629: a company's deposit, each way of paying, once; and back on its day alone."""

from datetime import timedelta

import pytest

from tests.agency.bench import UNIT, Agency
from tests.corebank.bench import CHEQUE, COMPANY, TRANSIT
from tests.web import site
from tests.world import DAY
from yifen.core.facts.codes import Code
from yifen.core.facts.refused import Refused
from yifen.hub.corebank.codes import CoreCode
from yifen.trades.agency.codes import AgencyCode
from yifen.trades.agency.proof import altered


def test_cash_goes_from_the_tellers_box_to_transit_and_into_his_drawer(agency: Agency):
    place, number = agency.ready().desk(), agency.slip("1234.56")
    before = agency.ledger("2241.POWER01")
    paid = agency.pay(place, number)
    assert (paid.state, paid.amount_fen) == ("booked", 123_456)
    assert agency.posted(paid.serial) == [(f"1001-{place.teller}", -123_456), (TRANSIT, 123_456)]
    assert agency.ledger("2241.POWER01") - before == 123_456
    assert agency.expected_fen() == 50_000 + 123_456
    assert agency.pay(place, number) == paid
    assert len(agency.posted(paid.serial)) == 2
    assert altered(agency.worker) == []
