"""Bills corrected to an area, by an amount, for cold days; cancelled and made anew by one decision."""

from datetime import date
from typing import Any

import pytest
from psycopg.types.json import Jsonb

from tests.billing.town import Town
from tests.world import NOON
from yifen.core.plugs import result_code

SEASON = date(2026, 11, 15), date(2027, 3, 15)
DUE = date(2026, 12, 20)
HEAT = [("热费", "area", 0, "38.32")]


def heated(town: Town, area_milli: int = 70_500, parts: Any = HEAT, **fields: Any) -> tuple[int, int, int]:
    """(fee, service, bill) of A1, whose season is billed."""
    fee = town.fee("heat", metered=False, cycle="none", unit="m²", name="热费", mode="partial")
    town.price(fee, parts, [], **fields)
    service = town.service(town.customer("A1"), fee, area_milli=area_milli)
    run = town.made(fee, *SEASON)
    assert town.published(run) == ["OK"]
    ((bill, _, _),) = town.bills(run)
    return fee, service, bill


def adjusted(
    town: Town, bill: int, area: int | None = None, fens: tuple[int, ...] = (), about: Any = None, due: date = DUE
) -> tuple[str, int | None]:
    asked = "SELECT code, run_id FROM billing_adjust_v1('maker01', %s, %s, %s::bigint[], %s, %s, '量错', %s)"
    code, run = town.world.rows(asked, bill, area, list(fens), Jsonb(about or [{}] * len(fens)), due, NOON)[0]
    return result_code(code).name, run


def anew(town: Town, bill: int, due: date = DUE) -> tuple[str, int | None]:
    code, run = town.world.rows("SELECT code, run_id FROM billing_anew_v1('maker01', %s, %s, '资料改正', %s)",
                                bill, due, NOON)[0]  # fmt: skip
    return result_code(code).name, run


def done(town: Town, told: tuple[str, int | None]) -> int:
    assert told[0] == "OK"
    assert told[1] is not None
    assert town.published(told[1]) == ["OK"]
    return told[1]


def test_a_bill_of_a_wrong_area_is_lowered_to_the_right_one_by_two_people(town: Town):
    _, _, bill = heated(town, 75_500)
    assert town.owed("A1")[f"B{bill}"] == ("open", 289_316, 0, None)
    code, run = adjusted(town, bill, 70_500)
    assert (code, run is None) == ("OK", False)
    ((back, milli, fen),) = town.bills(run)  # type: ignore[arg-type]
    assert (milli, fen, town.lines(back)) == (0, -19_160, [(1, -5_000, -19_160)])
    assert town.owed("A1")[f"B{bill}"] == ("open", 289_316, 0, None)
    assert town.published(run) == ["OK"]  # type: ignore[arg-type]
    assert town.owed("A1")[f"B{bill}"] == ("open", 270_156, 0, None)
    assert town.books() == {"1123": 270_156, "6001": -270_156}
    assert town.wrong() == []


def test_what_was_paid_of_a_wrong_area_goes_to_the_balance_and_more_is_asked_for_by_a_bill_of_its_own(town: Town):
    _, _, bill = heated(town)
    assert town.paid("A1", {f"B{bill}": 270_156}) == "OK"
    done(town, adjusted(town, bill, 60_500))
    assert town.owed("A1")["PREPAID"] == ("open", 0, 0, 38_320)
    run = done(town, adjusted(town, bill, 80_500))  # beside what was corrected before, not beside the first bill
    ((more, _, fen),) = town.bills(run)
    assert (fen, town.lines(more)) == (76_640, [(1, 20_000, 76_640)])
    assert town.owed("A1")[f"B{more}"] == ("open", 38_320, 0, None)  # his balance paid first
    run = done(town, adjusted(town, bill, 70_500))
    assert [fen for _, _, fen in town.bills(run)] == [-38_320]
    assert adjusted(town, bill, 70_500) == ("CORRECTS_NOTHING", None)
    town.book()
    assert town.wrong() == []


def test_an_area_counts_for_the_days_and_shares_that_the_bill_has(town: Town):
    """Opened on 15 January, stopped to a fifth from 1 to 10 February, a dearer price from 1 March."""
    fee = town.fee("heat", metered=False, cycle="none", unit="m²", name="热费")
    town.price(fee, HEAT, [])
    town.price(fee, [("热费", "area", 0, "40")], [], since=date(2027, 3, 1))
    service = town.service(town.customer("A1"), fee, date(2027, 1, 15), area_milli=70_500)
    town.world._insert("billing_share_row", {
        "bucket": 0, "service_id": service, "from_on": date(2027, 2, 1), "to_on": date(2027, 2, 10), "share": "0.2",
        "why": "报停", "proposal": 1, "made_at": NOON})  # fmt: skip
    run = town.made(fee, *SEASON)
    assert town.published(run) == ["OK"]
    ((bill, _, fen),) = town.bills(run)
    assert fen == 82_610 + 34_959  # 37 of 121 days, and 15 of 121 at 40
    run = done(town, adjusted(town, bill, 100_000))
    ((more, _, fen),) = town.bills(run)
    assert town.lines(more) == [(1, 29_500, 117_177 - 82_610), (1, 29_500, 49_587 - 34_959)]
    assert fen == 49_195
    assert town.wrong() == []


def test_what_has_no_area_or_is_no_longer_what_its_prices_say_is_corrected_by_an_amount(town: Town):
    fee = town.fee()
    town.price(fee)
    service = town.service(town.customer("A2"), fee)
    town.used(service, date(2026, 11, 1), date(2026, 11, 30), 300_000)
    run = town.made(fee, date(2026, 11, 1), date(2026, 11, 30))
    assert town.published(run) == ["OK"]
    ((bill, _, fen),) = town.bills(run)
    assert adjusted(town, bill, 70_500) == ("NO_AREA", None)
    assert adjusted(town, bill, fens=(-fen - 1,)) == ("BILL_GIVEN_BACK", None)
    assert adjusted(town, bill, fens=(0,)) == ("CORRECTS_NOTHING", None)
    done(town, adjusted(town, bill, fens=(-fen + 100,)))
    assert adjusted(town, bill, fens=(-101,)) == ("BILL_GIVEN_BACK", None)
    assert town.corrected(service, -300_000, date(2026, 11, 30), bill) == ("BILL_GIVEN_BACK", None)
    assert town.owed("A2")[f"B{bill}"] == ("open", 100, 0, None)
    _, stopped, heat = heated(town)
    town.world._insert("billing_share_row", {  # which no bill of then counted
        "bucket": 0, "service_id": stopped, "from_on": date(2027, 2, 1), "to_on": date(2027, 2, 10), "share": "0.2",
        "why": "报停", "proposal": 1, "made_at": date(2020, 1, 1)})  # fmt: skip
    assert adjusted(town, heat, 60_000) == ("NO_AREA", None)


def test_cold_days_are_given_back_once(town: Town):
    """The worked example of the rules: 2400.00 of a season of 110 days, five days at half."""
    fee = town.fee("heat", metered=False, cycle="none", unit="m²", name="热费")
    town.price(fee, [("热费", "fixed", 0, "2400")], [])
    town.service(town.customer("A1"), fee)
    run = town.made(fee, date(2026, 11, 15), date(2027, 3, 4))
    assert town.published(run) == ["OK"]
    ((bill, _, _),) = town.bills(run)
    cold = [{"from": "2026-12-01", "to": "2026-12-05", "degrees": "15", "share": "0.5"}]
    done(town, adjusted(town, bill, fens=(-5_455,), about=cold))
    assert town.owed("A1")[f"B{bill}"] == ("open", 234_545, 0, None)
    again = [{"from": "2026-12-05", "to": "2026-12-06", "degrees": "15", "share": "0.5"}]
    assert adjusted(town, bill, fens=(-2_182,), about=again) == ("BILL_GIVEN_BACK", None)
    later = [{"from": "2026-12-06", "to": "2026-12-06", "degrees": "15", "share": "0.5"}]
    done(town, adjusted(town, bill, fens=(-1_091,), about=later))
    assert town.owed("A1")[f"B{bill}"] == ("open", 233_454, 0, None)
    done(town, town.cancelled(bill))
    assert town.owed("A1")[f"B{bill}"][0] == "withdrawn"
    assert town.books() == {}
    assert town.wrong() == []


def test_a_bill_of_which_more_is_asked_for_is_cancelled_after_that_one(town: Town):
    _, _, bill = heated(town)
    run = done(town, adjusted(town, bill, 80_500))
    ((more, _, _),) = town.bills(run)
    assert town.cancelled(bill) == ("BILL_CORRECTED", None)
    assert anew(town, bill) == ("BILL_CORRECTED", None)
    done(town, town.cancelled(more))
    done(town, town.cancelled(bill))
    assert town.books() == {}
    assert town.wrong() == []


def test_only_who_may_run_bills_corrects_one_that_counts_and_nothing_else_is_open(town: Town):
    fee, _, bill = heated(town)
    asked = "SELECT code FROM billing_adjust_v1('nobody', %s, 60000, '{}', '[]', %s, '量错', now())"
    assert result_code(town.world.value(asked, bill, DUE)).name == "PERMISSION_MISSING"
    assert adjusted(town, bill + 1_000, 60_000) == ("BILL_UNKNOWN", None)
    assert adjusted(town, bill, 60_000, due=date(2026, 11, 14)) == ("PERIOD_WRONG", None)
    _, run = adjusted(town, bill, 60_000)
    assert adjusted(town, bill, 50_000) == ("RUN_OPEN", None)
    assert town.begun(fee, *SEASON)[0].name == "RUN_OPEN"
    assert town.world.value("SELECT billing_drop_v1('maker01', %s, %s)", run, NOON) == 0
    run = done(town, adjusted(town, bill, 50_000))
    ((correction, _, _),) = town.bills(run)
    assert adjusted(town, correction, 60_000) == ("BILL_UNKNOWN", None)
    assert town.wrong() == []


def test_a_carry_of_whole_yuan_goes_on_behind_a_correction(town: Town):
    """3.20 carried: the bill after the correction takes it off."""
    fee = town.fee("net", metered=False, cycle="none", unit="月", name="维护费", whole_yuan=True)
    town.price(fee, [("维护费", "fixed", 0, "10.30")], [])
    service = town.service(town.customer("A1"), fee)
    run = town.made(fee, date(2026, 10, 1), date(2026, 10, 31))
    assert town.published(run) == ["OK"]
    ((bill, _, fen),) = town.bills(run)
    assert fen == 1_100
    done(town, adjusted(town, bill, fens=(-200,)))
    run = town.made(fee, date(2026, 11, 1), date(2026, 11, 30))
    assert [fen for _, _, fen in town.bills(run)] == [1_000]  # 10.30 less 0.70, made up to 10.00
    assert town.world.value("SELECT carried_fen FROM billing_bill WHERE run_id = %s", run) == 70
    assert service
    assert town.wrong() == []


# --- made anew --------------------------------------------------------------------------------------
def test_a_bill_is_cancelled_and_made_anew_by_one_decision(town: Town):
    _, service, bill = heated(town, 75_500)
    assert anew(town, bill) == ("CORRECTS_NOTHING", None)
    town.world.set_up("UPDATE billing_service SET area_milli = 70500 WHERE service_id = %s", service)
    assert town.paid("A1", {f"B{bill}": 100_000}) == "OK"
    code, run = anew(town, bill, date(2026, 12, 31))
    assert code == "OK"
    assert run is not None
    new = town.world.value("SELECT (subject ->> 'anew')::integer FROM billing_run WHERE run_id = %s", run)
    ((fresh, _, fen),) = town.bills(new)
    assert fen == 270_156
    assert town.published(new) == ["RUN_NOT_AGREED"]  # not by itself
    assert town.owed("A1")[f"B{bill}"] == ("open", 289_316, 100_000, None)
    assert town.published(run) == ["OK"]
    owed = town.owed("A1")
    assert owed[f"B{fresh}"] == ("open", 170_156, 0, None)
    assert owed["PREPAID"] == ("open", 0, 0, 0)
    town.book()
    assert town.books() == {"1123": 170_156, "1124": 100_000, "6001": -270_156}
    assert town.world.value("SELECT due_on FROM payable WHERE ref = %s", f"B{fresh}") == date(2026, 12, 31)
    states = town.world.rows("SELECT state FROM billing_run_state WHERE run_id IN (%s, %s)", run, new)
    assert states == [("published",), ("published",)]
    assert town.wrong() == []


def test_a_use_made_anew_stands_where_its_tiers_are_without_it(town: Town):
    fee = town.fee()
    town.price(fee)
    customer = town.customer("A1")
    service = town.service(customer, fee)
    bills = []
    for month, milli in ((1, 2_000_000), (2, 1_000_000)):
        town.used(service, date(2026, month, 1), date(2026, month, 28), milli)
        run = town.made(fee, date(2026, month, 1), date(2026, month, 28))
        assert town.published(run) == ["OK"]
        bills += [bill for bill, _, _ in town.bills(run)]
    assert town.lines(bills[1]) == [(1, 520_000, 28_439), (2, 480_000, 28_651)]
    town.world.set_up("UPDATE billing_service SET factor = 0.9 WHERE service_id = %s", service)
    _, run = anew(town, bills[1])
    assert town.world.value("SELECT used_milli FROM billing_used WHERE service_id = %s", service) == 3_000_000
    assert run is not None
    new = town.world.value("SELECT (subject ->> 'anew')::integer FROM billing_run WHERE run_id = %s", run)
    ((fresh, milli, _),) = town.bills(new)
    assert (milli, town.lines(fresh)) == (900_000, [(1, 520_000, 28_439), (2, 380_000, 22_682)])
    assert town.published(run) == ["OK"]
    assert town.world.value("SELECT used_milli FROM billing_used WHERE service_id = %s", service) == 2_900_000
    assert town.wrong() == []


def test_what_is_not_made_anew_leaves_the_bill_as_it_is(town: Town):
    fee, service, bill = heated(town)
    town.world.set_up("UPDATE billing_service SET class = 'other' WHERE service_id = %s", service)
    assert anew(town, bill) == ("PRICE_MISSING", None)
    assert town.world.value("SELECT count(*) FROM billing_run WHERE fee_id = %s", fee) == 1
    town.world.set_up("UPDATE billing_service SET class = 'residential', area_milli = 60000 WHERE service_id = %s",
                      service)  # fmt: skip
    assert anew(town, bill, date(2026, 11, 14)) == ("PERIOD_WRONG", None)
    _, run = anew(town, bill)
    new = town.world.value("SELECT (subject ->> 'anew')::integer FROM billing_run WHERE run_id = %s", run)
    assert town.world.value("SELECT billing_drop_v1('maker01', %s, %s)", new, NOON) == 0  # one goes with the other
    dropped = town.world.rows("SELECT dropped_at IS NOT NULL FROM billing_run WHERE run_id IN (%s, %s)", run, new)
    assert dropped == [(True,), (True,)]
    assert town.owed("A1")[f"B{bill}"] == ("open", 270_156, 0, None)
    assert town.wrong() == []


def test_nothing_of_it_is_published_when_its_tiers_moved_since(town: Town):
    fee = town.fee()
    town.price(fee)
    service = town.service(town.customer("A1"), fee)
    town.used(service, date(2026, 1, 1), date(2026, 1, 28), 1_000_000)
    run = town.made(fee, date(2026, 1, 1), date(2026, 1, 28))
    assert town.published(run) == ["OK"]
    ((bill, _, fen),) = town.bills(run)
    town.world.set_up("UPDATE billing_service SET factor = 0.9 WHERE service_id = %s", service)
    _, run = anew(town, bill)
    town.world.set_up("UPDATE billing_used SET used_milli = used_milli + 1 WHERE service_id = %s", service)
    assert run is not None
    assert town.published(run) == ["RUN_STALE"]
    assert town.owed("A1")[f"B{bill}"] == ("open", fen, 0, None)
    assert town.books() == {"1123": fen, "6001": -fen}


@pytest.mark.parametrize("what", ["past", "cancel"])
def test_what_was_paid_elsewhere_or_taken_back_is_not_made_anew(town: Town, what: str):
    fee, service, bill = heated(town)
    if what == "past":
        town.world.set_up("UPDATE billing_run SET kind = 'past' WHERE fee_id = %s", fee)
        assert adjusted(town, bill, 60_000) == ("BILL_PAST", None)
    else:
        done(town, town.cancelled(bill))
        assert adjusted(town, bill, 60_000) == ("BILL_UNKNOWN", None)
    assert anew(town, bill) == ("BILL_UNKNOWN", None)
    assert service
