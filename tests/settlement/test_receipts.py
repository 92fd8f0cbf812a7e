"""Money of a channel's day at our bank: expected, arrived, proved by the bank's own statement."""

import io
from datetime import date, datetime, timedelta

import pytest

from tests.settlement.bank_side import ACCOUNT
from tests.settlement.squared import NEXT, Squared
from tests.world import DAY, NOON
from yifen.core.wire.bank_port import PaymentOrder
from yifen.hub.simulators.bank_books import BankBooks
from yifen.hub.simulators.bank_statement import camt053
from yifen.trades.reconciliation import files, runs
from yifen.trades.reconciliation.profile import read_profile
from yifen.trades.settlement.codes import SettlementCode
from yifen.trades.settlement.operations import payouts, receipts
from yifen.trades.settlement.operations.matches import take_bank_matches

EXPECTED = "SELECT kind::text, serial, amount_fen, business_day, done FROM recon_expected"


@pytest.fixture
def closed(world: Squared) -> Squared:
    """WX took 1,500 fen and gave 300 back on the day; there is a bank."""
    world.bank()
    world.pay("WATER", 1200)
    serial = world.pay("WATER", 300)
    assert world.reverse("BACK", serial, 300).code == 0
    world.keeps("WX", 7)
    world.cut()
    return world


def expect(world: Squared, fee_fen: int = 7, day: date = DAY, **more: int) -> receipts.Expected:
    return receipts.expect(world.conn, world.ids["WX"], day, world.ids["ABC"], fee_fen, NEXT, NOON,
                           **more)  # fmt: skip


def test_a_channels_day_is_expected_net_of_its_fee(closed: Squared) -> None:
    found = expect(closed)
    assert (found.code, found.gross_fen, found.fee_fen) == (0, 1200, 7)
    assert closed.rows(EXPECTED) == [("in", "RC20261123-WX", 1193, NEXT, False)]
    assert closed.free() == {"1121.WX": -1200, "2241.WATER": 1200}
    assert expect(closed).document_id == found.document_id
    assert expect(closed, fee_fen=8).code is SettlementCode.CHANNEL_MONEY_INVALID
    assert closed.value("SELECT count(*) FROM receipt") == 1


def test_arrived_clears_what_the_channel_owes_once(closed: Squared) -> None:
    document = expect(closed).document_id
    assert document is not None
    alone = receipts.arrived(closed.conn, document, NEXT, NOON)
    assert (alone.code, alone.changed) == (SettlementCode.EVIDENCE_MISSING, False)
    assert closed.free() == {"1121.WX": -1200, "2241.WATER": 1200}
    closed.shows(document)
    first = receipts.arrived(closed.conn, document, NEXT, NOON)
    assert (first.code, first.changed) == (0, True)
    assert closed.free() == {"1002.ABC": -1193, "6421.1.WX": -7, "2241.WATER": 1200}
    again = receipts.arrived(closed.conn, document, NEXT, NOON)
    assert (again.code, again.changed) == (0, False)
    assert closed.free()["1002.ABC"] == -1193
    assert receipts.arrived(closed.conn, -999, NEXT, NOON).code is SettlementCode.CHANNEL_MONEY_UNKNOWN


def test_a_day_with_more_taken_back_than_paid_draws_money(closed: Squared) -> None:
    serial = closed.pay("WATER", 500)
    closed.cut()
    assert closed.refund("LATE", serial, 500).code == 0
    closed.cut()
    day = DAY + timedelta(days=2)
    found = expect(closed, fee_fen=0, day=day)
    assert found.gross_fen == -500
    assert closed.rows(EXPECTED) == [("out", "RC20261125-WX", 500, NEXT, False)]
    assert found.document_id is not None
    closed.shows(found.document_id)
    receipts.arrived(closed.conn, found.document_id, day, NOON)
    assert closed.free()["1002.ABC"] == 500


def test_an_empty_day_has_arrived_at_once(closed: Squared) -> None:
    closed.cut()
    found = expect(closed, fee_fen=0, day=NEXT)
    assert (found.code, found.gross_fen) == (0, 0)
    assert closed.rows("SELECT state, arrived_on FROM receipt") == [("arrived", NEXT)]
    assert closed.rows(EXPECTED) == []


def test_what_cannot_be_expected_is_refused(closed: Squared) -> None:
    for gross_fen, fee_fen in ((1200, 0), (1200, 8), (1200, 1200), (1201, 7), (-1200, 7), (0, 7)):
        assert expect(closed, fee_fen, gross_fen=gross_fen).code is SettlementCode.FIGURES_WRONG
    assert expect(closed, day=NEXT).code is SettlementCode.DAY_NOT_PROVED
    assert expect(closed, fee_fen=-1).code is SettlementCode.CHANNEL_MONEY_INVALID
    for channel, bank in (("STRANGER", "ABC"), ("WX", "WATER")):
        found = receipts.expect(closed.conn, closed.ids[channel], DAY, closed.ids[bank], 0, NEXT,
                                NOON)  # fmt: skip
        assert found.code is SettlementCode.CHANNEL_MONEY_INVALID
    assert closed.rows("SELECT * FROM receipt") == []


def test_the_banks_statement_proves_what_came_and_what_went(closed: Squared) -> None:
    """The bank simulator's own camt.053 goes through the engine; both documents end."""
    world = closed
    world.agreement("WATER", (), payout=True)
    world.payee("WATER")
    world.settle("WATER")
    assert expect(world).code == 0
    (payout,) = payouts.instruct_due(world.conn, 1, NEXT, NOON)
    assert payout.document_id is not None
    payouts.mark(world.conn, payout.document_id, "sent", NOON)
    payouts.mark(world.conn, payout.document_id, "unknown", NOON)

    at = datetime.combine(NEXT, NOON.timetz())
    bank = BankBooks(ACCOUNT, "益分清算")
    bank.money_in(1193, "RC20261123-WX", "WX", "2430000000000001", at)
    bank.take(order(payout.reference, payout.amount_fen), at)
    bank.money_in(5, "STRAY", "某人", "6222", at)
    opening, entries = bank.day(NEXT, at)
    statement = camt053(ACCOUNT, NEXT, opening, entries, at)

    world._insert("recon_profile", {
        "partner_id": world.ids["ABC"], "party": "bank", "format": "camt", "owner": ACCOUNT,
        "truth": "theirs", "slack_min": 0, "by_rule": False, "rule_window_min": 60,
        "by_group": False, "deadline_days": 3,
    })  # fmt: skip
    profile = read_profile(world.conn, "ABC")
    taken = files.take_in(world.conn, profile, io.BytesIO(statement), "s.xml", "test", NOON)
    assert (taken.business_day, taken.rows) == (NEXT, 3)
    runs.reconcile(world.conn, profile, NEXT, NOON)
    assert world.rows("SELECT matched_count, theirs_count FROM recon_run") == [(2, 3)]
    assert world.rows("SELECT class::text, serial FROM recon_item WHERE state = 'open'") == [
        ("theirs_only", "STRAY")]  # fmt: skip
    found = take_bank_matches(world.conn, NOON)
    assert (found.payouts, found.receipts) == (1, 1)
    assert world.free() == {"1002.ABC": 7, "6421.1.WX": -7}
    found = take_bank_matches(world.conn, NOON)
    assert (found.payouts, found.receipts) == (0, 0)


def order(reference: str, amount_fen: int) -> PaymentOrder:
    return PaymentOrder(
        reference=reference, amount_fen=amount_fen, debtor_account=ACCOUNT, debtor_name="益分清算",
        creditor_account="6222000000000001", creditor_name="单位WATER",
        creditor_bank="102100099996", creditor_bank_name="工行", execute_on=NEXT.isoformat(),
    )  # fmt: skip
