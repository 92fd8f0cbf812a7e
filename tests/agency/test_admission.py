"""4690: where a company's customers pay, asked from every side; by whom it is asked and agreed."""

from datetime import date, timedelta
from typing import Any

import psycopg
import pytest

from tests.agency.bench import MERCHANT, Agency
from tests.corebank.bench import SETTLED, SETTLED_NAME, TRANSIT
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
        assert found.value.text("zh").endswith(("(市场拓展；申请准入（4690）：县级联社)",
            "(规划与制度；商户基本信息：省联社)", "(审批准入（4690）：省联社)")), found.value.text("zh")  # fmt: skip
    assert agency.rows("SELECT 1 FROM agency_admission WHERE channel = 'atm'") == []


def test_an_admission_waits_for_people_of_the_province_alone(agency: Agency):
    from yifen.face.second.views import deciders, may_decide
    from yifen.trades.agency.admission import AdmissionForm, propose

    agency.ready()
    second_of_county = site.user("ia-second02", agency.county, "institution_admin")
    form = AdmissionForm(MERCHANT, "collect", "app", "3709", 1, DAY, None)
    row = propose(site.access(agency.county_admin), form, NOW)
    waits = deciders(site.access(agency.union_admin), row)
    logins = [login for _name, login in waits.people]
    assert (agency.union_second.login in logins, second_of_county.login in logins) == (True, False)
    assert [role.split(" ")[0] for role in waits.roles] == ["省联社"] * len(waits.roles)
    assert [may_decide(site.access(user), row) for user in (second_of_county, agency.union_second)] == [False, True]


def test_a_pair_names_a_merchant_that_is_there(agency: Agency):
    with pytest.raises(psycopg.errors.CheckViolation, match="there is no merchant 0404"):
        agency.owner("UPDATE core_pair SET merchant = '0404' WHERE biller_id = %s", agency.biller)


def test_4692_is_the_offices_and_asks_the_core_whose_account_it_is(agency: Agency):
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


# --- what is swept at the core as a whole: nothing is taken out of it, whoever comes second --------------

LATER = date(2027, 1, 1)
AT_CORE = 8425


def agreed_as(agency: Agency, mode: str = "gross", **fields: Any) -> Any:
    from yifen.trades.settlement.operations.agreements import AskedAgreement
    from yifen.trades.settlement.rules import FeeTerms, Tier

    terms = FeeTerms("amount", "day", (Tier(0, 3_000, 0),), 0, None, mode, LATER)
    return AskedAgreement(agency.biller, LATER, terms, **fields)


def test_an_agreement_that_takes_out_of_swept_money_is_refused_when_proposed_and_when_decided(agency: Agency):
    from yifen.trades.settlement.operations.agreements import propose

    agency.ready()
    finance = site.access(site.user("fin-core", agency.county, "finance"))
    for fields, field in (({"mode": "net"}, "mode"), ({"payout": True}, "payout")):
        with pytest.raises(Refused) as found:
            propose(finance, agreed_as(agency, **fields), NOW)
        assert (found.value.code, found.value.field) == (AT_CORE, field)
    agency.owner("UPDATE core_pair SET merchant = '' WHERE biller_id = %s", agency.biller)
    waits = propose(finance, agreed_as(agency, mode="net"), NOW)
    agency.paired()
    with pytest.raises(Refused) as found:
        site.agree(agency.supervisor, waits, NOW)
    assert found.value.code == AT_CORE


def test_the_rows_refuse_it_whoever_writes_them(agency: Agency):
    agency.ready()
    number = agency.rows("SELECT id FROM agreement WHERE biller_id = %s", agency.biller)[0][0]
    add = ("INSERT INTO agreement (biller_id, valid_from, mode, period, measure, min_fen, lag_days, make_up_days,"
           " payout, refunds) SELECT biller_id, %s, %s, period, measure, min_fen, lag_days, make_up_days, %s, refunds"
           " FROM agreement WHERE id = %s")  # fmt: skip
    for change in (("UPDATE agreement SET mode = 'net' WHERE id = %s", number), (add, LATER, "net", False, number),
                   (add, LATER, "gross", True, number)):  # fmt: skip
        with pytest.raises(psycopg.DatabaseError, match=f"^{AT_CORE}"):
            agency.owner(*change)


def test_a_net_agreement_of_before_ends_by_a_gross_one_that_stays_where_it_is(agency: Agency):
    """It stood before pairs asked: written past the triggers."""
    agency.ready()
    [(number, day)] = agency.rows("SELECT a.id, k.current_day FROM agreement a, ledger_book k WHERE a.biller_id = %s"
                                  " AND k.book_id = 1", agency.biller)  # fmt: skip
    with psycopg.connect(agency.place.database.super_url) as conn:
        conn.execute("SET session_replication_role = replica")
        conn.execute("UPDATE agreement SET mode = 'net', valid_from = '2020-01-01' WHERE id = %s", [number])
    new = ("INSERT INTO agreement (biller_id, valid_from, mode, period, measure, min_fen, lag_days, make_up_days,"
           " payout, refunds) SELECT biller_id, %s, 'gross', period, measure, min_fen, lag_days, make_up_days, payout,"
           " refunds FROM agreement WHERE id = %s")  # fmt: skip
    with pytest.raises(psycopg.DatabaseError, match=f"^{AT_CORE}"):
        agency.owner("UPDATE core_pair SET contract_no = 'HT-2' WHERE biller_id = %s", agency.biller)
    agency.owner(new, day, number)
    agency.owner("UPDATE core_pair SET contract_no = 'HT-2' WHERE biller_id = %s", agency.biller)
    for change in ("UPDATE agreement SET valid_from = '2027-02-01' WHERE biller_id = %s AND mode = 'gross'",
                   "DELETE FROM agreement WHERE biller_id = %s AND mode = 'gross'"):  # fmt: skip
        with pytest.raises(psycopg.DatabaseError, match=f"^{AT_CORE}"):
            agency.owner(change, agency.biller)


def test_a_pair_is_refused_before_the_core_is_asked_while_an_agreement_takes_out_of_its_money(agency: Agency):
    from yifen.face.plain import plain_connection
    from yifen.hub.corebank.pairs import PairForm
    from yifen.trades.agency.admission import propose_accounts

    agency.ready()
    agency.owner("UPDATE core_pair SET merchant = '' WHERE biller_id = %s", agency.biller)
    agency.owner("UPDATE agreement SET mode = 'net' WHERE biller_id = %s", agency.biller)
    form = PairForm(agency.biller, agency.county, TRANSIT, SETTLED, SETTLED_NAME, MERCHANT, "3701")
    with plain_connection() as conn, pytest.raises(Refused) as found:
        propose_accounts(site.access(agency.union_admin), agency.cores(conn), form, NOW)
    assert found.value.code == AT_CORE
    with pytest.raises(psycopg.DatabaseError, match=f"^{AT_CORE}"):
        agency.owner("UPDATE core_pair SET merchant = %s WHERE biller_id = %s", MERCHANT, agency.biller)
