"""开停检查: who has heat and has not paid, who is stopped and warm, whom somebody is sent to."""

from datetime import date
from typing import Any

import pytest

from tests.heating.service import SEASON, HeatTown

DECEMBER = date(2026, 12, 10)


def unpaid(heat: HeatTown, day: date = DECEMBER) -> list[tuple[Any, ...]]:
    return heat.world.rows(
        "SELECT c.account_no, u.state, u.since, u.owed_fen FROM heating_season s JOIN billing_service v USING (fee_id)"
        " JOIN billing_customer c USING (bucket, customer_id) CROSS JOIN LATERAL heating_unpaid_v1(s, v, %s) u"
        " ORDER BY c.account_no", day)  # fmt: skip


def warm(heat: HeatTown) -> list[tuple[Any, ...]]:
    return heat.world.rows("SELECT w.seen_on, w.moved_milli FROM heating_stop k"
                           " CROSS JOIN LATERAL heating_warm_v1(k.bucket, k.service_id, k.from_on, k.to_on) w"
                           )  # fmt: skip


def share_of(heat: HeatTown, service: int) -> int:
    return int(heat.world.value("SELECT share_id FROM heating_stop WHERE service_id = %s", service))


def test_who_has_heat_is_listed_until_he_has_paid_or_is_stopped(heat: HeatTown):
    town, season = heat.town, heat.season(by_days=True, ask_until="2027-03-15")
    heat.flat("A")
    stopped, again = heat.flat("B"), heat.flat("C")
    heat.stopped(stopped, season, SEASON[0])
    heat.stopped(again, season, SEASON[0])
    town.on(date(2026, 11, 20))
    start = heat.asked(again, season, "start", date(2026, 12, 1))
    heat.seen(f"R{start}")
    assert heat.decided(start) == "OK"
    assert unpaid(heat) == [("A", "unbilled", SEASON[0], 0), ("C", "unbilled", date(2026, 12, 1), 0)]
    run = town.made(heat.fee, *SEASON)
    assert town.published(run) == ["OK"]
    refs = {account: ref for ref, account in heat.world.rows(
        "SELECT ref, account_no FROM payable WHERE balance_fen IS NULL")}  # fmt: skip
    owed = 241_578  # 16 of 121 days by 0.2: 2701.56 × 108.2 ÷ 121
    assert unpaid(heat) == [("A", "owed", SEASON[0], 270_156), ("C", "owed", date(2026, 12, 1), owed)]
    assert unpaid(heat, date(2026, 12, 21))[0] == ("A", "late", SEASON[0], 270_156)
    assert town.paid("A", {refs["A"]: 270_156}) == "OK"
    assert town.paid("C", {refs["C"]: 1_578}) == "OK"  # in part
    assert unpaid(heat) == [("C", "owed", date(2026, 12, 1), 240_000)]


def test_what_was_paid_before_the_company_came_is_not_listed(heat: HeatTown):
    town = heat.town
    heat.season()
    heat.flat("A")
    assert [row[1] for row in unpaid(heat)] == ["unbilled"]
    assert town.published(town.made(heat.fee, *SEASON, past=True)) == ["OK"]
    assert unpaid(heat) == []


def test_a_stop_that_a_visit_found_warm_is_charged_whole_from_a_day(heat: HeatTown):
    town, season, flat = heat.town, heat.season(), heat.flat("A")
    request = heat.stopped(flat, season)
    share = share_of(heat, flat)
    assert warm(heat) == []
    assert heat.charged(share, DECEMBER) == "NOT_WARM"
    town.on(DECEMBER)
    heat.world.made("SELECT visits_ask_v1(%s, 0::smallint, 1000, %s, 'check', 'heating', 'C1', '', %s, %s)",
                    town.biller, flat, DECEMBER, heat.world.now)  # fmt: skip
    heat.seen("C1", "warm")
    assert warm(heat) == [(DECEMBER, 0)]
    assert heat.charged(share, date(2026, 11, 14)) == "SHARE_WRONG"  # before it was stopped
    assert heat.charged(share, DECEMBER) == "OK"
    assert heat.stops(flat) == [(SEASON[0], date(2026, 12, 9), 200)]
    assert warm(heat) == []  # what was found lies behind what is left of the stop
    assert heat.charged(share, DECEMBER) == "NOT_WARM"
    ((_, _, fen),) = town.bills(town.made(heat.fee, *SEASON))
    assert fen == 225_502  # 25 days by 0.2, 96 whole: 2701.56 × 101 ÷ 121
    assert heat.request(request)[0] == "agreed"


def test_a_stop_whose_meter_moved_is_warm_and_one_whose_bill_stands_is_cancelled_first(heat: HeatTown):
    town, season, flat = heat.town, heat.season(), heat.flat("A")
    heat.stopped(flat, season)
    meter = {"bucket": 0, "meter_id": 1000, "service_id": flat, "biller_id": town.biller, "number": "M1",
             "fitted_on": date(2026, 1, 1)}  # fmt: skip
    heat.world._insert("billing_meter", meter, "1")
    read = {"bucket": 0, "meter_id": 1000, "kind": "read", "taken_at": heat.world.now, "taken_by": "x"}
    heat.world._insert("billing_reading", read | {"read_on": date(2026, 10, 1), "value_milli": 1_000}, "1")
    heat.world._insert("billing_reading", read | {"read_on": date(2026, 11, 14), "value_milli": 5_000}, "1")
    heat.world._insert("billing_reading", read | {"read_on": date(2026, 12, 1), "value_milli": 5_000}, "1")
    assert warm(heat) == []  # it moved before
    heat.world._insert("billing_reading", read | {"read_on": date(2026, 12, 5), "value_milli": 7_500}, "1")
    assert warm(heat) == [(None, 2_500)]
    again = {"read_on": date(2026, 12, 5), "value_milli": 5_000, "version": 2}
    heat.world._insert("billing_reading", read | again, "1")
    assert warm(heat) == []  # it was read wrongly
    heat.world._insert("billing_reading", read | {"read_on": date(2026, 12, 6), "value_milli": 5_001}, "1")
    assert town.published(town.made(heat.fee, *SEASON)) == ["OK"]
    assert heat.charged(share_of(heat, flat), SEASON[0]) == "SHARE_BILLED"
    assert heat.stops(flat) == [(*SEASON, 200)]


def test_somebody_is_sent_to_every_door_of_a_building_that_has_not_paid_or_is_stopped(heat: HeatTown):
    world, season = heat.world, heat.season(heated_from="2026-11-10")
    flats = {name: heat.flat(name) for name in ("101", "102", "201", "X")}
    tree = {}
    for level, (name, parent) in enumerate((("小区", None), ("1号楼", "小区"), ("1单元", "1号楼")), 1):
        row = {"biller_id": heat.town.biller, "name": name, "path": name, "level": level, "parent_id": tree.get(parent)}
        tree[name] = world._insert("billing_place", row, "place_id")
    with world.as_owner():
        world.run("UPDATE billing_place SET level = 4, parent_id = %s WHERE name IN ('101', '102', '201')",
                  tree["1单元"])  # fmt: skip
    assert world.value("SELECT heating_building_v1(place_id) FROM billing_place WHERE name = '101'") == tree["1号楼"]
    assert world.value("SELECT heating_building_v1(place_id) = place_id FROM billing_place WHERE name = 'X'")
    heat.stopped(flats["102"], season)
    assert heat.town.published(heat.town.made(heat.fee, *SEASON)) == ["OK"]
    ((ref, fen),) = world.rows("SELECT ref, due_fen FROM payable WHERE account_no = '201' AND balance_fen IS NULL")
    assert heat.town.paid("201", {ref: fen}) == "OK"
    sent = "SELECT code, visits FROM heating_check_v1('maker01', %s, %s, %s, %s)"
    refusal = world.rows(sent, season, tree["1号楼"], DECEMBER, world.now)  # it is September
    assert refusal == [(8630, None)]
    heat.town.on(date(2026, 11, 12))  # heated before its time
    assert world.rows(sent, season, tree["1号楼"], date(2026, 11, 11), world.now) == [(8634, None)]
    for _ in range(2):  # what is open is not asked for again
        assert world.rows(sent, season, tree["1号楼"], DECEMBER, world.now) == [(0, 2)]
    assert heat.visits() == [("check", f"C{flats[name]}", DECEMBER) for name in ("101", "102")]
    assert heat.code(sent.replace("maker01", "nobody"), season, tree["1号楼"], DECEMBER,
                     world.now) == "PERMISSION_MISSING"  # fmt: skip


def test_more_than_a_thousand_doors_are_not_checked_at_once(heat: HeatTown):
    world, season = heat.world, heat.season()
    heat.flat("X")
    place = world.value("SELECT place_id FROM billing_customer WHERE account_no = 'X'")
    heat.town.on(date(2026, 11, 20))
    sent = "SELECT code, visits FROM heating_check_v1('maker01', %s, %s, %s, %s)"
    many = ("INSERT INTO billing_customer (bucket, customer_id, biller_id, account_no, place_id, opened_on)"
            " SELECT 0, n * 1000, %s, 'N' || n, %s, '2026-01-01' FROM generate_series(100, %s) n")  # fmt: skip
    with world.as_owner():
        world.run(many, heat.town.biller, place, 1_098)
    assert world.rows(sent, season, place, DECEMBER, world.now) == [(0, 1)]  # a thousand, one of them heated
    with world.as_owner():
        world.run(many.replace("100,", "2000,"), heat.town.biller, place, 2_000)
    assert world.rows(sent, season, place, DECEMBER, world.now) == [(8649, None)]


@pytest.mark.parametrize("held", [True, False])
def test_a_stop_goes_along_with_the_flat_to_the_next_holder(heat: HeatTown, held: bool):
    """It is agreed before, or asked for by who holds it no longer."""
    from tests.world import the_ring
    from yifen.hub.payments.names import sealed_name

    season, flat, world = heat.season(), heat.flat("A"), heat.world
    world._insert("billing_counter", {"bucket": 0, "customer": 1, "service": 1}, "1")
    request = heat.stopped(flat, season) if held else heat.asked(flat, season)
    to = {"bucket": 0, "account_no": "B", "name": sealed_name(the_ring(), heat.town.biller, "B", "赵新"), "marks": [],
          "persons": 2, "consent": False, "contact": None}  # fmt: skip
    proposal = world.two_people("billing.holder", "1000", {
        "bucket": 0, "customer": 1000, "biller": heat.town.biller, "account_no": "A", "day": "2026-10-31", "to": to,
        "readings": []}, heat.town.biller)  # fmt: skip
    assert world.value("SELECT billing_contract_v1(%s, %s)", proposal, world.now) == 0
    its = world.value("SELECT service_id FROM billing_service WHERE from_on = '2026-11-01'")
    if held:
        assert (heat.stops(flat), heat.stops(its)) == ([], [(*SEASON, 200)])
        assert heat.ask(its, season) == ("STOPPED_ALREADY", None)
    else:
        heat.seen(f"R{request}")
        assert heat.decided(request) == "DAY_OUTSIDE"  # the service has ended
        assert (heat.stops(flat), heat.stops(its)) == ([], [])
