"""The hand-computed bills of utility billing, to the fen: prices as they were published, rows in a database.

Bills 6 and 7 are late fees and have their own tests.
"""

from decimal import Decimal as D

from tests.billing.priced import Asked, lines, sum_fen, tariff, told
from tests.world import World
from yifen.trades.billing import rules


def test_1_a_new_holder_of_five_months_has_five_months_limits(world: World) -> None:
    found = lines(world, Asked(tariff(world, "sd-power"), 1_300_000, months=D(5)))
    assert told(found) == [(1_050_000, "0.5469", 57425), (250_000, "0.5969", 14923)]
    assert sum_fen(found) == 72348  # each line by itself: rounded once it would be 72347


def test_2_by_the_clock_the_upper_tiers_are_a_surcharge(world: World) -> None:
    found = lines(world, Asked(tariff(world, "zj-power-tou"), 660_000, 400_000, 260_000, used_milli=2_500_000))
    assert told(found) == [(400_000, "0.568", 22720), (260_000, "0.288", 7488), (400_000, "0.05", 2000)]
    assert sum_fen(found) == 32208


def test_3_limits_of_summer_and_winter(world: World) -> None:
    price = tariff(world, "gz-power")
    winter, summer = (lines(world, Asked(price, 600_000, month=month)) for month in (1, 7))
    assert [line.amount_fen for line in winter] == [11780, 12780, 17780]
    assert [line.amount_fen for line in summer] == [15314, 21726]
    assert (sum_fen(winter), sum_fen(summer)) == (42340, 37040)


def test_4_the_full_price_is_not_the_one_that_is_shown(world: World) -> None:
    assert sum_fen(lines(world, Asked(tariff(world, "sz-power"), 257_000, month=7))) == 17036


def test_5_a_fast_meter_is_put_right_from_the_tier_it_ended_in(world: World) -> None:
    price, too_much = tariff(world, "zj-power"), rules.read_too_much(1_050_000, D(".05"))
    assert too_much == 50_000
    found = lines(world, Asked(price, -too_much, used_milli=2_800_000))
    assert told(found) == [(-10_000, "0.538", -538), (-40_000, "0.588", -2352)]
    assert sum_fen(found) == -2890
    last_year = lines(world, Asked(price, -too_much, used_milli=3_000_000))  # in tier 2 to its end
    assert sum_fen(last_year) == -2940


def test_8_water_with_a_tiered_and_two_flat_components(world: World) -> None:
    found = lines(world, Asked(tariff(world, "bj-water"), 30_000, used_milli=170_000))
    assert told(found) == [(10_000, "2.07", 2070), (20_000, "4.07", 8140), (30_000, "1.57", 4710),
                           (30_000, "1.36", 4080)]  # fmt: skip
    assert sum_fen(found) == 19000


def test_9_a_sixth_person_widens_the_tier(world: World) -> None:
    price = tariff(world, "hrb-water")
    assert told(lines(world, Asked(price, 50_000, used_milli=160_000, persons=6))) == [
        (20_000, "2.4", 4800), (30_000, "3.6", 10800)]  # fmt: skip
    assert told(lines(world, Asked(price, 50_000, used_milli=160_000, persons=5))) == [(50_000, "3.6", 18000)]


def test_10_limits_of_seven_months(world: World) -> None:
    found = lines(world, Asked(tariff(world, "hz-water"), 180_000, months=D(7)))
    assert told(found) == [(126_000, "2.9", 36540), (49_000, "3.85", 18865), (5_000, "6.7", 3350)]
    assert sum_fen(found) == 58755


def test_11_each_person_above_four_widens_both_tiers(world: World) -> None:
    found = lines(world, Asked(tariff(world, "la-gas"), 300_000, used_milli=450_000, persons=6))
    assert told(found) == [(30_000, "2.8", 8400), (240_000, "3.36", 80640), (30_000, "3.92", 11760)]
    assert sum_fen(found) == 100800


def test_12_metered_heat_is_settled_against_the_area_fee(world: World) -> None:
    asked = Asked(tariff(world, "tj-heat"), area_milli=92_500)
    ahead = lines(world, asked)
    metered = lines(world, Asked(tariff(world, "tj-heat-metered"), 7_345_000, area_milli=92_500, factor=D(".95")))
    assert told(ahead) == [(92_500, "25", 231250)]
    assert told(metered) == [(92_500, "7.5", 69375), (6_977_750, "0.13", 90711)]
    assert sum_fen(ahead) - sum_fen(metered) == 71164


def test_13_metered_heat_costs_at_most_what_the_area_does(world: World) -> None:
    found = lines(world, Asked(tariff(world, "hrb-heat-metered"), 40_000, area_milli=70_500))
    assert told(found) == [(70_500, "15.33", 108077), (40_000, "42.55", 170200), (70_500, "38.32", -8121)]
    assert ([line.part_no for line in found], sum_fen(found)) == ([1, 2, 0], 270156)


def test_14_a_stopped_home_pays_the_basic_fee_and_cold_days_are_paid_back(world: World) -> None:
    stopped = lines(world, Asked(tariff(world, "hrb-heat"), area_milli=70_500, share=D(".2")))
    assert sum_fen(stopped) == 54031
    assert rules.XUZHOU_COLD.share_of(D(15)) == D(".5")
    assert rules.days_refund_fen(240_000, 110, 5, D(".5")) == 5455


def test_15_a_seller_pays_his_days_and_the_buyer_the_rest(world: World) -> None:
    found = lines(world, Asked(tariff(world, "property"), area_milli=96_480))
    assert sum_fen(found) == 22673
    assert world.made("SELECT billing_split_v1(22673, '{17,13}')") == [12848, 9825]


def test_16_what_makes_a_bill_whole_yuan_is_taken_off_the_next(world: World) -> None:
    first = world.made("SELECT billing_carried_v1(12847, 0)")
    second = world.made("SELECT billing_carried_v1(9612, %s)", first)
    assert (first, 12847 + first) == (53, 12900)
    assert (second, 9612 - first + second) == (41, 9600)
