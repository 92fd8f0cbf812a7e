"""What two people look at before bills are published: periods before, bills that differ, who was left out."""

from datetime import date
from typing import TYPE_CHECKING

import pytest

from tests.billing.town import Town
from tests.web import site
from tests.world import Database

if TYPE_CHECKING:
    from yifen.trades.billing.runs.running import BillRun, RunPreview

SEASON = date(2025, 11, 15), date(2026, 3, 15)
NEXT = date(2026, 11, 15), date(2027, 3, 15)


@pytest.fixture(autouse=True)
def pages(shared_database: Database) -> None:
    site.setup(shared_database)


def looked_at(town: Town, run: int) -> "tuple[BillRun, RunPreview]":
    from yifen.trades.billing.runs.running import found, preview

    one = found(town.world.conn, run)
    return one, preview(town.world.conn, one)


def heating(town: Town) -> int:
    fee = town.fee("heat", metered=False, cycle="none", unit="m²")
    town.price(fee, [("热费", "area", 0, "24")], [])
    return fee


def test_runs_of_a_period_are_compared_together_and_first_bills_by_their_amount(town: Town):
    fee = heating(town)
    town.service(town.customer("A1"), fee, area_milli=100_000)
    assert town.published(town.made(fee, *SEASON)) == ["OK"]
    town.service(town.customer("A2"), fee, area_milli=50_000)  # forgotten
    assert town.published(town.made(fee, *SEASON)) == ["OK"]
    town.service(town.customer("A3"), fee, date(2026, 11, 1), area_milli=1_088_500)  # typed wrong
    _, seen = looked_at(town, town.made(fee, *NEXT))
    assert seen.last == seen.year_ago == (*SEASON, 2, 360_000)
    assert [(one.account_no, one.amount_fen, one.before_fen) for one in seen.outliers] == [
        ("A3", 2_612_400, None), ("A1", 240_000, 240_000), ("A2", 120_000, 120_000)]  # fmt: skip


def test_who_left_in_mid_season_pays_by_days_and_none_is_missing_below_zero(town: Town):
    fee = heating(town)
    service = town.service(town.customer("A1"), fee, area_milli=88_500)
    run = town.made(fee, *NEXT)
    assert town.published(run) == ["OK"]
    ((bill, _, fen),) = town.bills(run)
    assert fen == 212_400
    town.world.set_up("UPDATE billing_service SET to_on = '2026-11-30' WHERE service_id = %s", service)
    code, back = town.cancelled(bill)
    assert (code, town.published(back)) == ("OK", ["OK"])  # type: ignore[arg-type]
    again = town.made(fee, *NEXT, service)
    assert [fen for _, _, fen in town.bills(again)] == [28_086]  # 16 of 121 days
    assert looked_at(town, again)[0].missing == 0


def test_one_customers_correction_is_compared_with_no_period(town: Town):
    fee = town.fee()
    town.price(fee)
    service = town.service(town.customer("A1"), fee)
    town.used(service, date(2026, 1, 1), date(2026, 1, 31), 100_000)
    run = town.made(fee, date(2026, 1, 1), date(2026, 1, 31))
    assert town.published(run) == ["OK"]
    ((bill, *_),) = town.bills(run)
    code, back = town.corrected(service, -10_000, date(2026, 1, 31), bill)
    assert code == "OK"
    assert back is not None
    _, seen = looked_at(town, back)
    assert (seen.last, seen.year_ago) == (None, None)
