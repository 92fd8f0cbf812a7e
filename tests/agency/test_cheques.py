"""Cheques of other banks: no money before the next session, none at all of one that comes back."""

from datetime import timedelta

import pytest

from tests.agency.bench import UNIT, Agency
from tests.corebank.bench import TRANSIT
from tests.counter.standing import NOW
from tests.world import DAY
from yifen.core.facts.codes import Code
from yifen.core.facts.refused import Refused
from yifen.trades.agency.codes import AgencyCode
from yifen.trades.agency.proof import altered

CLEARING, SUNDRY = "1011000001", "2243000001"
_DAYS = iter(DAY + timedelta(days=number) for number in range(-100, 0))


@pytest.fixture
def day():
    """Sessions of a day of its own, for they close in their order."""
    return next(_DAYS)


def test_a_cheque_is_money_after_the_next_session_and_then_a_deposit(agency: Agency, day):
    place, number = agency.ready().desk(), agency.slip("5000.00")
    cheque, clearing = agency.cheque(place, number, 500_000), agency.balance(CLEARING)
    assert (agency.present(day, 1), agency.cheque_state(cheque)) == (1, "presented")
    assert agency.close_session(day, 1) == 0
    with pytest.raises(Refused) as found:
        agency.pay(place, number, "internal")
    assert found.value.code == AgencyCode.CHEQUE_NOT_COLLECTED
    assert (agency.close_session(day, 2), agency.cheque_state(cheque)) == (1, "collected")
    assert (agency.balance(CLEARING) - clearing, agency.balance(SUNDRY)) == (500_000, 500_000)
    paid = agency.pay(place, number, "internal")
    assert (paid.state, agency.posted(paid.serial)) == ("booked", [(SUNDRY, -500_000), (TRANSIT, 500_000)])
    assert (agency.balance(SUNDRY), agency.cheque_state(cheque), agency.expected_fen()) == (0, "applied", 50_000)
    assert altered(agency.worker) == []


def test_a_cheque_that_comes_back_in_time_moved_nothing_and_its_slip_may_be_paid_otherwise(agency: Agency, day):
    place, number = agency.ready().desk(), agency.slip("60.00")
    cheque, lines = agency.cheque(place, number, 6_000), len(agency.books.journal)
    agency.present(day, 1)
    agency.close_session(day, 1)
    assert agency.come_back(cheque, "印鉴不符") == "returned"
    assert agency.close_session(day, 2) == 0
    assert len(agency.books.journal) == lines
    assert agency.rows("SELECT reason FROM agency_cheque WHERE cheque_id = %s", cheque) == [("印鉴不符",)]
    assert agency.pay(place, number).state == "booked"
    assert altered(agency.worker) == []


def test_collected_money_goes_back_to_the_exchange_when_the_cheque_does(agency: Agency, day):
    place, number = agency.ready().desk(), agency.slip("70.00")
    cheque, clearing = agency.cheque(place, number, 7_000), agency.balance(CLEARING)
    agency.present(day, 1)
    agency.close_session(day, 1)
    agency.close_session(day, 2)
    assert agency.come_back(cheque) == "refunded"
    assert (agency.balance(CLEARING), agency.balance(SUNDRY)) == (clearing, 0)
    with pytest.raises(Refused) as found:
        agency.pay(place, number, "internal")
    assert found.value.code == AgencyCode.CHEQUE_NOT_COLLECTED
    assert altered(agency.worker) == []


def test_a_return_after_the_deposit_asks_for_4629_on_the_day_and_is_an_exception_later(agency: Agency, day):
    place, number = agency.ready().desk(), agency.slip("80.00")
    cheque = agency.cheque(place, number, 8_000)
    agency.present(day, 1)
    agency.close_session(day, 1)
    agency.close_session(day, 2)
    paid = agency.pay(place, number, "internal")
    with pytest.raises(Refused) as found:
        agency.come_back(cheque)
    assert found.value.code == AgencyCode.CHEQUE_APPLIED
    agency.take_back(paid.serial)
    assert (agency.balance(SUNDRY), agency.cheque_state(cheque)) == (8_000, "collected")
    assert (agency.come_back(cheque), agency.balance(SUNDRY)) == ("refunded", 0)
    later, other = agency.slip("90.00"), day + timedelta(days=200)
    cheque = agency.cheque(place, later, 9_000)
    agency.present(day, 3)
    agency.close_session(day, 3)
    agency.close_session(day, 4)
    paid, lines = agency.pay(place, later, "internal"), len(agency.books.journal)
    agency.owner("UPDATE agency_deposit SET business_day = %s WHERE serial = %s", DAY - timedelta(days=1), paid.serial)
    assert agency.come_back(cheque) == "exception"
    assert len(agency.books.journal) == lines
    assert other > day
    assert altered(agency.worker) == []
    agency.owner("UPDATE agency_deposit SET business_day = %s WHERE serial = %s", DAY, paid.serial)


def test_a_core_that_is_away_when_a_session_closes_collects_later(agency: Agency, day):
    from yifen.hub.corebank.operations import settle_due
    from yifen.trades.agency.following import follow_all

    place, number = agency.ready().desk(), agency.slip("11.00")
    cheque, clearing = agency.cheque(place, number, 1_100), agency.balance(CLEARING)
    agency.present(day, 1)
    agency.close_session(day, 1)
    with agency.meeting("lost"):
        agency.close_session(day, 2)
    assert agency.cheque_state(cheque) == "collecting"
    for _ in range(6):
        agency.clock.turn(60)
        settle_due(agency.cores(agency.worker), agency.clock())
    follow_all(agency.worker, agency.clock())
    assert (agency.cheque_state(cheque), agency.balance(CLEARING) - clearing) == ("collected", 1_100)
    assert altered(agency.worker) == []


@pytest.mark.parametrize("days", [-1, 11])
def test_a_cheque_is_taken_within_ten_days(agency: Agency, days):
    place, number = agency.ready().desk(), agency.slip("12.00")
    with pytest.raises(Refused) as found:
        agency.cheque(place, number, 1_200, written=DAY - timedelta(days=days))
    assert found.value.code == AgencyCode.CHEQUE_LATE_HERE


def test_a_cheque_comes_once_and_its_amount_is_the_slips(agency: Agency):
    place, number = agency.ready().desk(), agency.slip("13.00")
    for fen, cheque_no, code in ((1_301, "88000001", AgencyCode.DEPOSIT_UNKNOWN), (1_300, "88000001", None),
                                 (1_300, "88000002", AgencyCode.CHEQUE_HERE_ALREADY)):  # fmt: skip
        if code is None:
            assert agency.cheque(place, number, fen, cheque_no)
            continue
        with pytest.raises(Refused) as found:
            agency.cheque(place, number, fen, cheque_no)
        assert found.value.code == code
    other = agency.slip("14.00")
    with pytest.raises(Refused) as found:
        agency.cheque(place, other, 1_400, "88000001")
    assert found.value.code == AgencyCode.CHEQUE_HERE_ALREADY


def test_a_session_closes_once_and_in_its_order(agency: Agency, day):
    agency.ready()
    agency.close_session(day, 2)
    for act in (agency.close_session, agency.present):
        with pytest.raises(Refused) as found:
            act(day, 1)
        assert found.value.code == AgencyCode.SESSION_CLOSED


def test_a_cheque_is_one_however_its_bank_is_written(agency: Agency):
    from yifen.trades.agency.cheques import ChequeIn, accept

    place = agency.ready().desk()
    first, second = agency.slip("9.00"), agency.slip("9.00")
    agency.cheque(place, first, 900, "77770001")
    again = ChequeIn(UNIT, second, "工行青溪支行", "青溪纸业", "77770001", DAY, 900)
    with pytest.raises(Refused) as found:
        accept(agency.web, place, again, NOW)
    assert found.value.code == AgencyCode.CHEQUE_HERE_ALREADY


def test_no_session_of_a_day_to_come_is_presented_or_closed(agency: Agency):
    later = DAY + timedelta(days=1)
    for call in (agency.present, agency.close_session):
        with pytest.raises(Refused) as found:
            call(later, 1)
        assert found.value.code is Code.INPUT_INVALID
    assert agency.rows("SELECT 1 FROM agency_session WHERE day = %s", later) == []
