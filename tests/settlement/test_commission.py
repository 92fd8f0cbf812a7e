"""Commission, splits and pooling in the books, to the fen."""

from datetime import date, timedelta

import pytest

from tests.settlement.squared import NEXT, Squared
from tests.world import DAY, NOON
from yifen.core.facts.codes import Code
from yifen.trades.settlement.codes import SettlementCode
from yifen.trades.settlement.operations.commission import true_up, true_up_due

TIERS = ((0, 6000, 0), (100_000, 4000, 0))  # 0.6 %, above 1,000.00 yuan 0.4 %
MONTH_END = DAY + timedelta(days=7)


def test_net_commission_goes_from_the_settlement_account_to_income(world: Squared) -> None:
    world.agreement("WATER", TIERS)
    world.pay("WATER", 125_025)
    world.cut()
    done = world.settle("WATER")
    assert done.commission_fen == 700  # 600 + 100.10
    assert world.free() == {
        "1121.WX": -125_025, "2011.WATER": 124_325, "6030.3002.1": 700}  # fmt: skip
    assert world.parts(done.document_id) == {
        ("WATER", "commission"): 700, ("WATER", "own"): 124_325}  # fmt: skip
    assert world.rows("SELECT reason, measure, fee_fen, net_fen, period_fen, mode FROM commission"
                      ) == [("day", 125_025, 700, 700, 700, "net")]  # fmt: skip


def test_gross_commission_is_owed(world: Squared) -> None:
    world.agreement("WATER", TIERS, mode="gross")
    world.pay("WATER", 100_000)
    world.cut()
    done = world.settle("WATER")
    assert (done.moved_fen, done.commission_fen) == (100_000, 600)
    assert world.free() == {"1121.WX": -100_000, "2011.WATER": 100_000, "1122.WATER": -600,
                            "6030.3002.1": 600}  # fmt: skip


def test_what_a_net_commission_cannot_take_is_owed(world: Squared) -> None:
    world.agreement("WATER", min_fen=500)
    world.pay("WATER", 120)
    world.cut()
    done = world.settle("WATER")
    assert (done.moved_fen, done.commission_fen) == (120, 500)
    assert world.parts(done.document_id) == {("WATER", "commission"): 120}
    assert world.free() == {"1121.WX": -120, "1122.WATER": -380, "6030.3002.1": 500}


def test_commission_by_count_counts_payments_less_what_was_taken_back(world: Squared) -> None:
    world.agreement("WATER", ((0, 0, 30), (2, 0, 20)), measure="count")
    serials = [world.pay("WATER", 1000) for _ in range(4)]
    assert world.reverse("BACK", serials[0], 1000).code == 0
    world.cut()
    assert world.settle("WATER").commission_fen == 80  # 2 × 30 + 1 × 20


def test_a_month_is_charged_day_by_day_and_trued_up_at_its_end(world: Squared) -> None:
    """The days' fees add up to one computation of the month; the minimum comes at the end."""
    world.agreement("WATER", ((0, 5000, 0),), period="month", min_fen=100)
    fees = []
    for amount in (1010, 1010, 1010):
        world.pay("WATER", amount)
        day = world.value("SELECT current_day FROM ledger_book WHERE book_id = 1")
        world.cut()
        fees.append(world.settle("WATER", day).commission_fen)
        assert true_up(world.conn, world.ids["WATER"], day, NOON) is None
    assert fees == [5, 5, 5]  # 5.05, 10.10, 15.15 rounded, less what was charged
    for offset in range(3, 8):
        world.cut()
        assert world.settle("WATER", DAY + timedelta(days=offset)).code == 0
    (closed,) = true_up_due(world.conn, 1, MONTH_END, NOON)
    assert (MONTH_END, closed.day, closed.fee_fen, closed.net_fen) == (
        date(2026, 11, 30), MONTH_END, 85, 85)  # fmt: skip
    assert world.free() == {"1121.WX": -3030, "2011.WATER": 2930, "6030.3002.1": 100}
    before = world.money()
    again = true_up(world.conn, world.ids["WATER"], MONTH_END, NOON)
    assert again is not None
    assert (again.repeated, again.document_id) == (True, closed.document_id)
    assert true_up_due(world.conn, 1, MONTH_END, NOON) == []
    assert world.money() == before


def test_refunds_give_commission_of_the_month_back(world: Squared) -> None:
    world.agreement("WATER", period="month")
    serial = world.pay("WATER", 50_000)
    world.cut()
    assert world.settle("WATER").commission_fen == 500
    world.pay("WATER", 60_000, account_no="P2")
    world.pay("WATER", 40_000)
    world.cut()
    assert world.refund("BACK", serial, 50_000).code == 0
    assert world.settle("WATER", NEXT).commission_fen == 1000
    world.cut()
    done = world.settle("WATER", NEXT + timedelta(days=1))
    assert (done.moved_fen, done.amount_fen, done.commission_fen) == (0, -50_000, -500)
    assert world.free()["6030.3002.1"] == 1000
    assert world.rows("SELECT fee_fen, net_fen, period_fen FROM commission"
                      " ORDER BY business_day") == [
        (500, 500, 500), (1000, 1000, 1500), (-500, -500, 1000)]  # fmt: skip


def test_a_new_agreement_ends_the_period_of_the_old_one(world: Squared) -> None:
    world.agreement("WATER", period="month", min_fen=50)
    world.agreement("WATER", ((0, 20_000, 0),), period="month", valid_from=NEXT)
    for _ in range(2):
        world.pay("WATER", 1000)
        world.cut()
    assert world.settle("WATER").commission_fen == 10
    assert world.settle("WATER", NEXT).commission_fen == 20
    (closed,) = true_up_due(world.conn, 1, NEXT, NOON)
    assert (closed.day, closed.fee_fen) == (DAY, 40)


def test_a_true_up_needs_its_day_settled(world: Squared) -> None:
    world.agreement("WATER", period="month")
    found = true_up(world.conn, world.ids["WATER"], MONTH_END, NOON)
    assert found is not None
    assert found.code is SettlementCode.EARLIER_DAY_UNSETTLED
    assert world.free() == {}


def test_shares_are_rounded_down_and_the_fen_stay(world: Squared) -> None:
    for code in ("WATER", "HEAT", "GAS"):
        world.merchant(code)
    world.share("WATER", "HEAT", 333_333)
    world.share("WATER", "GAS", 333_333)
    world.agreement("WATER")
    world.pay("WATER", 1000)
    world.cut()
    done = world.settle("WATER")
    assert world.parts(done.document_id) == {  # of 990
        ("WATER", "commission"): 10, ("HEAT", "split"): 329, ("GAS", "split"): 329,
        ("WATER", "own"): 332}  # fmt: skip
    assert world.free() == {"1121.WX": -1000, "6030.3002.1": 10, "2011.WATER": 332,
                            "2011.HEAT": 329, "2011.GAS": 329}  # fmt: skip


def test_money_is_pooled_up_to_the_first_that_keeps_its_own(world: Squared) -> None:
    world.merchant("GAS", level="group")
    world.merchant("HEAT", "GAS", level="region", pooled=True)
    world.merchant("WATER", "HEAT", pooled=True)
    world.share("WATER", "HEAT", 100_000)
    world.pay("WATER", 1005)
    world.cut()
    done = world.settle("WATER")
    assert world.parts(done.document_id) == {("HEAT", "split"): 100, ("GAS", "pooled"): 905}
    assert world.free() == {"1121.WX": -1005, "2011.HEAT": 100, "2011.GAS": 905}


def test_a_closed_account_refuses_the_whole_day(world: Squared) -> None:
    world.merchant("HEAT", level="group")
    world.merchant("WATER", "HEAT", pooled=True)
    world.agreement("WATER")
    closed = world.account("2011.HEAT", "liability", "credit_covers_debit")
    world.set_up("SELECT ledger_close_account_v1(%s)", closed)
    world.pay("WATER", 1000)
    world.cut()
    before = world.money()
    assert world.settle("WATER").code is Code.LEDGER_ACCOUNT_CLOSED
    after = world.money()
    for table in ("ledger_transfer", "ledger_head", "ledger_batch"):
        assert after[table] == before[table]
    counts = "SELECT (SELECT count(*) FROM settlement), (SELECT count(*) FROM commission)"
    assert world.rows(counts) == [(0, 0)]


@pytest.mark.parametrize("mode", ["net", "gross"])
def test_parts_that_do_not_add_up_are_not_booked(world: Squared, mode: str) -> None:
    world.pay("WATER", 1000)
    world.cut()
    said = world.rows(
        "SELECT code, document_id FROM settlement_settle_v1(%s, %s, %s, NULL, %s, 1, 1000, 0, 0, 0, NULL,"
        " %s::integer[], '{own}', '{999}', '{NULL}')",
        world.ids["WATER"], DAY, NOON, mode, [world.ids["WATER"]])  # fmt: skip
    assert said == [(SettlementCode.FIGURES_WRONG, None)]
    assert world.value("SELECT count(*) FROM settlement") == 0
