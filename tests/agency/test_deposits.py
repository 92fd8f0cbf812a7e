"""4628 and 4629: a company's deposit, each way of paying, once; and back on its day alone."""

from datetime import timedelta

import psycopg
import pytest

from tests.agency.bench import UNIT, Agency
from tests.corebank.bench import CHEQUE, COMPANY, TRANSIT
from tests.desk.standing import errors
from tests.web import site
from tests.world import DAY
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


def test_an_own_cheque_pays_from_its_drawers_account_and_is_used(agency: Agency):
    place, number = agency.ready().desk(), agency.slip("20000.00")
    before = agency.balance(COMPANY)
    paid = agency.pay(place, number, "cheque", account_no=COMPANY, cheque_no=CHEQUE, cheque_on=DAY)
    assert (paid.state, agency.posted(paid.serial)) == ("booked", [(COMPANY, -2_000_000), (TRANSIT, 2_000_000)])
    assert agency.balance(COMPANY) == before - 2_000_000
    assert agency.books.accounts[COMPANY].cheques[CHEQUE] == 5
    assert agency.expected_fen() == 50_000


def test_what_the_core_refuses_is_no_deposit_and_may_be_tried_anew(agency: Agency):
    place, number = agency.ready().desk(), agency.slip("10.00")
    refused = agency.pay(place, number, "cheque", account_no=COMPANY, cheque_no="00012346", cheque_on=DAY)
    assert (refused.state, refused.code) == ("refused", CoreCode.CHEQUE_STOPPED)
    assert agency.pay(place, number).state == "booked"


@pytest.mark.parametrize("meets", ["late", "lost", "garbage", "slow"])
def test_a_core_that_does_not_answer_keeps_the_shift_open_until_the_worker_knows(agency: Agency, meets):
    from yifen.hub.corebank.operations import settle_due
    from yifen.trades.agency.following import follow_all
    from yifen.trades.counter.codes import CounterCode
    from yifen.trades.counter.operations.shifts import close_shift

    place, number = agency.ready().desk(), agency.slip("77.00")
    unknown = agency.pay(place, number, meets=meets)
    assert (unknown.state, agency.expected_fen()) == ("asked", 50_000)
    with pytest.raises(Refused) as found:
        close_shift(site.access(agency.teller), {10_000: 5}, agency.clock())
    assert found.value.code == CounterCode.ENTRY_UNDECIDED
    for _ in range(12):
        agency.clock.turn(60)
        settle_due(agency.cores(agency.worker), agency.clock())
    follow_all(agency.worker, agency.clock())
    assert agency.rows("SELECT state FROM agency_deposit WHERE serial = %s", unknown.serial) == [("booked",)]
    assert agency.posted(unknown.serial) == [(f"1001-{place.teller}", -7_700), (TRANSIT, 7_700)]
    assert agency.expected_fen() == 57_700
    assert altered(agency.worker) == []


def test_a_slip_is_deposited_once_and_only_where_its_company_contracted(agency: Agency):
    place, number = agency.ready().desk(), agency.slip("5.00")
    agency.pay(place, number)
    other = agency.desk()
    for where, asked, code in (
        (other, number, AgencyCode.DEPOSIT_PAID), (other, "JK999999", AgencyCode.DEPOSIT_UNKNOWN),
        (other._replace(institution_id=agency.place.foreign.branch), agency.slip("6.00"), CoreCode.CORE_MISSING),
    ):  # fmt: skip
        with pytest.raises(Refused) as found:
            agency.pay(where, asked)
        assert found.value.code == code


def test_the_rows_of_the_shifts_add_up_and_what_left_the_box_is_what_the_next_one_lacks(agency: Agency):
    from tests.counter.standing import signature
    from yifen.trades.counter.operations.shifts import close_shift, open_otherwise

    place = agency.ready().desk()
    agency.pay(place, agency.slip("100.00"))
    agency.take_back(agency.pay(place, agency.slip("30.00")).serial)
    close_shift(site.access(agency.teller), {10_000: 6}, agency.clock())
    read = "SELECT cash_fen, expected_fen - opening_fen, handed_in_fen FROM figure_shift WHERE shift_id = %s"
    assert agency.rows(read, place.shift_id) == [(10_000, 10_000, None)]
    open_otherwise(site.access(agency.teller), 20_000, agency.clock(), signature(agency.supervisor), "上缴现金")
    assert agency.rows(read, place.shift_id) == [(10_000, 10_000, 40_000)]


def test_4629_gives_back_on_the_day_to_the_same_box_and_the_drawer_says_so(agency: Agency):
    place, number = agency.ready().desk(), agency.slip("300.00")
    before = agency.ledger("2241.POWER01")
    paid = agency.pay(place, number)
    back = agency.take_back(paid.serial)
    assert (back.state, agency.expected_fen()) == ("reversed", 50_000)
    assert agency.posted(f"{paid.serial}U") == [(TRANSIT, -30_000), (f"1001-{place.teller}", 30_000)]
    assert agency.ledger("2241.POWER01") == before
    assert agency.take_back(paid.serial).state == "reversed"
    assert len(agency.posted(f"{paid.serial}U")) == 2
    assert agency.pay(place, number).state == "booked"
    assert altered(agency.worker) == []


def test_4629_of_another_day_is_refused_and_nothing_moves(agency: Agency):
    place, number = agency.ready().desk(), agency.slip("8.00")
    paid = agency.pay(place, number)
    agency.owner("UPDATE agency_deposit SET business_day = %s WHERE serial = %s", DAY - timedelta(days=1), paid.serial)
    with pytest.raises(Refused) as found:
        agency.take_back(paid.serial)
    assert found.value.code == AgencyCode.DEPOSIT_DAY_OVER
    assert agency.posted(f"{paid.serial}U") == []
    agency.owner("UPDATE agency_deposit SET business_day = %s WHERE serial = %s", DAY, paid.serial)


def test_a_deposit_whose_row_was_changed_is_named(agency: Agency):
    place, number = agency.ready().desk(), agency.slip("9.00")
    paid = agency.pay(place, number)
    agency.owner("UPDATE agency_deposit SET state = 'asked', business_day = NULL WHERE serial = %s", paid.serial)
    (said,) = altered(agency.worker)
    assert said.endswith("is asked with 900 fen, its transfers 900")
    agency.owner("UPDATE agency_deposit SET state = 'booked', business_day = %s WHERE serial = %s", DAY, paid.serial)
    assert altered(agency.worker) == []


HEAD = "核算单位,缴款编号,缴款金额,缴款人\n"


@pytest.mark.parametrize(("body", "why"), [
    ("", "line 1: the heading is 核算单位,缴款编号,缴款金额,缴款人"),
    ("核算单位,缴款编号,缴款金额\n", "line 1: the heading is 核算单位,缴款编号,缴款金额,缴款人"),
    (HEAD, "line 1: 1 to 5000 slips are needed"), (HEAD + "3701,A,0,x\n", "line 2: this is no amount: 0"),
    (HEAD + "3701,A,1.00,x\n3701,A,1.00,x\n", "line 3: slip A stands there twice"),
    (HEAD + "3701,A,1.001,x\n", "line 2: this is no amount: 1.001"),
    (HEAD + "3701,,1.00,x\n", "line 2: 4 columns are needed, with unit and number"),
])  # fmt: skip
def test_a_file_of_slips_with_one_bad_row_is_refused_whole_and_says_which_and_why(agency: Agency, body, why):
    from yifen.trades.agency.deposits import receive

    with pytest.raises(Refused) as found:
        receive(agency.web, agency.taker(), agency.biller, body.encode(), agency.clock())
    assert (found.value.code, found.value.detail) == (AgencyCode.SLIPS_UNREADABLE, why)


def test_a_number_that_comes_again_with_another_amount_refuses_the_whole_file(agency: Agency):
    from yifen.trades.agency.deposits import receive

    number = agency.ready().slip("1.00")
    head = "核算单位,缴款编号,缴款金额,缴款人\n"
    body = f"{head}{UNIT},NEW1,2.00,x\n{UNIT},{number},1.01,x\n".encode()
    with pytest.raises(Refused) as found:
        receive(agency.web, agency.taker(), agency.biller, body, agency.clock())
    assert found.value.code == AgencyCode.SLIP_DIFFERS
    assert agency.rows("SELECT 1 FROM agency_slip WHERE number = 'NEW1'") == []
    again = f"{head}{UNIT},{number},1.00,x\n".encode()
    assert receive(agency.web, agency.taker(), agency.biller, again, agency.clock()) == 0


def test_a_shift_that_has_ended_takes_no_deposit_and_gives_none_back(agency: Agency):
    from yifen.trades.agency.pages.transactions.detail import last_day
    from yifen.trades.counter.codes import CounterCode
    from yifen.trades.counter.operations.shifts import close_shift

    place, number = agency.ready().desk(), agency.slip("3.00")
    paid = agency.pay(place, agency.slip("4.00"))
    close_shift(site.access(agency.teller), {10_000: 5, 100: 4}, agency.clock())
    assert last_day(place.institution_id) == place.day  # 4654 begins there, whatever the calendar says
    for call, code in ((lambda: agency.pay(place, number), CounterCode.SHIFT_NOT_OPEN),
                       (lambda: agency.take_back(paid.serial), AgencyCode.DEPOSIT_DAY_OVER)):  # fmt: skip
        with pytest.raises(Refused) as found:
            call()
        assert found.value.code == code
    agency.desk()
    page = site.client_of(agency.teller).get("/desk/4629/", {"number": paid.serial})
    assert ([error[:4] for error in errors(page)], "supervisor_code" in page.content.decode()) == (["8958"], False)
    assert agency.rows("SELECT 1 FROM agency_deposit WHERE number = %s", number) == []


def test_slips_of_a_unit_that_is_not_the_companys_are_refused(agency: Agency):
    from yifen.trades.agency.deposits import receive

    body = "核算单位,缴款编号,缴款金额,缴款人\n9999,A1,1.00,x\n".encode()
    with pytest.raises(Refused) as found:
        receive(agency.ready().web, agency.taker(), agency.biller, body, agency.clock())
    assert (found.value.code, found.value.detail) == (
        AgencyCode.SLIPS_UNREADABLE, "line 2: unit 9999 is not the company's (4692 has 3701)")


def test_a_deposit_of_which_the_core_was_never_asked_is_ended_by_the_worker(agency: Agency):
    """Else its shift would never close, and its slip never be deposited."""
    from psycopg.types.json import Jsonb

    from yifen.trades.agency.following import follow_all
    from yifen.trades.counter.codes import CounterCode
    from yifen.trades.counter.operations.shifts import close_shift

    place, number = agency.ready().desk(), agency.slip("21.00")
    fields = {"unit": UNIT, "number": number, "biller_id": agency.biller, "amount_fen": 2_100, "means": "cash"}
    asked = "SELECT code, serial FROM agency_deposit_ask_v1(%s, %s, %s)"
    assert agency.rows(asked, "nobody's", Jsonb(fields), agency.clock()) == [(CounterCode.SHIFT_NOT_OPEN, None)]
    ((code, serial),) = agency.rows(asked, place.session, Jsonb(fields), agency.clock())
    assert code == 0
    follow_all(agency.worker, agency.clock())
    assert agency.rows("SELECT state, code FROM agency_deposit WHERE serial = %s", serial) == [
        ("refused", CoreCode.CORE_NOT_POSTED)]  # fmt: skip
    close_shift(site.access(agency.teller), {10_000: 5}, agency.clock())
    assert agency.pay(agency.desk(), number).state == "booked"
    assert altered(agency.worker) == []


def test_a_slip_is_taken_in_by_one_who_may_and_by_no_page_alone(agency: Agency):
    from yifen.core.facts.codes import Code
    from yifen.trades.agency.deposits import receive

    place, body = agency.ready().desk(), f"核算单位,缴款编号,缴款金额,缴款人\n{UNIT},PLANTED,1.00,x\n".encode()
    for session in (place.session, ""):
        with pytest.raises(Refused) as found:
            receive(agency.web, session, agency.biller, body, agency.clock())
        assert found.value.code is Code.PERMISSION_MISSING
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        agency.web.execute("INSERT INTO agency_slip VALUES (%s, %s, 'P', 1, '', '', now())", (agency.biller, UNIT))
