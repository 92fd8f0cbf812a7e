"""What paid a bill that was cancelled or corrected down lies on the balance: no return takes it off the bill too."""

from datetime import date

import pytest

from tests.billing.test_runs import year_of
from tests.billing.town import Town
from yifen.core.plugs import result_code


def code_of(booked: object) -> str:
    return result_code(booked.code).name  # type: ignore[attr-defined]


@pytest.mark.parametrize("at_once", [True, False])
def test_what_paid_a_cancelled_bill_is_not_given_back_twice(town: Town, at_once: bool):
    _, _, (bill,) = year_of(town, 1_000_000)
    assert town.paid("A1", {f"B{bill}": 54_690}) == "OK"
    code, run = town.cancelled(bill)
    assert (code, town.published(run)) == ("OK", ["OK"])
    if at_once:
        assert code_of(town.world.reverse("R1", "S1", 54_690)) == "PREPAID_USED"
    else:
        town.world.cut()
        for part in (54_690, 1):
            assert code_of(town.world.refund(f"R{part}", "S1", part)) == "PREPAID_USED"
    assert town.owed("A1") == {f"B{bill}": ("settled", 54_690, 54_690, None), "PREPAID": ("open", 0, 0, 54_690)}
    assert town.wrong() == []


def test_of_a_bill_that_was_corrected_down_the_rest_may_go_back(town: Town):
    _, service, (bill,) = year_of(town, 1_000_000)
    assert town.paid("A1", {f"B{bill}": 54_690}) == "OK"
    code, run = town.corrected(service, -400_000, date(2026, 1, 28), bill)
    assert (code, town.published(run)) == ("OK", ["OK"])
    assert town.owed("A1")["PREPAID"] == ("open", 0, 0, 21_876)
    assert code_of(town.world.reverse("R1", "S1", 54_690)) == "PREPAID_USED"
    town.world.cut()
    assert code_of(town.world.refund("R2", "S1", 32_815)) == "PREPAID_USED"
    assert code_of(town.world.refund("R3", "S1", 32_814)) == "OK"
    assert code_of(town.world.refund("R4", "S1", 1)) == "PREPAID_USED"
    assert town.owed("A1")[f"B{bill}"] == ("open", 54_690, 21_876, None)
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
    _, _, (bill,) = year_of(town, 1_000_000)
    assert town.paid("A1", {f"B{bill}": 54_690}) == "OK"
    code, run = town.cancelled(bill)
    assert (code, town.published(run)) == ("OK", ["OK"])
    town.world.set_up("UPDATE payable SET state = 'open', due_fen = due_fen + 7 WHERE ref <> 'PREPAID'")
    assert f"bill {bill} is cancelled and asks for 7 fen" in town.wrong()
