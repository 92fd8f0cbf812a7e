"""Billers whose bills are paid oldest first: from all sides, one by one and in batches."""

from datetime import timedelta
from typing import Any

import pytest

from tests.world import NOON, World
from yifen.core.facts.codes import Code

DUE = "UPDATE payable SET due_on = %s::date WHERE ref = %s"


@pytest.fixture
def old(hub: World) -> World:
    """WATER asks for the oldest first. A9 owes N1 (1.00, the oldest, in part), N2 (2.00), N3 (3.00, no day); it has a
    balance and something open to any amount."""
    hub.set_up("UPDATE biller SET oldest_first = true")
    hub.owe("WATER", "A9", "N3", 300)
    hub.owe("WATER", "A9", "N2", 200)
    hub.owe("WATER", "A9", "N1", 100, "partial")
    hub.owe("WATER", "A9", "N0", 50)
    hub.owe("WATER", "A9", "GIFT", 0, "open")
    hub.made("SELECT payments_balance_v1(0::smallint, %s, '{A9}', '{BAL}', '预存款', 1, 9999, NULL)", hub.ids["WATER"])
    assert hub.made("SELECT payments_withdraw_payable_v1(0::smallint, %s, 'A9', 'N0')", hub.ids["WATER"]) is True
    hub.set_up(DUE, "2026-11-02", "N2")
    hub.set_up(DUE, "2026-11-01", "N1")
    hub.set_up(DUE, "2026-10-01", "N0")
    return hub


def pay(hub: World, serial: str, **lines: int) -> Code:
    return hub.charge(serial, lines, account_no="A9").code


def test_the_oldest_alone_in_part_and_whole(old: World) -> None:
    assert pay(old, "S1", N1=40) is Code.OK
    assert pay(old, "S2", N1=60) is Code.OK
    assert pay(old, "S3", N2=200) is Code.OK
    assert pay(old, "S4", N3=300) is Code.OK
    assert pay(old, "S5", GIFT=1, BAL=2) is Code.OK


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        ({"N1": 100, "N2": 200}, Code.OK),
        ({"N2": 200, "N1": 100}, Code.OK),  # the order of lines says nothing
        ({"N1": 100, "N2": 200, "N3": 300, "BAL": 400}, Code.OK),
        ({"BAL": 400, "N3": 300, "N2": 200, "N1": 100}, Code.OK),
        ({"N2": 200}, Code.OLDER_UNPAID),
        ({"N3": 300}, Code.OLDER_UNPAID),
        ({"BAL": 1}, Code.OLDER_UNPAID),
        ({"GIFT": 1}, Code.OLDER_UNPAID),
        ({"N1": 99, "N2": 200}, Code.OLDER_UNPAID),
        ({"N1": 100, "N3": 300}, Code.OLDER_UNPAID),
        ({"N1": 100, "BAL": 1}, Code.OLDER_UNPAID),
        ({"N1": 100, "N2": 200, "BAL": 1}, Code.OLDER_UNPAID),  # overpaid while N3 is open
        ({"N1": 101, "N2": 200}, Code.AMOUNT_WRONG),
        ({"N1": 99, "N2": 199}, Code.AMOUNT_WRONG),
    ],
)
def test_lines_of_one_payment(old: World, refused: Any, lines: dict[str, int], code: Code) -> None:
    if code is Code.OK:
        assert pay(old, "S1", **lines) is Code.OK
    else:
        assert refused("charge", "S1", lines, account_no="A9") is code


def test_of_the_same_day_the_one_that_came_first_is_older(old: World) -> None:
    old.set_up(DUE, "2026-11-01", "N2")
    assert (pay(old, "S1", N1=100), pay(old, "S2", N2=200)) == (Code.OLDER_UNPAID, Code.OK)


def test_payments_of_one_call_are_judged_one_after_the_other(old: World) -> None:
    works = [old.charge_work(f"S{n}", {ref: fen}, account_no="A9") for n, (ref, fen) in
             enumerate((("N1", 100), ("N2", 200), ("N3", 300)))]  # fmt: skip
    others = [old.charge_work("S8", {"B1": 1000, "B2": 2000}), old.charge_work("S9", {"O1": 100}, account_no="A1")]
    calls = [*works, *others]
    assert [booked.code for booked in old.call(calls)] == [
        Code.OK, Code.BUSY, Code.BUSY, Code.OK, Code.BUSY]  # fmt: skip
    later = [calls[1], calls[2], calls[4]]  # as the lane sends them again
    assert [booked.code for booked in old.call(later)] == [Code.OK, Code.BUSY, Code.OLDER_UNPAID]
    assert [booked.code for booked in old.call([calls[2]])] == [Code.OK]


def test_a_repeat_gets_its_first_answer_and_keeps_nobody_waiting_for_ever(old: World) -> None:
    works = [old.charge_work("S1", {"N1": 100}, account_no="A9"), old.charge_work("S2", {"N2": 200}, account_no="A9")]
    assert [booked.code for booked in old.call(works)] == [Code.OK, Code.BUSY]
    again = old.call(works)
    assert [(booked.code, booked.repeated) for booked in again] == [(Code.OK, True), (Code.BUSY, False)]
    assert [(booked.code, booked.repeated) for booked in old.call(works[1:])] == [(Code.OK, False)]


def test_an_older_one_that_an_undecided_payment_holds_may_be_paid_in_a_moment(old: World, refused: Any) -> None:
    old.set_up("UPDATE payable SET held_by = 77000 WHERE ref = 'N1'")
    assert refused("charge", "S1", {"N2": 200}, account_no="A9") is Code.PAYABLE_HELD
    assert refused("charge", "S2", {"N1": 100, "N2": 200}, account_no="A9") is Code.PAYABLE_HELD
    assert refused("charge", "S3", {"N3": 300}, account_no="A9") is Code.OLDER_UNPAID  # N2 is nobody's
    old.set_up("UPDATE payable SET held_by = NULL WHERE ref = 'N1'")
    old.set_up("UPDATE payable SET held_by = 77000 WHERE ref = 'N2'")
    assert pay(old, "S4", N1=100) is Code.OK
    assert refused("charge", "S5", {"N3": 300}, account_no="A9") is Code.PAYABLE_HELD


def test_billers_without_the_rule_and_those_with_their_own_system_have_none(old: World) -> None:
    assert old.charge("S1", {"R2": 500}, biller="GAS", account_no="G1").code is Code.PROCESSING
    assert old.charge("S2", {"B1": 1000}).code is Code.OK
    assert old.charge("S3", {"B3": 99_999}).code is Code.OLDER_UNPAID
    old.set_up("UPDATE biller SET oldest_first = false WHERE partner_id = %s", old.ids["WATER"])
    assert old.charge("S4", {"B3": 99_999}).code is Code.OK


def test_a_quote_of_all_is_paid_oldest_first(old: World) -> None:
    old.quote("QQ", {"Q1": 4000, "Q2": 100}, NOON + timedelta(minutes=5))
    pay_heat = {"biller": "HEAT", "account_no": "H1", "quote": "QQ"}
    assert old.charge("S1", {"Q2": 100}, **pay_heat).code is Code.OLDER_UNPAID
    assert old.charge("S2", {"Q1": 4000, "Q2": 100}, **pay_heat).code is Code.OK
