"""Two people: the operation and the table both refuse one; acts keep before and after."""

import psycopg
import pytest

from tests.repair.bench import Bench
from yifen.core.facts.codes import Code
from yifen.core.facts.processes import GATEWAY, NIGHT, WEB, WORKER
from yifen.core.facts.refused import Refused
from yifen.trades.reconciliation.codes import RepairCode
from yifen.trades.reconciliation.repair import operations
from yifen.trades.reconciliation.repair.words import RepairAction


@pytest.fixture
def item_id(bench: Bench) -> int:
    """A refund above the limit."""
    payment = bench.pay(200_000)
    bench.cut()
    return bench.lacks(payment)


def refused(bench: Bench, call, *params) -> Code:
    """The code of the refusal, which changed nothing."""
    before = bench.everything()
    with pytest.raises(Refused) as found:
        call(bench.conn, *params)
    assert bench.everything() == before
    return found.value.code


def check(bench: Bench, item_id: int, action: str = "refund") -> Code:
    return refused(bench, operations.check, item_id, RepairAction(action))


@pytest.mark.parametrize(("proposed", "decided"), [("a", "a"), ("a", "A"), (None, "a")])
def test_the_table_refuses_one_person_too(bench: Bench, item_id: int, proposed, decided):
    with psycopg.connect(bench.database.owner_url) as conn, pytest.raises(psycopg.errors.CheckViolation):
        conn.execute("UPDATE recon_item SET proposed_by = %s, decided_by = %s WHERE item_id = %s",
                     (proposed, decided, item_id))  # fmt: skip


@pytest.mark.parametrize("role", [WEB, NIGHT, GATEWAY, WORKER])
def test_no_process_writes_who_proposed_or_decided(bench: Bench, item_id: int, role):
    """Nor a run, a difference, or an item of its own that two others are said to have decided."""
    with psycopg.connect(bench.database.url(role), autocommit=True) as conn:
        for statement in (
            "UPDATE recon_item SET proposed_by = 'a', decided_by = 'b', state = 'doing',"
            f" action = 'suspend' WHERE item_id = {item_id}",
            "INSERT INTO recon_item (run_id, partner_id, business_day, class, serial, theirs_kind,"
            " theirs_fen, state, action, proposed_by, decided_by, opened_at)"
            " SELECT run_id, partner_id, business_day, 'theirs_only', 'X', 'sale', 1, 'doing',"
            f" 'suspend', 'a', 'b', now() FROM recon_item WHERE item_id = {item_id}",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                conn.execute(statement.encode())


def test_nothing_is_carried_out_before_the_second_word(bench: Bench, item_id: int):
    bench.proposed(item_id, "refund")
    code = refused(bench, operations.carry_out, item_id, bench.hub, bench.now)
    assert code is RepairCode.REPAIR_NOT_DECIDED


def test_a_refused_proposal_leaves_the_item_as_it_was(bench: Bench):
    bench.cut()
    told = bench.item("ours_only", "5001", "WATER", ours_kind="sale", ours_fen=1)
    bench.carry(told)
    before = bench.read(told)
    proposal = bench.proposed(told, "accept", "")
    assert bench.world.decided(proposal, False, "not yet", bench.now) == 0
    assert bench.read(told) == before
    assert bench.acts(told) == ["begin", "tell", "propose", "refuse"]
    assert bench.last_note(told) == "not yet"


def test_a_proposal_that_is_taken_back_leaves_the_item_as_it_was(bench: Bench, item_id: int):
    before = bench.read(item_id)
    proposal = bench.proposed(item_id, "refund")
    assert bench.read(item_id).proposed_by == "maker01"
    assert bench.world.value("SELECT access_withdraw_v1('maker01', %s, %s)", proposal, bench.now) == 0
    assert bench.read(item_id) == before
    assert bench.acts(item_id) == ["propose", "withdraw"]


def test_what_is_proposed_or_under_way_is_not_proposed_again(bench: Bench, item_id: int):
    proposal = bench.proposed(item_id, "refund")
    assert check(bench, item_id, "suspend") is RepairCode.REPAIR_UNDER_WAY
    assert bench.world.decided(proposal, now=bench.now) == 0
    assert check(bench, item_id, "suspend") is RepairCode.REPAIR_UNDER_WAY
    # Nor past the check: the item does not follow a second proposal.
    before = bench.read(item_id)
    bench.world.proposed("repair", str(item_id), {"item": item_id, "action": "suspend"}, before.partner_id,
                         now=bench.now)  # fmt: skip
    assert bench.read(item_id) == before


def test_a_closed_item_takes_no_more_acts_but_notes(bench: Bench, item_id: int):
    bench.approved(item_id, "refund")
    assert check(bench, item_id, "accept") is RepairCode.ITEM_CLOSED
    mine = (item_id, "maker01", True, bench.now)
    assert refused(bench, operations.own, *mine) is RepairCode.ITEM_CLOSED
    operations.note(bench.conn, item_id, "the channel wrote", "clerk", bench.now)
    assert bench.acts(item_id)[-1] == "note"
    with pytest.raises(psycopg.errors.RestrictViolation):
        bench.conn.execute("UPDATE recon_item SET state = 'open', closed_at = NULL"
                           " WHERE item_id = %s", (item_id,))  # fmt: skip


@pytest.mark.parametrize("action", ["book", "accept", "resolve", "ask", "wait"])
def test_what_does_not_fit_the_item_cannot_be_proposed(bench: Bench, item_id: int, action):
    assert check(bench, item_id, action) is RepairCode.ACTION_NOT_POSSIBLE


def test_an_approval_that_came_too_late_is_refused(bench: Bench, item_id: int):
    proposal = bench.proposed(item_id, "refund")
    payment = bench.read(item_id)
    bench.world.refund(f"Q{item_id}", payment.paid_serial, 200_000)
    was = operations.before_proposal(bench.conn, bench.read(item_id))
    with pytest.raises(Refused) as found:  # as the proposal's view asks
        operations.check_possible(bench.conn, was, RepairAction.REFUND)
    assert found.value.code is RepairCode.ACTION_NOT_POSSIBLE
    assert bench.world.decided(proposal, False, now=bench.now) == 0
    assert bench.step(item_id)[:2] == ("accept", True)


def test_unknown_items_are_refused_by_every_act(bench: Bench):
    now = bench.now
    for call, params in (
        (operations.check, (10**9, RepairAction.ACCEPT)),
        (operations.own, (10**9, "maker01", True, now)),
        (operations.note, (10**9, "x", "me", now)),
        (operations.carry_out, (10**9, bench.hub, now)),
    ):
        assert refused(bench, call, *params) is RepairCode.ITEM_UNKNOWN


def test_an_empty_note_is_refused(bench: Bench, item_id: int):
    assert refused(bench, operations.note, item_id, " ", "me", bench.now) is Code.REASON_MISSING


def test_every_act_keeps_the_item_before_and_after(bench: Bench, item_id: int):
    bench.world.people()
    for session in ("", "checker01", "nobody"):  # who may not propose, who is not signed in
        mine = (item_id, session, True, bench.now)
        assert refused(bench, operations.own, *mine) is Code.PERMISSION_MISSING
    operations.own(bench.conn, item_id, "maker01", True, bench.now)
    bench.approved(item_id, "refund")
    rows = bench.world.rows(
        "SELECT act, who, note, before ->> 'state', after ->> 'state', after ->> 'owner'"
        " FROM recon_act WHERE item_id = %s ORDER BY act_id", item_id,
    )  # fmt: skip
    assert rows == [
        ("own", "maker01", "maker01", "open", "open", "maker01"),
        ("propose", "maker01", "see the file", "open", "proposed", "maker01"),
        ("approve", "checker01", "", "proposed", "doing", "maker01"),
        ("begin", "repair", "", "doing", "doing", "maker01"),
        ("close", "repair", "refunded", "doing", "closed", "maker01"),
    ]
    closed = bench.world.rows("SELECT closed_by, closed_at FROM recon_item WHERE item_id = %s",
                              item_id)  # fmt: skip
    assert closed == [("checker01", bench.now)]


def test_nothing_is_carried_out_inside_a_transaction(bench: Bench, item_id: int):
    with bench.night.transaction(), pytest.raises(RuntimeError):
        bench.carry(item_id)
