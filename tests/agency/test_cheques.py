"""Cheques of other banks: no money before the next session, none at all of one that comes back."""

from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from psycopg.types.json import Jsonb

from tests.agency.bench import BANK, OTHER_BANK, UNIT, Agency
from tests.corebank.bench import TRANSIT
from tests.counter.standing import NOW
from tests.web import site
from tests.world import DAY
from yifen.core.facts.codes import Code
from yifen.core.facts.refused import Refused
from yifen.trades.agency import rules
from yifen.trades.agency.codes import AgencyCode
from yifen.trades.agency.proof import altered
from yifen.trades.counter.codes import CounterCode

CLEARING, SUNDRY = "1011000001", "2243000001"


def test_a_cheque_is_money_after_the_next_session_and_then_a_deposit(agency: Agency):
    place, number = agency.ready().desk(), agency.slip("5000.00")
    cheque, clearing = agency.cheque(place, number, 500_000), agency.balance(CLEARING)
    assert (agency.present(), agency.cheque_state(cheque)) == (1, "presented")
    assert agency.close_session() == 0
    with pytest.raises(Refused) as found:
        agency.pay(place, number, "internal")
    assert found.value.code == AgencyCode.CHEQUE_NOT_COLLECTED
    assert (agency.close_session(), agency.cheque_state(cheque)) == (1, "collected")
    assert (agency.balance(CLEARING) - clearing, agency.balance(SUNDRY)) == (500_000, 500_000)
    paid = agency.pay(place, number, "internal")
    assert (paid.state, agency.posted(paid.serial)) == ("booked", [(SUNDRY, -500_000), (TRANSIT, 500_000)])
    assert (agency.balance(SUNDRY), agency.cheque_state(cheque), agency.expected_fen()) == (0, "applied", 50_000)
    assert altered(agency.worker) == []


def test_a_cheque_that_comes_back_in_time_moved_nothing_and_its_slip_may_be_paid_otherwise(agency: Agency):
    place, number = agency.ready().desk(), agency.slip("60.00")
    cheque, lines = agency.cheque(place, number, 6_000), len(agency.books.journal)
    agency.present()
    agency.close_session()
    assert agency.come_back(cheque, "印鉴不符") == "returned"
    assert agency.close_session() == 0
    assert len(agency.books.journal) == lines
    assert agency.rows("SELECT reason FROM agency_cheque WHERE cheque_id = %s", cheque) == [("印鉴不符",)]
    assert agency.pay(place, number).state == "booked"
    assert altered(agency.worker) == []


def test_collected_money_goes_back_to_the_exchange_when_the_cheque_does(agency: Agency):
    place, number = agency.ready().desk(), agency.slip("70.00")
    cheque, clearing = agency.cheque(place, number, 7_000), agency.balance(CLEARING)
    agency.present()
    agency.close_session()
    agency.close_session()
    assert agency.come_back(cheque) == "refunded"
    assert (agency.balance(CLEARING), agency.balance(SUNDRY)) == (clearing, 0)
    with pytest.raises(Refused) as found:
        agency.pay(place, number, "internal")
    assert found.value.code == AgencyCode.CHEQUE_NOT_COLLECTED
    assert altered(agency.worker) == []


def test_a_return_after_the_deposit_asks_for_4629_on_the_day_and_is_an_exception_later(agency: Agency):
    place, number = agency.ready().desk(), agency.slip("80.00")
    cheque = agency.cheque(place, number, 8_000)
    agency.present()
    agency.close_session()
    agency.close_session()
    paid = agency.pay(place, number, "internal")
    with pytest.raises(Refused) as found:
        agency.come_back(cheque)
    assert found.value.code == AgencyCode.CHEQUE_APPLIED
    agency.take_back(paid.serial)
    assert (agency.balance(SUNDRY), agency.cheque_state(cheque)) == (8_000, "collected")
    assert (agency.come_back(cheque), agency.balance(SUNDRY)) == ("refunded", 0)
    later = agency.slip("90.00")
    cheque = agency.cheque(place, later, 9_000)
    agency.present()
    agency.close_session()
    agency.close_session()
    paid, lines = agency.pay(place, later, "internal"), len(agency.books.journal)
    agency.owner("UPDATE agency_deposit SET business_day = %s WHERE serial = %s", DAY - timedelta(days=1), paid.serial)
    assert agency.come_back(cheque) == "exception"
    assert len(agency.books.journal) == lines
    assert altered(agency.worker) == []
    agency.owner("UPDATE agency_deposit SET business_day = %s WHERE serial = %s", DAY, paid.serial)


def test_a_core_that_is_away_when_a_session_closes_collects_later(agency: Agency):
    from yifen.hub.corebank.operations import settle_due
    from yifen.trades.agency.following import follow_all

    place, number = agency.ready().desk(), agency.slip("11.00")
    cheque, clearing = agency.cheque(place, number, 1_100), agency.balance(CLEARING)
    agency.present()
    agency.close_session()
    with agency.meeting("lost"):
        agency.close_session()
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
    with pytest.raises(Refused) as found:
        agency.pay(place, number)  # in cash, while its cheque is out
    assert found.value.code == AgencyCode.CHEQUE_HERE_ALREADY


def test_a_cheque_is_one_by_its_banks_number_and_a_bank_is_one_of_the_list(agency: Agency):
    place = agency.ready().desk()
    first, second = agency.slip("9.00"), agency.slip("9.00")
    agency.cheque(place, first, 900, "77770001")
    for bank, code in ((BANK, AgencyCode.CHEQUE_HERE_ALREADY), ("工行青溪支行", AgencyCode.CHEQUE_BANK_UNKNOWN),
                       ("102451000019", AgencyCode.CHEQUE_BANK_UNKNOWN)):  # fmt: skip
        with pytest.raises(Refused) as found:
            agency.cheque(place, second, 900, "77770001", bank=bank)
        assert found.value.code == code
    assert agency.cheque(place, second, 900, "77770001", bank=OTHER_BANK)


def test_one_person_alone_presents_and_collects_nothing(agency: Agency):
    place, number = agency.ready().desk(), agency.slip("15.00")
    cheque = agency.cheque(place, number, 1_500)
    agency.open_session()
    agency.present()
    refused = [(lambda: agency.close_session(agency.supervisor), AgencyCode.SESSION_ALONE),
               (agency.open_session, AgencyCode.SESSION_OPEN),
               (lambda: agency.close_session(agency.teller), Code.PERMISSION_MISSING),
               (lambda: agency.close_session(agency.place.foreign.user), Code.PERMISSION_MISSING)]  # fmt: skip
    for call, code in refused:
        with pytest.raises(Refused) as found:
            call()
        assert found.value.code is code
    agency.close_session()
    agency.open_session(agency.closer)
    with pytest.raises(Refused) as found:
        agency.close_session(agency.closer)
    assert (found.value.code, agency.cheque_state(cheque)) == (AgencyCode.SESSION_ALONE, "presented")
    agency.close_session(agency.supervisor)
    assert agency.cheque_state(cheque) == "collected"


def test_a_session_that_would_collect_something_else_than_was_shown_stays_open(agency: Agency):
    place, number = agency.ready().desk(), agency.slip("16.00")
    cheque = agency.cheque(place, number, 1_600)
    agency.present()
    agency.close_session()
    for seen in ((0, 0), (1, 1_599)):
        with pytest.raises(Refused) as found:
            agency.close_session(seen=seen)
        assert (found.value.code, agency.cheque_state(cheque)) == (Code.FORM_STALE, "presented")
    agency.close_session()
    assert agency.cheque_state(cheque) == "collected"


def test_nothing_is_presented_in_no_session_and_a_return_is_said_by_its_own_county(agency: Agency):
    place, number = agency.ready().desk(), agency.slip("17.00")
    cheque = agency.cheque(place, number, 1_700)
    session = site.access(agency.supervisor).session
    assert agency.rows("SELECT agency_present_v1(%s, %s)", session, NOW) == [(-AgencyCode.SESSION_NONE,)]
    agency.present()
    for who in (agency.teller, agency.place.foreign.user):
        with pytest.raises(Refused) as found:
            agency.come_back(cheque, by=who)
        assert found.value.code is Code.OUT_OF_SCOPE
    assert agency.come_back(cheque) == "returned"
    agency.close_session()


@pytest.mark.parametrize("body", [
    "", "行号,行名\n", "1024510000,工行\n", "102451000018,\n", "102451000018,a\n102451000018,b\n"])  # fmt: skip
def test_a_list_of_banks_with_one_bad_line_is_refused_whole(body):
    with pytest.raises(Refused) as found:
        rules.banks(body.encode())
    assert found.value.code == AgencyCode.BANKS_UNREADABLE


def test_the_owner_alone_keeps_the_list_of_banks(agency: Agency):
    from yifen.trades.agency.command import keep

    body = "行号,行名\n102451000018,工行青溪支行\n103451000011,农行青溪支行\n".encode("gb18030")
    with psycopg.connect(agency.place.database.owner_url) as conn:
        assert [keep(conn, body), keep(conn, body)] == [1, 0]
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        keep(agency.web, body)


def test_the_database_asks_whose_shift_it_is_and_how_old_a_cheque_is_whoever_calls(agency: Agency):
    place, number = agency.ready().desk(), agency.slip("31.00")
    said = {"unit": UNIT, "number": number, "biller_id": agency.biller, "drawer_bank": BANK, "drawer": "x",
            "cheque_no": "77000001", "amount_fen": 3_100, "accepted_by": 1, "institution_id": 1,
            "written_on": f"{DAY - timedelta(days=11)}"}  # fmt: skip
    accept = "SELECT code FROM agency_cheque_accept_v1(%s, %s, %s)"
    assert agency.rows(accept, place.session, Jsonb(said), NOW) == [(AgencyCode.CHEQUE_LATE_HERE,)]
    session = site.access(agency.supervisor).session
    assert agency.rows(accept, session, Jsonb(said), NOW) == [(CounterCode.SHIFT_NOT_OPEN,)]
    said["written_on"] = f"{DAY}"
    assert agency.rows(accept, place.session, Jsonb(said), NOW) == [(0,)]
    assert agency.rows("SELECT accepted_by, institution_id FROM agency_cheque WHERE cheque_no = '77000001'") == [
        (place.teller_id, place.institution_id)]  # fmt: skip
    charge = "SELECT code FROM agency_charge_ask_v1(%s, %s, %s, %s)"
    assert agency.rows(charge, session, agency.biller, DAY.replace(day=1), NOW) == [(CounterCode.SHIFT_NOT_OPEN,)]
    open_it = "SELECT code FROM agency_session_open_v1(%s, %s)"
    assert agency.rows(open_it, session, datetime(2050, 1, 1, tzinfo=UTC)) == [(0,)]
    assert agency.rows("SELECT count(*) FROM agency_session WHERE day > '2049-01-01'") == [(0,)]
    agency.close_session()
