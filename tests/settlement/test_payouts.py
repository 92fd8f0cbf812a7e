"""Payouts: instructed once, and every legal way to their end, with the money where it belongs."""

from datetime import date, timedelta

import pytest

from tests.settlement.squared import NEXT, Squared
from tests.world import DAY, NOON, sealed_no
from yifen.core.facts.codes import Code
from yifen.trades.settlement.codes import SettlementCode
from yifen.trades.settlement.operations import payouts
from yifen.trades.settlement.operations.matches import take_bank_matches

TOMORROW = NOON + timedelta(days=1)
STATES = ("instructed", "sent", "unknown", "done", "returned")
LEGAL = {("instructed", "sent"), ("sent", "done"), ("sent", "returned"), ("sent", "unknown"),
         ("unknown", "done"), ("unknown", "returned"), ("done", "returned")}  # fmt: skip
WAYS = {"instructed": (), "sent": ("sent",), "unknown": ("sent", "unknown"),
        "done": ("sent", "done"), "returned": ("sent", "returned")}  # fmt: skip


@pytest.fixture
def paid(world: Squared) -> Squared:
    """WATER is settled 990 fen, to be paid out to its payee on the 24th."""
    world.agreement("WATER", payout=True)
    world.bank()
    world.payee("WATER")
    world.pay("WATER", 1000)
    world.cut()
    assert world.settle("WATER").moved_fen == 1000
    return world


def instruct(world: Squared, on: date = NEXT) -> payouts.Instructed:
    return payouts.instruct(world.conn, world.ids["WATER"], on, NOON)


def instructed(world: Squared) -> int:
    document = instruct(world).document_id
    assert document is not None
    return document


def mark(world: Squared, document: int, state: str, **more: str) -> payouts.Marked:
    return payouts.mark(world.conn, document, state, NOON, **more)


def test_what_is_due_is_held_and_expected_at_the_bank(paid: Squared) -> None:
    found = instruct(paid)
    assert (found.code, found.amount_fen) == (0, 990)
    assert found.document_id is not None
    assert found.reference == f"PO20261124-{-found.document_id}"
    assert paid.balances()["2011.WATER"] == (990, 10, 0, 1000)
    assert paid.balances()["1002.ABC"] == (0, 0, 990, 0)
    assert paid.rows("SELECT partner_id, business_day, kind::text, serial, amount_fen, account_no,"
                     " document_id, done FROM recon_expected") == [
        (paid.ids["ABC"], NEXT, "out", found.reference, 990, sealed_no("6222000000000001"),
         found.document_id, False)]  # fmt: skip
    assert instruct(paid).code is SettlementCode.NOTHING_DUE


def test_nothing_is_paid_out_before_its_day(paid: Squared) -> None:
    assert paid.value("SELECT payout_on FROM settlement") == NEXT
    assert instruct(paid, DAY).code is SettlementCode.NOTHING_DUE
    assert paid.value("SELECT count(*) FROM payout") == 0


def test_a_payout_on_a_weekend_goes_on_the_next_working_day(paid: Squared) -> None:
    found = instruct(paid, date(2026, 11, 28))
    assert paid.value("SELECT due_on FROM payout") == date(2026, 11, 30)
    assert found.reference.startswith("PO20261130-")


def test_without_a_payee_or_a_word_of_payout_the_money_stays(world: Squared) -> None:
    world.agreement("WATER", payout=True)
    world.agreement("HEAT")
    world.merchant("HEAT")
    world.merchant("WATER")
    world.share("WATER", "HEAT", 500_000)
    world.bank()
    world.payee("HEAT")
    world.pay("WATER", 1000)
    world.cut()
    world.settle("WATER")
    assert instruct(world).code is SettlementCode.PAYEE_MISSING
    due = payouts.instruct_due(world.conn, 1, NEXT, NOON)  # HEAT's agreement keeps its money
    assert [(one.code, one.biller_id) for one in due] == [(SettlementCode.PAYEE_MISSING, world.ids["WATER"])]
    assert world.free()["2011.HEAT"] == 495


@pytest.mark.parametrize("before", STATES)
@pytest.mark.parametrize("after", STATES)
def test_only_legal_steps_are_taken(paid: Squared, before: str, after: str) -> None:
    document = instructed(paid)
    for state in WAYS[before]:
        assert mark(paid, document, state) == payouts.Marked(Code.OK, True)
    money, expected = paid.money(), paid.rows("SELECT * FROM payout_event")
    found = mark(paid, document, after)
    if (before, after) in LEGAL:
        assert found == payouts.Marked(Code.OK, True)
    else:
        code = Code.OK if before == after else SettlementCode.PAYOUT_STATE
        assert found == payouts.Marked(code, False)
        assert (paid.money(), paid.rows("SELECT * FROM payout_event")) == (money, expected)
    state = paid.value("SELECT state::text FROM payout")
    held, gone = {"done": (0, 990), "returned": (0, 0)}.get(state, (990, 0))
    bank = paid.balances().get("1002.ABC", (0, 0, 0, 0))
    assert (bank[2], bank[3] - bank[1]) == (held, gone)
    assert paid.free().get("2011.WATER", 0) == 990 - gone


def test_a_payout_that_is_not_there_is_unknown(world: Squared) -> None:
    assert mark(world, -1, "sent") == payouts.Marked(SettlementCode.PAYOUT_UNKNOWN, False)


def test_what_came_back_waits_for_a_better_payee_or_a_person(paid: Squared) -> None:
    document = instructed(paid)
    mark(paid, document, "sent")
    mark(paid, document, "returned", reason="户名不符")
    assert paid.rows("SELECT done FROM recon_expected") == [(True,)]  # it never left
    assert [one.code for one in payouts.instruct_due(paid.conn, 1, NEXT, NOON)] == [
        SettlementCode.PAYEE_RETURNED]  # fmt: skip
    alone = "SELECT code FROM payout_instruct_v1(%s, %s, %s, true, %s)"
    assert paid.value(alone, paid.ids["WATER"], NEXT, NEXT, NOON) == SettlementCode.PAYEE_RETURNED
    alone = "SELECT code FROM payout_again_v1(%s, %s, %s)"
    assert paid.value(alone, paid.ids["WATER"], NEXT, TOMORROW) == Code.AUTHORISATION_INVALID
    code, second, amount_fen = paid.again("WATER", TOMORROW)
    assert (code, amount_fen) == (0, 990)
    mark(paid, second, "sent")
    mark(paid, second, "returned")
    paid.run("UPDATE payee SET account_no = %s", sealed_no("6222000000000002"))
    (third,) = payouts.instruct_due(paid.conn, 1, NEXT, NOON)
    assert (third.code, third.amount_fen) == (0, 990)
    assert len({document, second, third.document_id}) == 3


def test_one_that_comes_back_after_it_was_done_is_expected_in(paid: Squared) -> None:
    document = instructed(paid)
    for state in ("sent", "done"):
        mark(paid, document, state, bank_serial="BK1")
    paid.cut()
    mark(paid, document, "returned", bank_serial="BK1R", reason="退汇")
    assert paid.rows("SELECT kind::text, serial, amount_fen, done FROM recon_expected"
                     " ORDER BY expected_id")[1:] == [("in", "BK1R", 990, False)]  # fmt: skip
    assert paid.free()["2011.WATER"] == 990
    assert "1002.ABC" not in paid.free()
    assert paid.rows("SELECT kind::text, business_day FROM ledger_transfer WHERE reference_id = %s"
                     " ORDER BY transfer_no", document) == [
        ("pending", NEXT), ("post", NEXT), ("posted", date(2026, 11, 25))]  # fmt: skip


def test_a_true_up_is_not_paid_out(world: Squared) -> None:
    from yifen.trades.settlement.operations.commission import true_up

    world.agreement("WATER", period="month", min_fen=100, payout=True)
    world.agreement("WATER", valid_from=NEXT)
    world.bank()
    world.payee("WATER")
    world.pay("WATER", 1000)
    world.cut()
    world.settle("WATER")
    true_up(world.conn, world.ids["WATER"], DAY, NOON)
    assert instruct(world).amount_fen == 900


def test_the_statement_ends_what_the_bank_never_answered(paid: Squared) -> None:
    document = instructed(paid)
    mark(paid, document, "sent")
    mark(paid, document, "unknown")
    paid.set_up("UPDATE recon_expected SET done = true")  # somebody says so: no line of the bank does
    assert payouts.shown(paid.conn, document, NOON) == payouts.Marked(
        SettlementCode.EVIDENCE_MISSING, False)  # fmt: skip
    assert take_bank_matches(paid.conn, NOON).payouts == 0
    assert paid.value("SELECT state::text FROM payout") == "unknown"
    paid.shows(document)
    found = take_bank_matches(paid.conn, NOON)
    assert (found.payouts, found.receipts) == (1, 0)
    assert paid.value("SELECT state::text FROM payout") == "done"
    found = take_bank_matches(paid.conn, NOON)
    assert (found.payouts, found.receipts) == (0, 0)
    assert paid.free()["1002.ABC"] == 990


@pytest.mark.parametrize(
    "wrong",
    ["amount_fen = amount_fen - 1", "serial = 'X'", "kind = 'in'"],
)
def test_a_line_of_the_bank_that_says_something_else_proves_nothing(paid: Squared, wrong: str) -> None:
    document = instructed(paid)
    mark(paid, document, "sent")
    was = paid.rows("SELECT kind, serial, amount_fen FROM recon_expected")[0]
    paid.set_up(f"UPDATE recon_expected SET {wrong}")
    paid.shows(document)
    paid.set_up("UPDATE recon_expected SET kind = %s, serial = %s, amount_fen = %s", *was)
    found = payouts.shown(paid.conn, document, NOON)
    assert found == payouts.Marked(SettlementCode.EVIDENCE_MISSING, False)
    assert paid.value("SELECT state::text FROM payout") == "sent"


def test_the_line_of_another_partners_file_proves_nothing(paid: Squared) -> None:
    document = instructed(paid)
    mark(paid, document, "sent")
    paid.set_up("UPDATE recon_expected SET partner_id = %s", paid.ids["WX"])
    paid.shows(document)
    paid.set_up("UPDATE recon_expected SET partner_id = %s", paid.ids["ABC"])
    assert payouts.shown(paid.conn, document, NOON).code is SettlementCode.EVIDENCE_MISSING


def decided(world: Squared, document: int) -> tuple[int, bool]:
    return world.rows("SELECT code, changed FROM payout_decided_v1(%s, %s)", document, NOON)[0]


def test_what_two_people_have_in_writing_ends_a_payout_as_they_said(paid: Squared) -> None:
    """The state, the serial and whether it had left come out of the proposal, not from the caller."""
    document = instructed(paid)
    reference = paid.value("SELECT reference FROM payout")
    mark(paid, document, "sent")
    assert decided(paid, document) == (Code.AUTHORISATION_INVALID, False)
    content = {"document": document, "state": "done", "bank_serial": "SLIP7", "left": False}
    nothing = paid.proposed("payouts.mark", "another payout", content, paid.ids["WATER"])
    assert paid.decided(nothing) == Code.PROPOSAL_UNREADABLE
    assert decided(paid, document) == (Code.AUTHORISATION_INVALID, False)
    number = paid.two_people("payouts.mark", reference, content, paid.ids["WATER"])
    assert decided(paid, document) == (0, True)
    assert paid.rows("SELECT state::text, bank_serial FROM payout") == [("done", "SLIP7")]
    assert paid.value("SELECT note FROM payout_event ORDER BY event_id DESC LIMIT 1") == (
        f"SLIP7 proposal {number} see the paper")  # fmt: skip
    assert paid.free()["1002.ABC"] == 990


def test_a_payout_that_went_by_file_has_no_answer_of_a_port(paid: Squared) -> None:
    from yifen.trades.settlement.operations import payout_files

    document = instructed(paid)
    assert payout_files.write(paid.conn, paid.ids["ABC"], NEXT, "csv", NOON) is not None
    assert mark(paid, document, "done") == payouts.Marked(SettlementCode.PAYOUT_STATE, False)
    assert paid.value("SELECT state::text FROM payout") == "sent"
