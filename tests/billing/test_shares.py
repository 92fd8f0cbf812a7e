"""Shares 份额: of what follows no quantity a service pays a share from a day to a day; a bill is that of its days."""

import random
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

import pytest

from tests.billing.town import Town
from tests.world import the_ring
from yifen.core.plugs import result_code
from yifen.hub.payments.names import sealed_name

SEASON = date(2026, 11, 15), date(2027, 3, 15)
DAYS = 121


def heat(town: Town, price: str = "38.32") -> int:
    fee = town.fee("heat", name="供热费", unit="m²", metered=False, cycle="none")
    town.price(fee, [("供热费", "area", 0, price)], [])
    return fee


def share(town: Town, service: int, since: date, until: date, part: str = "0.2") -> str:
    """Two people's word, said to the function of another trade."""
    proposal = town.world.two_people("billing.close", str(service), {}, town.biller)
    with town.world.as_owner():
        return result_code(town.world.value("SELECT billing_share_v1(%s, %s, %s, %s, %s, '停供', %s)", proposal,
                                            service, since, until, Decimal(part), town.world.now)).name  # fmt: skip


def end(town: Town, share_id: int, day: date) -> str:
    proposal = town.world.two_people("billing.close", str(share_id), {}, town.biller)
    with town.world.as_owner():
        return result_code(town.world.value("SELECT billing_share_end_v1(%s, %s, %s, %s)", proposal, share_id, day,
                                            town.world.now)).name  # fmt: skip


def standing(town: Town, service: int) -> list[tuple[int, date, date, Decimal]]:
    return town.world.rows("SELECT share_id, from_on, to_on, share FROM billing_share WHERE service_id = %s"
                           " ORDER BY from_on", service)  # fmt: skip


def test_a_harbin_flat_that_is_stopped_all_season_pays_a_fifth(town: Town):
    fee = heat(town)
    service = town.service(town.customer("A"), fee, area_milli=70_500)
    assert share(town, service, *SEASON) == "OK"
    ((_, _, fen),) = town.bills(town.made(fee, *SEASON))
    assert fen == 54_031  # 70.5 × 38.32 × 0.2: bill 14 of the sixteen


def test_a_flat_stopped_from_the_middle_pays_each_day_by_its_share(town: Town):
    fee = heat(town)
    service = town.service(town.customer("A"), fee, area_milli=70_500)
    assert share(town, service, date(2027, 1, 15), SEASON[1]) == "OK"
    ((_, _, fen),) = town.bills(town.made(fee, *SEASON))
    assert fen == 162_987  # 61 days whole, 60 by 0.2: 2701.56 × 73 ÷ 121 = 1629.8668, rounded once


def test_a_metered_fee_has_its_basic_part_by_the_days_and_its_quantity_whole(town: Town):
    fee = town.fee("warm", unit="GJ", cycle="none")
    town.price(fee, [("基本费", "area", 0, "15.33"), ("计量费", "qty", 0, "42.55")], [], cap_price=Decimal("38.32"))
    service = town.service(town.customer("A"), fee, area_milli=70_500)
    town.used(service, date(2026, 11, 1), date(2026, 11, 30), 40_000)
    assert share(town, service, date(2026, 11, 16), date(2026, 12, 31), "0") == "OK"
    ((bill, _, _),) = town.bills(town.made(fee, date(2026, 11, 1), date(2026, 11, 30)))
    # 1080.765 and the cap of 2701.56, each by 15 days of 30; 40 GJ whole
    assert town.lines(bill) == [(1, 70_500, 54_038), (2, 40_000, 170_200), (0, 70_500, -89_160)]


def test_what_overlaps_lies_outside_or_is_no_share_is_refused_and_so_are_days_that_a_bill_has(town: Town):
    fee = heat(town)
    service = town.service(town.customer("A"), fee, date(2026, 11, 20), area_milli=70_500)
    inside = date(2026, 12, 1), date(2026, 12, 31)
    assert share(town, service, date(2026, 11, 19), inside[1]) == "SHARE_WRONG"
    assert share(town, service, *inside, part="1") == share(town, service, *inside, part="-0.1") == "SHARE_WRONG"
    assert share(town, service, inside[1], inside[0]) == "SHARE_WRONG"
    assert share(town, 999_000, *inside) == "SERVICE_UNKNOWN"
    assert standing(town, service) == []
    assert share(town, service, *inside, part="0") == "OK"
    assert share(town, service, inside[1], date(2027, 1, 9)) == "SHARE_WRONG"
    run = town.made(fee, *SEASON)
    assert share(town, service, date(2027, 1, 1), date(2027, 1, 9)) == "RUN_HAS_SERVICE"
    assert town.published(run) == ["OK"]
    assert share(town, service, date(2027, 1, 1), date(2027, 1, 9)) == "SHARE_BILLED"
    assert share(town, service, date(2027, 3, 16), date(2027, 3, 20)) == "OK"  # behind the bill
    ((first, *_), _) = standing(town, service)
    assert end(town, first, date(2026, 12, 20)) == "SHARE_BILLED"
    ((bill, _, _),) = town.bills(run)
    _, cancel = town.cancelled(bill)
    assert cancel is not None
    assert town.published(cancel) == ["OK"]
    assert end(town, first, date(2026, 12, 20)) == "OK"
    assert [row[1:] for row in standing(town, service)] == [
        (date(2026, 12, 1), date(2026, 12, 19), Decimal(0)), (date(2027, 3, 16), date(2027, 3, 20), Decimal("0.2"))]
    assert end(town, first, date(2026, 12, 10)) == "SHARE_WRONG"  # another row stands for it


def test_the_word_of_another_company_or_of_nobody_does_not_count(town: Town):
    fee, world = heat(town), town.world
    service = town.service(town.customer("A"), fee, area_milli=70_500)
    other = world.biller("OTHER")
    foreign = world.two_people("billing.close", "x", {}, other)
    undecided = world.proposed("billing.close", "y", {}, town.biller)
    with world.as_owner():
        for proposal in (foreign, undecided, 0):
            code = world.value("SELECT billing_share_v1(%s, %s, %s, %s, 0.2, '', %s)", proposal, service, *SEASON,
                               world.now)  # fmt: skip
            assert result_code(code).name == "CUSTOMERS_NOT_AGREED"
    assert standing(town, service) == []


def test_a_share_goes_along_to_the_next_holder(town: Town):
    fee, world = heat(town), town.world
    old = town.customer("A")
    service = town.service(old, fee, area_milli=70_500)
    world._insert("billing_counter", {"bucket": 0, "customer": 1, "service": 1}, "1")
    assert share(town, service, *SEASON) == "OK"
    to = {"bucket": 0, "account_no": "B", "name": sealed_name(the_ring(), town.biller, "B", "赵新"), "marks": [],
          "persons": 2, "consent": False, "contact": None}  # fmt: skip
    proposal = world.two_people("billing.holder", str(old), {
        "bucket": 0, "customer": old, "biller": town.biller, "account_no": "A", "day": "2026-12-31", "to": to,
        "readings": []}, town.biller)  # fmt: skip
    assert world.value("SELECT billing_contract_v1(%s, %s)", proposal, world.now) == 0
    its = world.value("SELECT service_id FROM billing_service WHERE from_on = '2027-01-01'")
    assert [row[1:3] for row in standing(town, service)] == [(SEASON[0], date(2026, 12, 31))]
    assert [row[1:3] for row in standing(town, its)] == [(date(2027, 1, 1), SEASON[1])]
    # 47 and 74 days of 121, each by 0.2
    assert [fen for _, _, fen in town.bills(town.made(fee, *SEASON))] == [20_987, 33_044]


def test_a_share_stays_with_its_flat_where_the_service_goes_to_another_place(town: Town):
    fee, world = heat(town), town.world
    old, new = town.customer("A"), town.customer("B")
    service = town.service(old, fee, area_milli=70_500)
    world._insert("billing_counter", {"bucket": 0, "customer": 2, "service": 1}, "1")
    assert share(town, service, *SEASON) == "OK"
    proposal = world.two_people("billing.move", str(old), {
        "bucket": 0, "customer": old, "biller": town.biller, "account_no": "A", "day": "2026-12-31", "fee": fee,
        "to": {"bucket": 0, "customer": new, "account_no": "B"}, "readings": []}, town.biller)  # fmt: skip
    assert world.value("SELECT billing_contract_v1(%s, %s)", proposal, world.now) == 0
    its = world.value("SELECT service_id FROM billing_service WHERE from_on = '2027-01-01'")
    assert [row[1:3] for row in standing(town, service)] == [(SEASON[0], date(2026, 12, 31))]
    assert standing(town, its) == []


@pytest.mark.parametrize("seed", range(6))
def test_a_bill_is_the_sum_of_its_days_each_by_its_share(town: Town, seed: int):
    chance, fee = random.Random(seed), heat(town)
    services = []
    for number in range(12):
        since = SEASON[0] + timedelta(chance.choice((0, 0, 40)))
        area = chance.randint(30_000, 160_000)
        service = town.service(town.customer(f"A{number}"), fee, since, area_milli=area)
        services.append((service, area, [Decimal((SEASON[0] + timedelta(day)) >= since) for day in range(DAYS)]))
    for service, _, days in services:
        for _ in range(chance.randint(0, 3)):
            first = chance.randrange(DAYS)
            last, part = chance.randrange(first, DAYS), chance.choice(("0", "0.2", "0.3", "0.655"))
            span = SEASON[0] + timedelta(first), SEASON[0] + timedelta(last)
            free = all(one == 1 for one in days[first : last + 1])  # neither before it began nor shared already
            assert share(town, service, *span, part=part) == ("OK" if free else "SHARE_WRONG")
            if free:
                days[first : last + 1] = [Decimal(part)] * (last - first + 1)
        shares = standing(town, service)
        if shares and chance.random() < 0.5:
            share_id, since, until, _ = chance.choice(shares)
            day = since + timedelta(chance.randint(0, (until - since).days))
            assert end(town, share_id, day) == "OK"
            for place in range((day - SEASON[0]).days, (until - SEASON[0]).days + 1):
                days[place] = Decimal(1)
    found = {service: fen for service, fen in town.world.rows(
        "SELECT service_id, amount_fen FROM billing_bill WHERE run_id = %s", town.made(fee, *SEASON))}  # fmt: skip
    assert found == {
        service: int((Decimal(area) * Decimal("3.832") * sum(days) / DAYS).quantize(Decimal(1), ROUND_HALF_UP))
        for service, area, days in services}  # fmt: skip
