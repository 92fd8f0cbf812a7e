"""What was billed, and paid, before a company came here 期初."""

from datetime import date

import pytest

from tests.billing.town import Town

OCTOBER, NOVEMBER = (date(2026, 10, 1), date(2026, 10, 31)), (date(2026, 11, 1), date(2026, 11, 30))


def begun(town: Town, *milli: int) -> tuple[int, int]:
    """(fee, service) of a power customer with a use in October, and in November."""
    fee = town.fee()
    town.price(fee)
    service = town.service(town.customer("A1"), fee)
    for period, used in zip((OCTOBER, NOVEMBER), milli, strict=False):
        town.used(service, *period, used)
    return fee, service


def test_past_bills_count_in_tiers_and_comparisons_but_nobody_is_asked_for_them(town: Town):
    fee, _ = begun(town, 2_400_000, 300_000)
    past = town.made(fee, *OCTOBER, past=True)
    ((bill, *figures),) = town.bills(past)
    assert figures == [2_400_000, 131_256]
    assert town.published(past) == ["OK"]
    assert (town.owed("A1"), town.books()) == ({}, {})
    run = town.made(fee, *NOVEMBER)
    ((new, *_),) = town.bills(run)
    assert town.lines(new) == [(1, 120_000, 6_563), (2, 180_000, 10_744)]
    assert town.published(run) == ["OK"]
    assert town.owed("A1") == {f"B{new}": ("open", 17_307, 0, None)}
    assert town.books() == {"1123": 17_307, "6001": -17_307}
    assert town.wrong() == []
    assert town.cancelled(bill) == ("BILL_UNKNOWN", None)


def test_a_past_bill_takes_nothing_from_a_balance_and_gives_nothing_to_it(town: Town):
    fee, _ = begun(town, 100_000)
    town.asked("A1")
    assert town.paid("A1", {"PREPAID": 5_000}) == "OK"
    assert town.published(town.made(fee, *OCTOBER, past=True)) == ["OK"]
    town.book()
    assert town.owed("A1") == {"PREPAID": ("open", 0, 0, 5_000)}
    assert town.books() == {"1124": 5_000, "2203": -5_000}


@pytest.mark.parametrize("milli", [-40_000, 40_000])
def test_a_past_bill_is_not_corrected_for_its_money_never_came_here(town: Town, milli: int):
    fee, service = begun(town, 100_000)
    past = town.made(fee, *OCTOBER, past=True)
    assert town.published(past) == ["OK"]
    ((bill, _, _),) = town.bills(past)
    assert town.corrected(service, milli, OCTOBER[1], bill) == ("BILL_PAST", None)
    assert town.owed("A1") == {}


def test_nothing_is_past_once_it_is_made_or_something_of_the_fee_is_asked_for_here(town: Town):
    fee, _ = begun(town, 100_000, 100_000)
    assert town.past(town.made(fee, *NOVEMBER)) == "RUN_UNKNOWN"
    assert town.past(9_999_999) == "RUN_UNKNOWN"
    (run,) = town.world.rows("SELECT run_id FROM billing_run")[0]
    assert town.published(run) == ["OK"]
    _, early = town.begun(fee, *OCTOBER)
    assert town.past(early) == "OK"
    town.world.run("SELECT billing_drop_v1('maker01', %s, now())", early)
    _, late = town.begun(fee, date(2026, 11, 15), date(2026, 12, 15))
    assert town.past(late) == "PAST_LATER"
