"""Fees, shares and pooling as pure rules: exact values, and what holds for any of them."""

from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yifen.trades.settlement import rules
from yifen.trades.settlement.rules import FeeTerms, MerchantPlace, Part, Tier

FEN = st.integers(0, 10**12)
SHARES = st.dictionaries(st.integers(1, 9), st.integers(0, 200_000), max_size=5)


@st.composite
def terms(draw: st.DrawFn, period: str = "month") -> FeeTerms:
    """Any agreement that the operations accept."""
    starts = sorted({0, *draw(st.lists(st.integers(1, 10**9), max_size=4))})
    tiers = tuple(Tier(start, draw(st.integers(0, 1_000_000)), draw(st.integers(0, 10_000)))
                  for start in starts)  # fmt: skip
    cap = draw(st.none() | st.integers(0, 10**7))
    low = draw(st.integers(0, 10**6 if cap is None else cap))
    measure = draw(st.sampled_from(["amount", "count"]))
    return FeeTerms(measure, period, tiers, low, cap)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("measure", "fee"),
    [(0, 0), (-5, 0), (83, 0), (84, 1), (100_000, 600), (100_001, 600), (100_125, 601),
     (125_025, 700)],
)  # fmt: skip
def test_each_tier_costs_its_own_rate_rounded_half_up_once(measure: int, fee: int) -> None:
    tiered = FeeTerms("amount", "day", (Tier(0, 6000), Tier(100_000, 4000)))
    assert rules.fee(tiered, measure) == fee


def test_the_quote_shows_every_tier() -> None:
    tiered = FeeTerms("amount", "day", (Tier(0, 6000), Tier(100_000, 4000)), min_fen=0, cap_fen=650)
    found = rules.quote(tiered, 125_025)
    assert [(line.until, line.measure, line.micro_fen) for line in found.lines] == [
        (100_000, 100_000, 600_000_000), (None, 25_025, 100_100_000)]  # fmt: skip
    assert (found.sum_fen, found.fee_fen) == (700, 650)


def test_a_minimum_waits_for_the_end_of_its_period_and_for_business() -> None:
    low = FeeTerms("count", "month", (Tier(0, each_fen=10),), min_fen=500)
    assert [rules.fee(low, 3, closing) for closing in (False, True)] == [30, 500]
    assert rules.fee(low, 0) == 0


@given(terms(), FEN)
def test_the_fee_is_the_exact_sum_rounded_half_up_within_minimum_and_cap(
    agreed: FeeTerms, measure: int
) -> None:
    exact, ends = Decimal(0), [*(t.from_measure for t in agreed.tiers[1:]), measure]
    for tier, end in zip(agreed.tiers, ends, strict=True):
        inside = max(min(measure, max(end, tier.from_measure)) - tier.from_measure, 0)
        each = Decimal(tier.rate_ppm) / 1_000_000 if agreed.measure == "amount" else tier.each_fen
        exact += inside * each
    whole = int(exact.quantize(Decimal(1), ROUND_HALF_UP))
    fee = rules.fee(agreed, measure)
    assert fee >= 0
    if agreed.cap_fen is not None:
        assert fee <= agreed.cap_fen
    if measure:
        assert fee >= agreed.min_fen
        assert fee == max(min(whole, agreed.cap_fen or whole if agreed.cap_fen != 0 else 0),
                          agreed.min_fen)  # fmt: skip


@given(terms(), st.lists(st.integers(-(10**8), 10**9), min_size=1, max_size=31))
def test_the_days_of_a_month_add_up_to_one_computation_of_it(
    agreed: FeeTerms, days: list[int]
) -> None:
    measure = charged = 0
    for number, amount in enumerate(days):
        measure += amount
        charged += rules.charge_now(agreed, measure, charged, number == len(days) - 1)
        if agreed.cap_fen is not None:
            assert charged <= agreed.cap_fen
    assert charged == rules.fee(agreed, measure)


@given(FEN, SHARES)
def test_shares_and_the_rest_are_the_whole_and_none_is_negative(
    amount: int, shares: dict[int, int]
) -> None:
    parts, rest = rules.split(amount, shares)
    assert sum(parts.values()) + rest == amount
    assert rest >= 0
    assert all(0 <= fen <= amount * shares[who] / 1_000_000 for who, fen in parts.items())
    assert all(amount * shares[who] - fen * 1_000_000 < 1_000_000 for who, fen in parts.items())


@given(FEN, FEN, SHARES, st.booleans())
def test_parts_of_a_settlement_add_up_to_it(
    moved: int, fee: int, shares: dict[int, int], pooled: bool
) -> None:
    tree = {1: MerchantPlace(2, pooled), 2: MerchantPlace(3, True), 3: MerchantPlace(None, True)}
    parts = rules.parts_of(1, moved, min(fee, moved), shares, tree)
    assert sum(part.amount_fen for part in parts) == moved
    assert all(part.amount_fen > 0 for part in parts)
    assert {part.biller for part in parts if part.reason == "pooled"} <= {3}


@pytest.mark.parametrize("shares", [{1: 600_000, 2: 400_001}, {1: -1}])
def test_impossible_shares_are_refused(shares: dict[int, int]) -> None:
    with pytest.raises(ValueError, match="share"):
        rules.split(100, shares)


def test_pooling_stops_at_the_first_that_keeps_its_own() -> None:
    tree = {1: MerchantPlace(2, True), 2: MerchantPlace(3, False), 3: MerchantPlace(None, False)}
    assert [rules.pooled_to(who, tree) for who in (1, 2, 3, 9)] == [2, 2, 3, 9]
    assert rules.parts_of(1, 100, 0, {}, tree) == [Part(2, "pooled", 100)]
    with pytest.raises(ValueError, match="circle"):
        rules.pooled_to(1, {1: MerchantPlace(2, True), 2: MerchantPlace(1, True)})


def test_a_period_begins_and_ends() -> None:
    monthly = FeeTerms("amount", "month", (Tier(0),), valid_from=date(2026, 11, 10))
    assert rules.period_start(monthly, date(2026, 11, 23)) == date(2026, 11, 10)
    assert rules.period_start(monthly, date(2026, 12, 23)) == date(2026, 12, 1)
    ends = [day for n in range(40)
            if rules.is_period_end(monthly, day := date(2026, 11, 10) + timedelta(days=n),
                                   date(2026, 12, 10))]  # fmt: skip
    assert ends == [date(2026, 11, 30), date(2026, 12, 9)]


@pytest.mark.parametrize(
    ("starts", "fault"), [((0,), ""), ((0, 5, 9), ""), ((), "1–20"), ((1,), "0"), ((0, 0), "↑"),
                          ((0, 9, 5), "↑"), (tuple(range(21)), "1–20")],
)  # fmt: skip
def test_tiers_begin_at_nothing_and_rise(starts: tuple[int, ...], fault: str) -> None:
    assert rules.tier_fault([Tier(start) for start in starts]) == fault
