"""What paid a bill that was cancelled or corrected down lies on the balance: a return gives it back, once."""

from datetime import date

import pytest

from tests.billing.test_runs import year_of
from tests.billing.town import Town
from yifen.core.plugs import result_code

FEBRUARY = (date(2026, 2, 1), date(2026, 2, 28))


def code_of(booked: object) -> str:
    return result_code(booked.code).name  # type: ignore[attr-defined]


def paid_and_cancelled(town: Town) -> tuple[int, int, int]:
    """(fee, service, bill): S1 paid it; 546.90 lie on the balance."""
    fee, service, (bill,) = year_of(town, 1_000_000)
    assert town.paid("A1", {f"B{bill}": 54_690}) == "OK"
    code, run = town.cancelled(bill)
    assert (code, town.published(run)) == ("OK", ["OK"])
    assert town.owed("A1") == {f"B{bill}": ("settled", 54_690, 54_690, None), "PREPAID": ("open", 0, 0, 54_690)}
    return fee, service, bill


def billed_again(town: Town, fee: int, service: int, milli: int) -> int:
    """Another use, that the balance pays."""
    town.used(service, *FEBRUARY, milli)
    run = town.made(fee, *FEBRUARY)
    assert town.published(run) == ["OK"]
    ((bill, _, _),) = town.bills(run)
    return bill


def test_what_paid_a_cancelled_bill_is_reversed_off_the_balance_once(town: Town):
    _, _, bill = paid_and_cancelled(town)
    assert code_of(town.world.reverse("R1", "S1", 54_690)) == "OK"
    assert code_of(town.world.reverse("R2", "S1", 54_690)) == "ALREADY_REVERSED"
    assert town.owed("A1") == {f"B{bill}": ("withdrawn", 54_690, 0, None), "PREPAID": ("open", 0, 0, 0)}
    assert town.books() == {}
    assert town.wrong() == []


def test_it_is_refunded_in_parts_up_to_what_it_was(town: Town):
    _, _, bill = paid_and_cancelled(town)
    town.world.cut()
    assert code_of(town.world.refund("R1", "S1", 20_000)) == "OK"
    assert town.owed("A1") == {f"B{bill}": ("settled", 34_690, 34_690, None), "PREPAID": ("open", 0, 0, 34_690)}
    assert code_of(town.world.refund("R2", "S1", 34_691)) == "AMOUNT_ABOVE_LEFT"
    assert code_of(town.world.refund("R3", "S1", 34_690)) == "OK"
    assert town.owed("A1") == {f"B{bill}": ("withdrawn", 34_690, 0, None), "PREPAID": ("open", 0, 0, 0)}
    assert town.books() == {}
    assert town.wrong() == []


@pytest.mark.parametrize("at_once", [True, False])
def test_what_a_bill_used_of_it_is_not_given_back(town: Town, at_once: bool):
    fee, service, bill = paid_and_cancelled(town)
    later = billed_again(town, fee, service, 400_000)
    assert town.owed("A1")["PREPAID"] == ("open", 0, 0, 32_814)
    if at_once:
        assert code_of(town.world.reverse("R1", "S1", 54_690)) == "PREPAID_USED"
    else:
        town.world.cut()
        assert code_of(town.world.refund("R1", "S1", 32_815)) == "PREPAID_USED"
        assert code_of(town.world.refund("R2", "S1", 32_814)) == "OK"
        assert code_of(town.world.refund("R3", "S1", 1)) == "PREPAID_USED"
        assert town.owed("A1")[f"B{bill}"] == ("settled", 21_876, 21_876, None)
        code, run = town.cancelled(later)  # the way out: the bill that used it goes first
        assert (code, town.published(run)) == ("OK", ["OK"])
        assert code_of(town.world.refund("R4", "S1", 21_876)) == "OK"
        assert town.books() == {}
    assert town.wrong() == []


def test_money_that_went_back_off_the_balance_pays_no_later_bill(town: Town):
    fee, service, _ = paid_and_cancelled(town)
    assert code_of(town.world.reverse("R1", "S1", 54_690)) == "OK"
    later = billed_again(town, fee, service, 400_000)
    assert town.owed("A1")[f"B{later}"] == ("open", 21_876, 0, None)
    assert town.wrong() == []


def test_of_a_bill_that_was_corrected_down_the_balance_goes_first_then_the_rest(town: Town):
    _, service, (bill,) = year_of(town, 1_000_000)
    assert town.paid("A1", {f"B{bill}": 54_690}) == "OK"
    code, run = town.corrected(service, -400_000, date(2026, 1, 28), bill)
    assert (code, town.published(run)) == ("OK", ["OK"])
    assert town.owed("A1")["PREPAID"] == ("open", 0, 0, 21_876)
    town.world.cut()
    assert code_of(town.world.refund("R1", "S1", 21_875)) == "OK"
    assert town.owed("A1") == {f"B{bill}": ("settled", 32_815, 32_815, None), "PREPAID": ("open", 0, 0, 1)}
    assert code_of(town.world.refund("R2", "S1", 32_815)) == "OK"
    assert town.owed("A1") == {f"B{bill}": ("open", 32_814, 0, None), "PREPAID": ("open", 0, 0, 0)}
    assert town.books() == {"1123": 32_814, "6001": -32_814}
    assert town.wrong() == []


def test_of_a_payment_of_two_bills_what_lies_on_the_balance_goes_first(town: Town):
    """Though the other bill's line is the last one."""
    fee, service, (bill,) = year_of(town, 1_000_000)
    town.used(service, *FEBRUARY, 400_000)
    run = town.made(fee, *FEBRUARY)
    assert town.published(run) == ["OK"]
    ((later, _, _),) = town.bills(run)
    assert town.paid("A1", {f"B{bill}": 54_690, f"B{later}": 21_876}) == "OK"
    code, run = town.corrected(service, -100_000, date(2026, 1, 28), bill)
    assert (code, town.published(run)) == ("OK", ["OK"])
    assert town.owed("A1")["PREPAID"] == ("open", 0, 0, 5_469)
    town.world.cut()
    assert code_of(town.world.refund("R1", "S1", 5_469)) == "OK"
    assert town.owed("A1") == {f"B{bill}": ("settled", 49_221, 49_221, None), "PREPAID": ("open", 0, 0, 0),
                               f"B{later}": ("settled", 21_876, 21_876, None)}  # fmt: skip
    assert code_of(town.world.refund("R2", "S1", 1)) == "OK"
    assert town.owed("A1")[f"B{later}"] == ("open", 21_876, 21_875, None)
    assert town.wrong() == []


def test_of_two_payments_one_balance_is_given_back_once(town: Town):
    """A recharge and what paid the bill, of which a later bill used some: together no more than there is."""
    fee, service, bill = paid_and_cancelled(town)
    assert town.paid("A1", {"PREPAID": 10_000}) == "OK"
    billed_again(town, fee, service, 400_000)
    assert town.owed("A1")["PREPAID"] == ("open", 0, 0, 42_814)
    town.world.cut()
    assert code_of(town.world.refund("R1", "S2", 10_000)) == "OK"
    assert code_of(town.world.refund("R2", "S1", 32_815)) == "PREPAID_USED"
    assert code_of(town.world.refund("R3", "S1", 32_814)) == "OK"
    assert town.owed("A1")["PREPAID"] == ("open", 0, 0, 0)
    assert town.owed("A1")[f"B{bill}"] == ("settled", 21_876, 21_876, None)
    assert town.wrong() == []


def test_what_went_back_off_the_balance_is_not_owed_with_a_late_fee(town: Town):
    """Paid late, corrected down, refunded: when more is refunded the bill asks for that alone."""
    fee, service, (bill,) = year_of(town, 1_000_000)
    town.late_rule(fee, "1", "1")
    town.on(date(2026, 12, 30))  # ten days late
    assert town.asked("A1") == {"PREPAID": 0, f"B{bill}": 55_237}
    assert town.paid("A1", {f"B{bill}": 55_237}) == "OK"
    code, run = town.corrected(service, -400_000, date(2026, 1, 28), bill)
    assert (code, town.published(run)) == ("OK", ["OK"])
    town.world.cut()
    town.on(date(2026, 12, 31))
    assert code_of(town.world.refund("R1", "S1", 21_876)) == "OK"
    assert town.owed("A1")[f"B{bill}"] == ("settled", 33_361, 33_361, None)
    assert town.asked("A1") == {"PREPAID": 0}
    assert code_of(town.world.refund("R2", "S1", 10_000)) == "OK"
    assert town.asked("A1") == {"PREPAID": 0, f"B{bill}": 10_000}
    assert town.wrong() == []


def test_a_bill_that_was_paid_back_before_is_cancelled_without_a_balance(town: Town):
    _, _, (bill,) = year_of(town, 1_000_000)
    assert town.paid("A1", {f"B{bill}": 54_690}) == "OK"
    assert code_of(town.world.reverse("R1", "S1", 54_690)) == "OK"
    code, run = town.cancelled(bill)
    assert (code, town.published(run)) == ("OK", ["OK"])
    assert "PREPAID" not in town.owed("A1")
    assert town.wrong() == []


def test_verify_names_a_cancelled_bill_that_asks(town: Town):
    _, _, bill = paid_and_cancelled(town)
    town.world.set_up("UPDATE payable SET state = 'open', due_fen = due_fen + 7 WHERE ref <> 'PREPAID'")
    assert f"bill {bill} is cancelled and asks for 7 fen" in town.wrong()


def test_verify_names_what_went_back_beyond_what_was_moved(town: Town):
    _, _, bill = paid_and_cancelled(town)
    assert code_of(town.world.reverse("R1", "S1", 54_690)) == "OK"
    town.world.set_up("INSERT INTO billing_returned SELECT 1, bucket, payable_id, 1, owed_id, payment_id, at"
                      " FROM billing_returned")  # fmt: skip
    payable = town.world.value("SELECT payable_id FROM payable WHERE ref = %s", f"B{bill}")
    assert f"bill payable {payable} gave 54691 fen back off a balance, 54690 were moved" in town.wrong()
