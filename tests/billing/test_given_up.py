"""Runs that cannot be published do not block their fee; nobody is believed an old day; what billing counts on stays."""

from datetime import date, datetime

import psycopg
import pytest

from tests.billing.test_runs import NOVEMBER, year_of
from tests.billing.test_sales import prepaid, recharged, sales
from tests.billing.town import LIMITS, Town
from tests.world import NOON
from yifen.core.facts.processes import WEB
from yifen.core.facts.sqlfiles import queries
from yifen.core.plugs import result_code

SIZE = "CREATE OR REPLACE FUNCTION billing_piece_size_v1() RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT {}'"
STATE = "SELECT state, pieces, booked, bills, asked_fen, missing, unbilled FROM billing_run_state WHERE run_id = %s"


def dropped(town: Town, run: int) -> str:
    return result_code(town.world.value("SELECT billing_drop_v1('maker01', %s, %s)", run, NOON)).name


def two_pieces(town: Town) -> tuple[int, int]:
    """(fee, run) of November: A1, whose tiers moved since, is a piece, A2 another."""
    fee = town.fee()
    town.price(fee)
    for account in ("A1", "A2"):
        town.used(town.service(town.customer(account), fee), *NOVEMBER, 100_000)
    town.world.set_up(SIZE.format(1))
    run = town.made(fee, *NOVEMBER)
    town.world.set_up("INSERT INTO billing_used VALUES (0, 1000, '2026-01-01', 7)")
    return fee, run


def test_an_agreed_run_that_is_stale_is_given_up_and_its_fee_is_free(town: Town):
    fee, service, _ = year_of(town, 2_000_000)
    town.used(service, date(2026, 2, 1), date(2026, 2, 28), 1_000_000)
    run = town.made(fee, date(2026, 2, 1), date(2026, 2, 28))
    town.world.set_up("UPDATE billing_used SET used_milli = 0")
    assert town.published(run) == ["RUN_STALE"]
    assert town.begun(fee, *NOVEMBER)[0].name == "RUN_OPEN"
    assert dropped(town, run) == "OK"
    assert town.world.rows(STATE, run) == [("dropped", 1, 0, 1, 57_090, 0, 0)]
    assert town.published(town.made(fee, date(2026, 2, 1), date(2026, 2, 28))) == ["OK"]
    assert town.wrong() == []


def test_a_stale_piece_does_not_hold_up_the_others_and_is_given_up_by_itself(town: Town):
    fee, run = two_pieces(town)
    assert town.published(run) == ["RUN_STALE", "OK"]
    assert town.world.rows(STATE, run) == [("publishing", 2, 1, 2, 10_938, 0, 0)]
    assert dropped(town, run) == "OK"
    assert town.world.rows(STATE, run) == [("published", 2, 1, 1, 5_469, 1, 1)]
    assert dropped(town, run) == "RUN_PUBLISHED"
    missing = queries("yifen.trades.billing.runs")["missing"]
    assert town.world.conn.execute(missing, {"run": run, "most": 20}).fetchall() == [(1000, "A1", "given", None)]
    agreed = "SELECT billing_publish_v1(id, 0, %s) FROM access_authorisation WHERE action = 'billing.publish'"
    assert result_code(town.world.value(agreed, NOON)).name == "RUN_NOT_AGREED"
    again = town.made(fee, *NOVEMBER)
    assert [(milli, fen) for _, milli, fen in town.bills(again)] == [(100_000, 5_469)]
    assert town.published(again) == ["OK", "OK"]
    assert (sorted(len(town.owed(account)) for account in ("A1", "A2")), town.wrong()) == ([1, 1], [])


def test_nothing_that_was_given_up_is_booked(town: Town):
    _, run = two_pieces(town)
    assert dropped(town, run) == "OK"
    book = ("INSERT INTO billing_booking (document_id, bucket, biller_id, kind, run_id, piece, business_day, at)"
            " VALUES (-9, 0, %s, 'published', %s, 0, '2026-11-24', now())")  # fmt: skip
    with pytest.raises(psycopg.errors.RestrictViolation):
        town.world.set_up(book, town.biller, run)


def test_an_old_day_lowers_no_late_fee_that_was_told(town: Town):
    fee, _, (bill,) = year_of(town, 1_000_000)
    town.late_rule(fee, "1", "1")
    town.on(date(2027, 6, 1))
    told = town.asked("A1")
    assert told[f"B{bill}"] > 54_690
    town.world.run("SELECT payments_fresh_v1(0::smallint, %s, 'A1', %s)", town.biller,
                   datetime(2026, 12, 28, 12, tzinfo=NOON.tzinfo))  # fmt: skip
    assert town.owed("A1")[f"B{bill}"][1] == told[f"B{bill}"]
    assert town.wrong() == []


def test_money_is_not_sold_by_the_price_of_a_day_before_it_came(town: Town):
    prepaid(town)
    fee = town.world.value("SELECT fee_id FROM billing_fee")
    town.price(fee, [("电费", "qty", 0, "1")], LIMITS, date(2026, 11, 20))
    recharged(town, 10_000)
    old = datetime(2026, 11, 10, 12, tzinfo=NOON.tzinfo)
    town.world.run("SELECT billing_recharged_v1(0::smallint, %s)", old)
    payable = town.world.value("SELECT payable_id FROM billing_unsold")
    assert town.world.value("SELECT billing_sell_v1(0::smallint, %s, %s)", payable, old) == 0
    assert sales(town) == [(100_000, 10_000)]


@pytest.mark.parametrize("change", ["quote_ttl_s = NULL", "endpoint = 'https://power.example/'"])
def test_a_company_that_bills_here_stays_one_that_may(town: Town, change: str):
    town.world.run("SET CONSTRAINTS ALL IMMEDIATE")
    town.world.set_up("ALTER TABLE biller DISABLE TRIGGER two_people")  # as if they had agreed
    town.world.run(f"SET ROLE {WEB}")
    with pytest.raises(psycopg.DatabaseError) as refused:
        town.world.run(f"UPDATE biller SET {change} WHERE partner_id = %s", town.biller)
    assert (refused.value.sqlstate, str(refused.value).split()[0]) == ("YF001", "8899")


def test_a_token_that_was_asked_of_one_system_is_not_asked_of_the_next(town: Town):
    prepaid(town)
    town.world.set_up("INSERT INTO billing_vending VALUES (%s, 'https://one.example', '\\x00', 1)", town.biller)
    recharged(town, 10_000)
    town.world.run("SELECT billing_recharged_v1(0::smallint, %s)", NOON)
    payable = town.world.value("SELECT payable_id FROM billing_unsold")
    assert town.world.value("SELECT billing_sell_v1(0::smallint, %s, %s)", payable, NOON) == 0
    take = "SELECT was_asked FROM billing_take_token_v1(%s, '{}')"
    assert town.world.rows(take, NOON) == [(False,)]
    content = {"vending": {"biller": town.biller, "endpoint": "https://two.example", "sealed": None}}
    town.world.two_people("billing.vending", str(town.biller), content, town.biller)
    assert town.world.value("SELECT billing_vending_v1(%s)", town.biller) == 0
    assert town.world.value("SELECT token_state FROM billing_sale") == "rejected"
    assert town.world.rows(take, NOON.replace(year=2027)) == []
