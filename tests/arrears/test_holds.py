"""Promises, plans and disputes hold steps back; whether one is kept is computed of what was paid."""

from datetime import date, timedelta

import pytest

from tests.arrears.debtor import DUE, Debtor


def day(days: int) -> date:
    return DUE + timedelta(days=days)


def states(debtor: Debtor) -> list[str]:
    return [
        state
        for (state,) in debtor.world.rows(
            "SELECT arrears_hold_state_v1(h, %s) FROM arrears_hold h ORDER BY hold_id",
            debtor.world.now.date(),
        )
    ]


def promise(debtor: Debtor, days: int, fen: int, by: str = "maker01") -> str:
    return debtor.called(
        "arrears_promise_v1", by, debtor.customer, debtor.fee, day(days), fen, "电话承诺"
    )


def test_a_promise_holds_until_its_day_and_then_is_broken(debtor: Debtor):
    debtor.after(2)
    assert promise(debtor, 9, 200_000) == "OK"
    assert promise(debtor, 9, 200_000) == "HOLD_RUNS"
    assert debtor.next() == ("message", str(day(10)), "promised")
    assert debtor.message() is None
    debtor.after(9)
    assert (debtor.next()[2], states(debtor)) == ("promised", ["running"])
    debtor.after(10)
    assert (debtor.next(), states(debtor)) == (("message", str(day(1)), ""), ["broken"])
    debtor.pay(200_000)  # too late
    assert states(debtor) == ["broken"]


def test_a_promise_is_kept_by_what_was_paid_until_its_day_and_after_it_was_given(debtor: Debtor):
    debtor.after(2)
    debtor.pay(50_000)  # before it
    assert promise(debtor, 9, 100_000) == "OK"
    debtor.after(8)
    debtor.pay(99_999)
    assert states(debtor) == ["running"]
    debtor.after(9)
    debtor.pay(1)
    assert (states(debtor), debtor.next()[2]) == (["kept"], "")  # what is left is dunned on


@pytest.mark.parametrize(("days", "fen", "code"), [
    (33, 222_000, "OK"), (34, 100, "PROMISE_WRONG"), (1, 100, "PROMISE_WRONG"), (5, 0, "PROMISE_SUM"),
    (2, 222_888, "OK"),
    (5, 222_889, "PROMISE_SUM"),
])  # fmt: skip
def test_a_promise_is_within_a_month_for_no_more_than_is_overdue(
    debtor: Debtor, days: int, fen: int, code: str
):
    debtor.after(2)
    assert promise(debtor, days, fen, by="nobody") == "PERMISSION_MISSING"
    assert promise(debtor, days, fen) == code


def test_three_promises_of_one_debt_are_enough(debtor: Debtor):
    for days in (2, 5, 8):
        debtor.after(days)
        assert promise(debtor, days + 1, 100) == "OK"
    debtor.after(11)
    assert promise(debtor, 12, 100) == "HOLD_RUNS"


def test_a_call_may_end_in_a_promise_and_is_undone_with_it(debtor: Debtor):
    debtor.after(1)
    debtor.message()
    debtor.after(10)
    assert debtor.call("promised", day(50), 100) == "PROMISE_WRONG"
    assert debtor.next()[0] == "call"
    assert debtor.call("promised", day(12), 100) == "OK"
    assert debtor.next() == ("letter", str(day(13)), "promised")


def test_a_plan_holds_while_it_is_kept(debtor: Debtor):
    debtor.after(10)
    owed = debtor.owed()
    assert owed == 226_440
    assert promise(debtor, 20, 100) == "OK"
    assert debtor.plan([(day(15), 100_000), (day(45), 126_440)]) == "OK"
    assert states(debtor) == ["replaced", "running"]
    assert debtor.next()[2] == "plan"
    debtor.after(15)
    debtor.pay(100_000)
    debtor.after(44)
    assert (states(debtor)[1], debtor.next()[2]) == ("running", "plan")
    debtor.after(45)
    debtor.pay(debtor.owed())
    assert (states(debtor)[1], debtor.next()[2]) == ("kept", "paid")


def test_a_broken_plan_releases_dunning_and_is_mended_by_a_new_one(debtor: Debtor):
    debtor.after(10)
    debtor.owed()
    assert debtor.plan([(day(15), 100_000), (day(45), 126_440)]) == "OK"
    debtor.after(15)
    debtor.pay(99_999)
    assert states(debtor) == ["running"]
    debtor.after(16)
    assert (states(debtor), debtor.next()[2]) == (["broken"], "")
    debtor.pay(1)
    assert states(debtor) == ["broken"]  # a day late
    left = debtor.owed()
    assert debtor.plan([(day(40), left)]) == "OK"
    assert (states(debtor), debtor.next()[2]) == (["replaced", "running"], "plan")


@pytest.mark.parametrize(("what", "code"), [
    ("too little", "PLAN_WRONG"), ("a day twice", "PLAN_DAYS"), ("a day gone", "PLAN_DAYS"), ("none", "PLAN_WRONG"),
    ("nothing in a row", "PLAN_WRONG"), ("too far", "PLAN_DAYS"), ("paid since", "PLAN_CHANGED"),
    ("paid whole", "ARREARS_UNKNOWN"),
    ("late fee grew", "OK"), ("another bill", "PLAN_CHANGED"),
])  # fmt: skip
def test_a_plan_covers_what_is_owed_as_it_was_shown(debtor: Debtor, what: str, code: str):
    debtor.after(10)
    owed = debtor.owed()
    half, rows = owed // 2, [(day(20), owed - owed // 2), (day(30), owed // 2)]
    content = {"bills": [{"bill": debtor.bill, "paid_fen": 0}], "owed_fen": owed}
    if what == "too little":
        rows[1] = (day(30), half - 1)
    elif what == "a day twice":
        rows[1] = (day(20), half)
    elif what == "a day gone":
        rows[0] = (day(9), owed - half)
    elif what == "none":
        rows = []
    elif what == "nothing in a row":
        rows = [(day(20), owed), (day(30), 0)]
    elif what == "too far":
        rows[1] = (day(10 + 1097), half)
    elif what == "paid since":
        debtor.pay(1)
    elif what == "paid whole":
        debtor.pay(owed)
    elif what == "late fee grew":
        debtor.after(11)
    elif what == "another bill":
        content["bills"] = [{"bill": debtor.bill + 1000, "paid_fen": 0}]
    assert debtor.plan(rows, **content) == code
    assert len(states(debtor)) == (code == "OK")


def test_a_dispute_holds_its_bills_until_another_person_settles_it(debtor: Debtor):
    other = debtor.billed(2027)
    debtor.town.on(date(2027, 12, 1))
    debtor.message()
    debtor.owed()

    def disputed(*bills: int, by: str = "maker01", why: str = "面积有误") -> str:
        return debtor.called(
            "arrears_dispute_v1", by, debtor.customer, debtor.fee, list(bills), why
        )

    assert disputed() == "DISPUTE_WRONG"
    assert disputed(debtor.bill + 9000) == "DISPUTE_WRONG"
    assert disputed(debtor.bill, why=" ") == "DISPUTE_WRONG"
    assert disputed(debtor.bill, by="nobody") == "PERMISSION_MISSING"
    assert disputed(debtor.bill) == "OK"
    assert disputed(debtor.bill) == "DISPUTE_WRONG"
    assert debtor.world.rows("SELECT oldest_bill, why FROM arrears_debt") == [
        (other, "")
    ]  # the other bill is dunned
    assert disputed(other) == "OK"
    assert debtor.next()[2] == "disputed"
    assert debtor.message() is None
    holds = [hold for (hold,) in debtor.world.rows("SELECT hold_id FROM arrears_hold ORDER BY 1")]
    assert (
        debtor.called("arrears_settle_v1", "maker01", holds[0], False, "核对无误")
        == "CHECKER_IS_MAKER"
    )
    assert debtor.called("arrears_settle_v1", "checker01", holds[0], False, "") == "REASON_MISSING"
    assert debtor.called("arrears_settle_v1", "checker01", holds[0], False, "核对无误") == "OK"
    assert (
        debtor.called("arrears_settle_v1", "checker01", holds[0], False, "核对无误")
        == "HOLD_UNKNOWN"
    )
    assert states(debtor) == ["rejected", "running"]
    assert debtor.next()[0] == "call"  # the message of the oldest bill was sent before


def test_ages_are_told_by_due_date_and_a_hold_of_one_fee_holds_no_other(debtor: Debtor):
    town = debtor.town
    water = town.fee("water", name="水费", unit="m³", metered=False, cycle="none", mode="partial")
    town.price(water, [("水费", "area", 0, "1")], [])
    town.service(debtor.customer, water, area_milli=10_000)
    run = town.made(water, date(2026, 11, 1), date(2026, 11, 30))
    assert town.published(run) == ["OK"]
    debtor.after(31)
    debtor.owed()
    assert promise(debtor, 40, 100) == "OK"
    assert debtor.world.rows(
        "SELECT fee_id = %s, d30_fen, d90_fen, owed_fen, why FROM arrears_next_v1(%s, %s) ORDER BY 1 DESC",
        debtor.fee,
        town.biller,
        day(31),
    ) == [(True, 0, 240_204, 240_204, "promised"), (False, 0, 1_000, 1_000, "no_rule")]
