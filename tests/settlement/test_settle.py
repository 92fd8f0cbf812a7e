"""A biller's closed day: what moves where, to the fen, once."""

from datetime import timedelta

import pytest

from tests.settlement.squared import NEXT, Squared
from tests.world import DAY, NOON
from yifen.core.facts.codes import Code
from yifen.trades.settlement.codes import SettlementCode
from yifen.trades.settlement.operations.settle import settle_due, unproved


def test_a_closed_day_moves_to_the_settlement_account_in_one_sum(world: Squared) -> None:
    world.pay("WATER", 1000)
    world.pay("WATER", 2500)
    world.cut()
    done = world.settle("WATER")
    assert (done.code, done.due_fen, done.moved_fen, done.carried_fen) == (0, 3500, 3500, 0)
    assert (done.payments, done.amount_fen, done.commission_fen) == (2, 3500, 0)
    assert world.free() == {"1121.WX": -3500, "2011.WATER": 3500}
    assert world.parts(done.document_id) == {("WATER", "own"): 3500}
    assert world.rows("SELECT kind, reference_id, business_day FROM ledger_transfer"
                      " WHERE reference_id < 0") == [("posted", done.document_id, NEXT)]  # fmt: skip


def test_a_repeat_answers_the_same_and_moves_nothing(world: Squared) -> None:
    world.agreement("WATER")
    world.pay("WATER", 1000)
    world.cut()
    first = world.settle("WATER")
    before = world.money()
    again = world.settle("WATER", now=NOON + timedelta(hours=1))
    assert again.repeated
    assert (again.document_id, again.moved_fen, again.commission_fen, again.payments) == (
        first.document_id, 1000, 10, 1)  # fmt: skip
    assert world.money() == before


def test_a_day_without_money_has_its_row(world: Squared) -> None:
    world.agreement("WATER", min_fen=500)
    world.cut()
    done = world.settle("WATER")
    assert (done.code, done.due_fen, done.moved_fen, done.commission_fen) == (0, 0, 0, 0)
    assert world.value("SELECT count(*) FROM settlement") == 1
    assert world.rows("SELECT measure, fee_fen FROM commission") == [(0, 0)]
    assert world.free() == {}


def test_the_open_day_is_refused_and_changes_nothing(world: Squared) -> None:
    world.pay("WATER", 1000)
    before = world.money()
    assert world.settle("WATER").code is SettlementCode.DAY_NOT_PROVED
    assert world.settle("WATER", NEXT).code is SettlementCode.DAY_NOT_PROVED
    assert world.money() == before
    assert world.value("SELECT count(*) FROM settlement") == 0


def test_days_are_settled_in_order(world: Squared) -> None:
    for _ in range(3):
        world.pay("WATER", 100)
        world.cut()
    assert world.settle("WATER").moved_fen == 100
    assert world.settle("WATER", DAY + timedelta(days=2)).code is SettlementCode.EARLIER_DAY_UNSETTLED
    assert world.settle("WATER", NEXT).moved_fen == 100
    assert world.settle("WATER", DAY + timedelta(days=2)).moved_fen == 100
    assert world.settle("WATER", DAY - timedelta(days=1)).code is SettlementCode.DAY_NOT_PROVED


def test_a_day_settled_late_takes_nothing_of_later_days(world: Squared) -> None:
    """Two days are settled after the second cut, while a third is under way."""
    for amount in (100, 20, 3):
        world.pay("WATER", amount)
        if amount != 3:
            world.cut()
    assert [(one.day, one.due_fen, one.moved_fen)
            for one in settle_due(world.conn, 1, NEXT, NOON) if one.moved_fen] == [
        (DAY, 100, 100), (NEXT, 20, 20)]  # fmt: skip
    assert world.free()["2241.WATER"] == 3


def test_what_was_refunded_since_the_cut_is_not_taken_from_the_new_day(world: Squared) -> None:
    world.pay("WATER", 1000)
    serial = world.pay("WATER", 300)
    world.cut()
    world.pay("WATER", 5000)
    assert world.refund("BACK", serial, 300).code == 0
    done = world.settle("WATER")
    assert (done.due_fen, done.moved_fen, done.payments, done.amount_fen) == (1000, 1000, 2, 1300)
    assert world.free()["2241.WATER"] == 5000
    world.cut()
    done = world.settle("WATER", NEXT)
    assert (done.moved_fen, done.payments, done.amount_fen) == (5000, 0, 4700)


def test_money_that_is_refunded_away_leaves_a_zero_day(world: Squared) -> None:
    serial = world.pay("WATER", 300)
    world.cut()
    assert world.refund("BACK", serial, 300).code == 0
    done = world.settle("WATER")
    assert (done.code, done.due_fen, done.moved_fen) == (0, 0, 0)
    assert world.free() == {}


def test_a_reversal_of_the_new_day_costs_the_closed_one_nothing(world: Squared) -> None:
    world.pay("WATER", 1000)
    world.cut()
    serial = world.pay("WATER", 300)
    assert world.reverse("BACK", serial, 300).code == 0
    assert world.settle("WATER").moved_fen == 1000


def test_settle_due_takes_every_biller_and_names_who_is_held_back(world: Squared) -> None:
    world.pay("WATER", 100)
    world.run("INSERT INTO recon_profile (partner_id, party, format, owner, truth, slack_min,"
              " by_rule, rule_window_min, by_group, deadline_days)"
              " VALUES (%s, 'biller', 'hub', '', 'ours', 30, false, 60, false, 3)",
              world.ids["GAS"])  # fmt: skip
    world.cut()
    found = {one.biller_id: one for one in settle_due(world.conn, 1, DAY, NOON)}
    assert {code: found[world.ids[code]].code for code in ("WATER", "HEAT", "GAS")} == {
        "WATER": Code.OK, "HEAT": Code.OK, "GAS": SettlementCode.DAY_NOT_PROVED}  # fmt: skip
    signed = settle_due(world.conn, 1, DAY, NOON, signed_by="u")
    assert [(one.biller_id, one.code) for one in signed] == [(world.ids["GAS"], Code.OK)]
    assert world.value("SELECT signed_by FROM settlement WHERE biller_id = %s",
                       world.ids["GAS"]) == "u"  # fmt: skip


@pytest.mark.parametrize(("state", "blocks"), [("open", True), ("proposed", True),
                                               ("waiting", False), ("closed", False)])  # fmt: skip
def test_an_open_difference_of_its_payment_holds_a_day_back(
    world: Squared, state: str, blocks: bool
) -> None:
    world.pay("WATER", 100)
    payment = world.value("SELECT payment_id FROM payment WHERE biller_id = %s", world.ids["WATER"])
    world.cut()
    item = recon_item(world, "WX", payment, state)
    done = world.settle("WATER")
    assert done.code is (SettlementCode.DAY_NOT_PROVED if blocks else Code.OK)
    assert world.settle("HEAT").code is Code.OK  # it is not its payment
    if blocks:
        assert [(u.partner, u.item_id) for u in
                unproved(world.conn, world.ids["WATER"], DAY)] == [("WX", item)]  # fmt: skip
        assert world.settle("WATER", signed_by="chief").moved_fen == 100


def recon_item(world: Squared, partner: str, payment_id: int, state: str) -> int:
    """An item of a run that ended."""
    file = world.value(
        "INSERT INTO recon_file (file_id, partner_id, business_day, version, format, name, sha256, bytes,"
        " rows, amount_fen, fee_fen, received_at, received_by)"
        " VALUES (1, %s, %s, 1, 'hub', 'f', '\\x00', 1, 1, 1, 0, %s, 'test') RETURNING file_id",
        world.ids[partner], DAY, NOON)  # fmt: skip
    run = world.made(
        "INSERT INTO recon_run (partner_id, business_day, file_id, started_at, ended_at)"
        " VALUES (%s, %s, %s, %s, %s) RETURNING run_id",
        world.ids[partner], DAY, file, NOON, NOON)  # fmt: skip
    closed = NOON if state == "closed" else None
    return int(world.made(
        "INSERT INTO recon_item (run_id, partner_id, business_day, class, serial, payment_id,"
        " state, opened_at, closed_at) VALUES (%s, %s, %s, 'ours_only', 'S', %s,"
        " %s::recon_state, %s, %s) RETURNING item_id",
        run, world.ids[partner], DAY, payment_id, state, NOON, closed))  # fmt: skip
