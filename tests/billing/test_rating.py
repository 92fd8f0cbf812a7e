"""Prices to lines: the database against a model in fractions, and what holds for any price and any use."""

import re
from collections import Counter
from decimal import Decimal as D
from typing import Any

import psycopg
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.billing.model import ends, in_tier, model
from tests.billing.priced import Asked, RatedLine, fee, lines, price, rated, sum_fen, tariff
from tests.sampling import ALL
from tests.world import World
from yifen.trades.billing.prices.faults import version_fault
from yifen.trades.billing.prices.tariffs import BY_KEY, SUMMER, TARIFFS, WINTER
from yifen.trades.billing.prices.versions import (
    BASES,
    PricePart,
    PriceVersion,
    TierLimit,
)

MILLI = st.integers(0, 10**8)
PRICES = st.integers(0, 10**9).map(lambda n: D(n) / 10**8) | st.sampled_from([D("0.5"), D("0.05"), D(0)])
ANY = settings(max_examples=200 if ALL else 25, deadline=None)


@st.composite
def season(draw: st.DrawFn, months: int, tiers: int) -> list[TierLimit]:
    """Limits of some months."""
    rising = sorted(draw(st.sets(st.integers(1, 10**7), min_size=tiers, max_size=tiers)))
    found = []
    for tier, limit in enumerate(rising, 1):
        over = draw(st.none() | st.integers(1, 6))
        add = draw(st.integers(0, 10**6)) if over else 0
        found.append(TierLimit(tier, limit, months, over, add, draw(st.booleans())))
    return found


@st.composite
def versions(draw: st.DrawFn, bounds: bool = True) -> PriceVersion:
    """Any price that may be put in force: a tiered component, others beside it in any order."""
    tiers = draw(st.integers(0, 4))
    halves = draw(st.booleans())
    limits = [limit for months in ((SUMMER, WINTER) if halves else (SUMMER | WINTER,))
              for limit in draw(season(months, tiers))]  # fmt: skip
    parts = [PricePart("费", "qty", draw(PRICES), tier) for tier in range(1, tiers + 2)] if tiers else []
    bases = st.sampled_from(["qty", "peak", "valley", "flat", "area", "area_month", "month", "fixed"])
    parts += draw(st.lists(st.builds(PricePart, st.just("项"), bases, PRICES), min_size=not parts, max_size=4))
    made = PriceVersion("任意", tuple(draw(st.permutations(parts))), tuple(limits),
                        draw(st.integers(0, 10**6)) if bounds and draw(st.booleans()) else 0,
                        draw(PRICES.filter(bool)) if bounds and draw(st.booleans()) else None)  # fmt: skip
    assert version_fault(made) is None
    return made


@st.composite
def asks(draw: st.DrawFn, months: int = 12) -> Asked:
    """Any use, also one that is taken back."""
    qty = draw(MILLI)
    peak = draw(st.integers(0, qty))
    sign = draw(st.sampled_from([1, 1, -1]))
    return Asked(
        0, sign * qty, sign * peak, sign * draw(st.integers(0, qty - peak)), draw(st.none() | st.integers(1, 10**6)),
        draw(st.sampled_from([None, D(1), D("0.95"), D("1.3333")])), draw(st.none() | st.integers(1, 9)),
        draw(st.none() | st.integers(1, 12)), draw(st.none() | st.integers(1, months).map(D)),
        draw(st.none() | MILLI), draw(st.sampled_from([None, D("0.2"), D("0.5"), D("0.3333")])),
        draw(st.sampled_from([None, D(3), D("0.5")])),
    )  # fmt: skip


def put(world: World, version: PriceVersion, cycle: str = "year") -> int:
    return price(world, fee(world, cycle=cycle), version)


def told(found: list[RatedLine]) -> list[tuple[int, int, int]]:
    return [(line.part_no, line.qty_milli, line.amount_fen) for line in found if line.amount_fen]


@given(version=versions(), cycle=st.sampled_from(["year", "month", "none"]), data=st.data())
@ANY
def test_the_database_computes_what_the_model_does(world: World, version: PriceVersion, cycle: str, data: Any) -> None:
    months = 12 if cycle == "year" else 1
    price_id = put(world, version, cycle)
    asked = [one._replace(price_id=price_id) for one in data.draw(st.lists(asks(months), min_size=1, max_size=8))]
    found = rated(world, asked)
    for one, own in zip(asked, found, strict=True):
        assert told(own) == model(version, one, months), one
        assert own != []  # every item has a line, be it of 0
        parts = [line.amount_fen for line in own if line.part_no]
        assert 0 not in parts or not any(parts)
        assert [line.line_no for line in own] == sorted({line.line_no for line in own})


@given(version=versions(bounds=False), asked=asks())
@ANY
def test_what_is_taken_back_mirrors_what_was_asked_for(world: World, version: PriceVersion, asked: Asked) -> None:
    assume(not {part.basis for part in version.parts} & {"area", "area_month", "month", "fixed"})
    there = asked._replace(price_id=put(world, version), factor=None)
    used, qty = there.used_milli or 0, there.qty_milli or 0
    back = there._replace(used_milli=used + qty, qty_milli=-qty, peak_milli=-(there.peak_milli or 0),
                          valley_milli=-(there.valley_milli or 0))  # fmt: skip
    gone, given_back = rated(world, [there, back])
    assert [(part, -milli, -fen) for part, milli, fen in told(given_back)] == told(gone)


@given(version=versions(bounds=False), asked=asks(), more=MILLI)
@ANY
def test_two_uses_in_a_row_fill_the_tiers_as_one(world: World, version: PriceVersion, asked: Asked, more: int) -> None:
    tiered = {number for number, part in enumerate(version.parts, 1) if part.tier}
    assume(tiered)
    qty, used = abs(asked.qty_milli or 0), asked.used_milli or 0
    dear = PriceVersion("一", tuple(PricePart(p.name, p.basis, D(10), p.tier) for p in version.parts), version.limits)
    first = asked._replace(price_id=put(world, dear), qty_milli=qty, peak_milli=0, valley_milli=0, factor=None)
    second, both = first._replace(used_milli=used + qty, qty_milli=more), first._replace(qty_milli=qty + more)
    found = [Counter({line.part_no: line.qty_milli for line in own if line.part_no in tiered})
             for own in rated(world, [first, second, both])]  # fmt: skip
    assert +(found[0] + found[1]) == +found[2]
    assert [sum(one.values()) for one in found] == [qty, more, qty + more]


@given(version=versions(), asked=asks())
def test_tiers_never_overlap_and_leave_nothing_between(version: PriceVersion, asked: Asked) -> None:
    """Of the model; the database computes what it does."""
    found = ends(version, asked, 12)
    assert found == sorted(found)
    start, way = asked.used_milli or 0, asked.qty_milli or 0
    parts = [in_tier(tier, found, start, start + way) for tier in range(1, len(found) + 2)]
    assert sum(parts) == way


@given(whole=st.integers(-10**9, 10**9), days=st.lists(st.integers(1, 366), min_size=1, max_size=6))
@ANY
def test_what_is_split_by_days_adds_up_and_keeps_its_sign(world: World, whole: int, days: list[int]) -> None:
    found = world.made("SELECT billing_split_v1(%s, %s)", whole, days)
    assert sum(found) == whole
    assert all(part * whole >= 0 for part in found)
    assert all(abs(part - D(whole) * own / sum(days)) < 1 for part, own in zip(found, days, strict=True))


@given(amounts=st.lists(st.integers(-10**6, 10**6), min_size=1, max_size=12))
@ANY
def test_bills_in_whole_yuan_lose_nothing(world: World, amounts: list[int]) -> None:
    carried, paid = 0, 0
    for amount in amounts:
        before = carried
        carried = world.made("SELECT billing_carried_v1(%s, %s)", amount, before)
        assert (0 <= carried < 100, (amount - before + carried) % 100) == (True, 0)
        paid += amount - before + carried
    assert paid == sum(amounts) + carried


def test_every_published_tariff_is_a_price_and_its_lines_are_the_models(world: World) -> None:
    asked = Asked(0, 5_000_000, 2_000_000, 1_500_000, 90_000, persons=7, month=6, used_milli=100_000)
    for one in TARIFFS:
        assert version_fault(one.version) is None, one.key
        own = asked._replace(price_id=tariff(world, one.key))
        assert told(lines(world, own)) == model(one.version, own, 12 if one.cycle == "year" else 1), one.key


def test_an_addition_to_the_first_tier_alone_shortens_the_second(world: World) -> None:
    """Shandong: 310, 310–400, above 400 a month for five persons and more."""
    price_id = tariff(world, "sd-power")
    found = lines(world, Asked(price_id, 500_000, persons=5, months=D(1)))
    assert [(line.tier, line.qty_milli) for line in found] == [(1, 310_000), (2, 90_000), (3, 100_000)]


def test_minimum_and_cap_are_lines_of_their_own_and_the_cap_has_the_last_word(world: World) -> None:
    version = PriceVersion("保底", (PricePart("费", "qty", D(1)),), minimum_fen=1000, cap_price=D("0.5"))
    price_id = put(world, version)
    few, many, none, back = rated(world, [
        Asked(price_id, 3_000), Asked(price_id, 30_000, area_milli=40_000), Asked(price_id, 3_000, area_milli=10_000),
        Asked(price_id, -3_000, area_milli=10_000)])  # fmt: skip
    assert told(few) == [(1, 3_000, 300), (0, 0, 700)]
    assert told(many) == [(1, 30_000, 3000), (0, 40_000, -1000)]
    assert (told(none), sum_fen(none)) == ([(1, 3_000, 300), (0, 0, 200)], 500)
    assert told(back) == [(1, -3_000, -300)]


def test_a_share_is_of_what_follows_no_quantity(world: World) -> None:
    version = PriceVersion("供热", (PricePart("基本", "area", D(10)), PricePart("计量", "qty", D(1)),
                                  PricePart("月", "month", D(2)), PricePart("次", "fixed", D(3))))  # fmt: skip
    found = lines(world, Asked(put(world, version), 5_000, area_milli=100_000, share=D("0.2"), billed_months=D(4)))
    assert told(found) == [(1, 100_000, 20000), (2, 5_000, 500), (3, 4_000, 160), (4, 1_000, 60)]


def test_nothing_used_has_a_line_of_nothing(world: World) -> None:
    tiered = lines(world, Asked(tariff(world, "sd-power"), 0, used_milli=3_000_000))
    assert [(line.tier, line.qty_milli, line.amount_fen) for line in tiered] == [(2, 0, 0)]
    clock = lines(world, Asked(tariff(world, "zj-power-tou"), 0))
    assert [(line.part_no, line.amount_fen) for line in clock] == [(1, 0), (2, 0)]


def test_an_unknown_price_has_no_line(world: World) -> None:
    assert lines(world, Asked(999_999, 5_000)) == []


@pytest.mark.parametrize("way", ["rate", "try"])
def test_the_planner_sees_through_the_function(world: World, way: str) -> None:
    call = {"rate": "billing_rate_v1(s.asked)", "try": "billing_try_v1(s.asked, '{}', '{}', '{}')"}[way]
    plan = "\n".join(row[0] for row in world.rows(
        f"EXPLAIN SELECT r.* FROM (SELECT array_agg(NULL::billing_asked) AS asked) s, {call} r"))  # fmt: skip
    assert ("CTE asked" in plan, "Function Scan on billing" in plan) == (True, False)
    assert "SubPlan" not in plan


def test_a_tried_price_is_read_beside_the_written_ones(world: World) -> None:
    """Under a number that no written one has; the written one is as it was."""
    there = tariff(world, "sd-power")
    fee_id = world.value("SELECT fee_id FROM billing_price WHERE price_id = %s", there)
    shown = world.rows(
        "SELECT item, qty_milli, price, amount_fen FROM billing_try_v1("
        " ARRAY[ROW(1, %(there)s, 3000000, 0, 0, NULL, 1, 1, 1, 12, 0, 1, 1)::billing_asked,"
        "       ROW(2, 0, 3000000, 0, 0, NULL, 1, 1, 1, 12, 0, 1, 1)::billing_asked],"
        " ARRAY[jsonb_populate_record(NULL::billing_price, %(price)s)],"
        " ARRAY[ROW(0, 1, '电费', 'qty', 1, 0.6), ROW(0, 2, '电费', 'qty', 2, 0.7)]::billing_part[],"
        " ARRAY[ROW(0, 1, 8190, 1000000, NULL, 0, false)]::billing_limit[]) ORDER BY item, line_no".replace(
            "%(there)s", str(there)).replace("%(price)s", f"""'{{"price_id": 0, "fee_id": {fee_id}}}'"""))  # fmt: skip
    assert [(item, milli, fen) for item, milli, _, fen in shown] == [
        (1, 2_520_000, 137819), (1, 480_000, 28651), (2, 1_000_000, 60000), (2, 2_000_000, 140000)]  # fmt: skip
    assert BY_KEY["sd-power"].version.parts[0].price == D("0.5469")


def test_every_basis_there_is_is_computed_and_any_other_fails_loudly(world: World) -> None:
    there = tariff(world, "sd-power")
    fee_id = world.value("SELECT fee_id FROM billing_price WHERE price_id = %s", there)
    asked = "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = 'billing_part_basis_check'"
    check = world.value(asked)
    assert set(re.findall(r"'([a-z_]+)'", check)) == set(BASES)
    tried = """SELECT qty_milli, amount_fen FROM billing_try_v1(
        ARRAY[ROW(1, 0, 9000, 4000, 2000, 7000, 1, 1, 1, 12, 0, 1, 3)::billing_asked],
        ARRAY[jsonb_populate_record(NULL::billing_price, jsonb_build_object('price_id', 0, 'fee_id', %s::integer))],
        ARRAY[ROW(0, 1, 'x', %s, 0, 2)::billing_part], '{}')"""
    found = {basis: world.rows(tried, fee_id, basis) for basis in BASES}
    assert found == {
        "qty": [(9_000, 1_800)], "peak": [(4_000, 800)], "valley": [(2_000, 400)], "flat": [(3_000, 600)],
        "area": [(7_000, 1_400)], "area_month": [(21_000, 4_200)], "month": [(3_000, 600)], "fixed": [(1_000, 200)],
    }  # fmt: skip
    with pytest.raises(psycopg.errors.InvalidTextRepresentation, match="no basis of a price: steam"):
        world.rows(tried, fee_id, "steam")
