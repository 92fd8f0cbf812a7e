"""Plans by the domain's examples: what is deducted first, priority, proportion or order, a second round."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yifen.trades.cases.payout.plan_rules import PlanClaim, left_of, planned


def of(*claims: int, rank: str = "ordinary") -> list[PlanClaim]:
    return [PlanClaim(n, rank, claim) for n, claim in enumerate(claims)]


def test_b_fee_and_costs_go_first_then_creditors_share_in_proportion():
    pot = left_of(10_000_000, 140_000, 200_000)
    assert planned(pot, of(10_000_000, 15_000_000, 20_000_001), "ratio") == [2_146_667, 3_220_000, 4_293_333]


def test_c_of_equals_the_first_has_the_fen():
    assert planned(10_000, of(5_000, 5_000, 5_000), "ratio") == [3_334, 3_333, 3_333]


def test_d_of_a_company_the_first_to_seize_is_paid_first():
    assert planned(5_000_000, of(3_000_000, 4_000_000), "order") == [3_000_000, 2_000_000]


def test_priority_goes_before_proportion_in_its_order():
    claims = [PlanClaim(1, "ordinary", 6_000), PlanClaim(2, "priority", 4_000), PlanClaim(3, "ordinary", 3_000)]
    assert planned(10_000, claims, "ratio") == [4_000, 4_000, 2_000]
    assert planned(3_000, claims, "ratio") == [0, 3_000, 0]


def test_a_second_round_shares_all_that_came_by_the_original_claims():
    claims = [PlanClaim(n, "ordinary", 5_000, paid) for n, paid in enumerate((3_334, 3_333, 3_333))]
    assert planned(5_000, claims, "ratio") == [1_666, 1_667, 1_667]


def test_deductions_are_never_more_than_is_there():
    for wrong in ((100, 60, 41), (100, -1, 0), (-1, 0, 0)):
        with pytest.raises(ValueError, match="deductions"):
            left_of(*wrong)


@given(st.lists(st.integers(0, 10**6), min_size=1, max_size=5), st.lists(st.integers(1, 10**6), min_size=1, max_size=6),
       st.sampled_from(["ratio", "order"]))  # fmt: skip
def test_rounds_pay_out_their_pots_and_nobody_more_than_he_is_owed_or_less_than_nothing(
    pots: list[int], owed: list[int], method: str
):
    claims = [PlanClaim(n, "priority" if n % 3 == 0 else "ordinary", claim) for n, claim in enumerate(owed)]
    for pot in pots:
        left = sum(claim.claim_fen - claim.paid_fen for claim in claims)
        found = planned(pot, claims, method)
        assert sum(found) == min(pot, left)
        assert all(0 <= share <= claim.claim_fen - claim.paid_fen for share, claim in zip(found, claims, strict=True))
        claims = [claim._replace(paid_fen=claim.paid_fen + share) for claim, share in zip(claims, found, strict=True)]
