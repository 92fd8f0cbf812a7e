"""4690: where a company's customers pay, asked from every side; by whom it is asked and agreed."""

from datetime import timedelta

import pytest

from tests.agency.bench import MERCHANT, Agency
from tests.counter.standing import NOW
from tests.web import site
from tests.world import DAY
from yifen.core.facts.codes import Code
from yifen.core.facts.refused import Refused
from yifen.trades.agency.codes import AgencyCode


def refused(agency: Agency, channel: str, institution: int | None = None, day=DAY) -> int:
    """What the hub says to a channel, or to an outlet."""
    row = agency.rows("SELECT payments_refuses_v1(p.id::integer, %s, %s, %s) FROM partner p WHERE p.code = %s",
                      agency.biller, institution, day, channel)  # fmt: skip
    return int(row[0][0])


def asked(agency: Agency, channel: str) -> Code:
    """A query by the hub itself, as an API channel or the payer's page sends it."""
    from yifen.core.wire.messages import Query, WireFault
    from yifen.face.shell.hub import local_hub

    try:
        return local_hub().query(channel, Query(biller="POWER01", account_no=agency.place.own.account_no))[0]
    except WireFault as fault:
        return fault.code


def test_the_hub_refuses_every_channel_that_the_county_was_not_admitted_for(agency: Agency):
    agency.ready()
    agency.owner("UPDATE channel SET kind = 'kiosk' WHERE partner_id = (SELECT id FROM partner WHERE code = 'WX01')")
    agency.owner("UPDATE channel SET kind = 'webbank' WHERE partner_id = (SELECT id FROM partner WHERE code = 'PAGE')")
    assert [refused(agency, code) for code in ("DESK", "WX01", "PAGE")] == [0, 8950, 8950]
    assert [asked(agency, code) for code in ("DESK", "WX01", "PAGE")] == [
        Code.OK, Code.AGENCY_NOT_ADMITTED, Code.AGENCY_NOT_ADMITTED]  # fmt: skip
    agency.admit("kiosk")
    agency.admit("webbank", valid_from=DAY + timedelta(days=1))
    assert [refused(agency, code) for code in ("WX01", "PAGE")] == [0, 8950]
    assert refused(agency, "PAGE", day=DAY + timedelta(days=1)) == 0
    assert asked(agency, "WX01") is Code.OK


def test_a_charge_is_refused_as_the_query_is_and_nothing_is_booked(agency: Agency):
    from yifen.core.wire.messages import Charge, Line
    from yifen.face.shell.hub import local_hub

    agency.ready()
    agency.admit("kiosk", state="closed")
    def charge(serial: str) -> Charge:
        return Charge(serial=serial, biller="POWER01", account_no=agency.place.own.account_no, amount_fen=23_456,
                      lines=[Line(payable="2026-10", amount_fen=23_456)], business_day=DAY, paid_at=NOW)  # fmt: skip

    code, _reply = local_hub().charge("WX01", charge("AG-0001"))
    assert code is Code.AGENCY_NOT_ADMITTED
    assert agency.rows("SELECT 1 FROM payment WHERE serial = 'AG-0001'") == []
    agency.admit("kiosk")
    assert local_hub().charge("WX01", charge("AG-0002"))[0] is Code.OK


def test_its_customers_pay_at_its_counters_and_below_and_nowhere_else(agency: Agency):
    own, foreign = agency.ready().place.own, agency.place.foreign
    assert [refused(agency, "DESK", one) for one in (own.county, own.branch)] == [0, 0]
    assert [refused(agency, "DESK", one) for one in (foreign.county, foreign.branch, agency.union)] == [8951] * 3


def test_the_counter_refuses_by_number_and_so_does_a_deposit(agency: Agency):
    from yifen.trades.counter import queries

    place, number = agency.ready().desk(), agency.slip("3.00")
    channel = agency.shift.channel
    assert queries.biller_for(place.institution_id, channel, "POWER01").pk == agency.biller
    agency.admit(valid_until=DAY - timedelta(days=1))
    for act in (lambda: queries.biller_for(place.institution_id, channel, "POWER01"),
                lambda: agency.pay(place, number)):  # fmt: skip
        with pytest.raises(Refused) as found:
            act()
        assert found.value.code == Code.AGENCY_NOT_ADMITTED
    agency.admit()
    assert agency.pay(place, number).state == "booked"


def test_a_suspended_merchant_stops_all_its_companies(agency: Agency):
    agency.ready().merchant(suspended=True)
    assert [refused(agency, code) for code in ("DESK", "PAGE")] == [8952, 8952]
    agency.merchant()
    assert refused(agency, "DESK") == 0


def test_a_biller_of_no_merchant_is_as_it_was(agency: Agency):
    agency.ready()
    rows = agency.rows("SELECT payments_refuses_v1(p.id::integer, %s, NULL, %s) FROM partner p"
                       " WHERE p.code IN ('DESK', 'PAGE')", agency.place.foreign.biller, DAY)  # fmt: skip
    assert rows == [(0,), (0,)]


def test_the_province_agrees_the_county_asks_and_nobody_else(agency: Agency):
    from yifen.trades.agency.admission import AdmissionForm, MerchantForm, propose, propose_merchant

    agency.ready()
    form = AdmissionForm(MERCHANT, "collect", "atm", "3709", 1, DAY, None)
    county_second = site.user("ia-second01", agency.county, "institution_admin")
    for act in (
        lambda: propose(site.access(agency.union_admin), form, NOW),
        lambda: propose_merchant(site.access(agency.county_admin), MerchantForm("0007", "水务集团", "水"), NOW),
        lambda: agency.admit("atm", checker=county_second),
    ):
        with pytest.raises(Refused) as found:
            act()
        assert found.value.code == AgencyCode.AGENCY_LEVEL_WRONG
    assert agency.rows("SELECT 1 FROM agency_admission WHERE channel = 'atm'") == []


def test_a_pair_names_a_merchant_that_is_there(agency: Agency):
    import psycopg

    with pytest.raises(psycopg.errors.CheckViolation, match="there is no merchant 0404"):
        agency.owner("UPDATE core_pair SET merchant = '0404' WHERE biller_id = %s", agency.biller)


def test_4692_is_the_offices_and_asks_the_core_whose_account_it_is(agency: Agency):
    from tests.corebank.bench import SETTLED, SETTLED_NAME, TRANSIT
    from yifen.face.plain import plain_connection
    from yifen.hub.corebank.codes import CoreCode
    from yifen.hub.corebank.pairs import PairForm
    from yifen.trades.agency.admission import propose_accounts

    agency.ready()
    form = PairForm(agency.biller, agency.county, TRANSIT, SETTLED, SETTLED_NAME, MERCHANT, "3701", "C1", "HT-2026-1",
                    DAY)  # fmt: skip

    def propose(user, asked=form):
        with plain_connection() as conn:
            return propose_accounts(site.access(user), agency.cores(conn), asked, NOW)

    for user, asked, code in (
        (agency.county_admin, form, AgencyCode.AGENCY_LEVEL_WRONG),
        (agency.union_admin, form._replace(merchant="0404"), AgencyCode.MERCHANT_UNKNOWN),
        (agency.union_admin, form._replace(settlement_name="青溪供水公司"), CoreCode.CORE_NAME_DIFFERS),
    ):  # fmt: skip
        with pytest.raises(Refused) as found:
            propose(user, asked)
        assert found.value.code == code
    site.agree(agency.union_second, propose(agency.union_admin), NOW)
    read = "SELECT customer_no, contract_no, signed_on FROM core_pair WHERE biller_id = %s"
    assert agency.rows(read, agency.biller) == [("C1", "HT-2026-1", DAY)]
