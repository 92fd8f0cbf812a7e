"""Plans, fees, interest and check digits, by the domain's examples."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yifen.trades.cases import rules


def test_a_what_is_above_the_debt_goes_back_to_the_debtor():
    debt, late = 2_400_000, rules.delay_interest_fen(2_400_000, 120)
    fee = rules.execution_fee_fen(debt)
    assert (fee, late) == (26_000, 50_400)
    assert 2_500_000 - debt - fee - late == 23_600


def test_b_creditors_share_in_proportion_by_largest_remainder():
    pot = 10_000_000 - rules.execution_fee_fen(10_000_000) - 200_000
    assert rules.shares(pot, [10_000_000, 15_000_000, 20_000_001]) == [2_146_667, 3_220_000, 4_293_333]


def test_c_of_equals_the_first_has_the_fen():
    assert rules.shares(10_000, [5_000, 5_000, 5_000]) == [3_334, 3_333, 3_333]


def test_d_of_a_company_the_first_to_seize_is_paid_first():
    assert rules.by_rank(5_000_000, [3_000_000, 4_000_000]) == [3_000_000, 2_000_000]


@given(st.integers(0, 10**13), st.lists(st.integers(1, 10**12), min_size=1, max_size=20))
def test_a_plan_pays_out_the_pot_and_nobody_more_than_he_is_owed(pot: int, claims: list[int]):
    found = rules.shares(pot, claims)
    assert sum(found) == min(pot, sum(claims))
    assert all(0 <= paid <= claim for paid, claim in zip(found, claims, strict=True))


@pytest.mark.parametrize(("yuan", "fee"), [(10_000, 50), (500_000, 7_400), (5_000_000, 52_400), (10_000_000, 77_400),
                                           (20_000_000, 87_400)])  # fmt: skip
def test_the_fee_goes_by_steps(yuan: int, fee: int):
    assert rules.execution_fee_fen(yuan * 100) == fee * 100


def test_check_digits():
    assert rules.with_check("7992739871", "luhn") == "79927398713"
    assert rules.with_check("794", "mod97") == "79444"
    assert int(rules.with_check("6217030400000123", "mod97")) % 97 == 1
    assert rules.with_check("123", "none") == "123"
