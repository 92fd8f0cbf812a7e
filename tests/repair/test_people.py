"""Two people: the operation and the table both refuse one; acts keep before and after."""

import psycopg
import pytest

from tests.repair.bench import Bench
from yifen.core.facts.codes import Code
from yifen.core.facts.refused import Refused
from yifen.trades.reconciliation.codes import RepairCode
from yifen.trades.reconciliation.repair import operations


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


def propose(bench: Bench, item_id: int, action: str = "refund", who: str = "maker01"):
    return operations.propose(bench.conn, item_id, action, who, "see the file", bench.now)


def test_the_maker_cannot_decide_whatever_the_case_of_his_login(bench: Bench, item_id: int):
    propose(bench, item_id)
    for who in ("maker01", "MAKER01"):
        code = refused(bench, operations.decide, item_id, True, who, bench.now)
        assert code is Code.CHECKER_IS_MAKER


@pytest.mark.parametrize(("proposed", "decided"), [("a", "a"), ("a", "A"), (None, "a")])
def test_the_table_refuses_it_too(bench: Bench, item_id: int, proposed, decided):
    with pytest.raises(psycopg.errors.CheckViolation):
        bench.conn.execute(
            "UPDATE recon_item SET proposed_by = %s, decided_by = %s WHERE item_id = %s",
            (proposed, decided, item_id),
        )


def test_nothing_is_carried_out_before_the_second_word(bench: Bench, item_id: int):
    propose(bench, item_id)
    code = refused(bench, operations.carry_out, item_id, bench.hub, bench.now)
    assert code is RepairCode.REPAIR_NOT_DECIDED


def test_a_refused_proposal_leaves_the_item_as_it_was(bench: Bench):
    bench.cut()
    told = bench.item("ours_only", "5001", "WATER", ours_kind="sale", ours_fen=1)
    bench.carry(told)
    before = bench.read(told)
    operations.propose(bench.conn, told, "accept", "maker01", "", bench.now)
    operations.decide(bench.conn, told, False, "checker01", bench.now, "not yet")
    assert bench.read(told) == before
    assert bench.acts(told) == ["begin", "tell", "propose", "refuse"]
    assert bench.last_note(told) == "not yet"


def test_what_is_proposed_or_under_way_is_not_proposed_again(bench: Bench, item_id: int):
    propose(bench, item_id)
    again = (item_id, "suspend", "other", "", bench.now)
    assert refused(bench, operations.propose, *again) is RepairCode.REPAIR_UNDER_WAY
    operations.decide(bench.conn, item_id, True, "checker01", bench.now)
    assert refused(bench, operations.propose, *again) is RepairCode.REPAIR_UNDER_WAY
    decided = (item_id, True, "other", bench.now)
    assert refused(bench, operations.decide, *decided) is RepairCode.ITEM_NOT_PROPOSED


def test_a_closed_item_takes_no_more_acts_but_notes(bench: Bench, item_id: int):
    bench.approved(item_id, "refund")
    one, two = (item_id, "accept", "m", "", bench.now), (item_id, True, "c", bench.now)
    assert refused(bench, operations.propose, *one) is RepairCode.ITEM_CLOSED
    assert refused(bench, operations.decide, *two) is RepairCode.ITEM_CLOSED
    assert refused(bench, operations.own, item_id, "me", "me", bench.now) is RepairCode.ITEM_CLOSED
    operations.note(bench.conn, item_id, "the channel wrote", "clerk", bench.now)
    assert bench.acts(item_id)[-1] == "note"
    with pytest.raises(psycopg.errors.RestrictViolation):
        bench.conn.execute("UPDATE recon_item SET state = 'open', closed_at = NULL"
                           " WHERE item_id = %s", (item_id,))  # fmt: skip


@pytest.mark.parametrize("action", ["book", "accept", "resolve", "ask", "wait"])
def test_what_does_not_fit_the_item_cannot_be_proposed(bench: Bench, item_id: int, action):
    code = refused(bench, operations.propose, item_id, action, "maker01", "", bench.now)
    assert code is RepairCode.ACTION_NOT_POSSIBLE


def test_an_approval_that_came_too_late_is_refused(bench: Bench, item_id: int):
    propose(bench, item_id)
    payment = bench.read(item_id)
    bench.world.refund(f"Q{item_id}", payment.paid_serial, 200_000)
    code = refused(bench, operations.decide, item_id, True, "checker01", bench.now)
    assert code is RepairCode.ACTION_NOT_POSSIBLE
    operations.decide(bench.conn, item_id, False, "checker01", bench.now)
    assert bench.step(item_id)[:2] == ("accept", True)


def test_unknown_items_are_refused_by_every_act(bench: Bench):
    now = bench.now
    for call, params in (
        (operations.propose, (10**9, "accept", "m", "", now)),
        (operations.decide, (10**9, True, "c", now)),
        (operations.own, (10**9, "me", "me", now)),
        (operations.note, (10**9, "x", "me", now)),
        (operations.release, (10**9, "m", "c", "", now)),
        (operations.carry_out, (10**9, bench.hub, now)),
    ):
        assert refused(bench, call, *params) is RepairCode.ITEM_UNKNOWN


def test_an_empty_note_is_refused(bench: Bench, item_id: int):
    assert refused(bench, operations.note, item_id, " ", "me", bench.now) is Code.INPUT_INVALID


def test_every_act_keeps_the_item_before_and_after(bench: Bench, item_id: int):
    operations.own(bench.conn, item_id, "clerk01", "chief", bench.now)
    bench.approved(item_id, "refund")
    rows = bench.world.rows(
        "SELECT act, who, note, before ->> 'state', after ->> 'state', after ->> 'owner'"
        " FROM recon_act WHERE item_id = %s ORDER BY act_id", item_id,
    )  # fmt: skip
    assert rows == [
        ("own", "chief", "clerk01", "open", "open", "clerk01"),
        ("propose", "maker01", "see the file", "open", "proposed", "clerk01"),
        ("approve", "checker01", "", "proposed", "doing", "clerk01"),
        ("begin", "repair", "", "doing", "doing", "clerk01"),
        ("close", "repair", "refunded", "doing", "closed", "clerk01"),
    ]
    closed = bench.world.rows("SELECT closed_by, closed_at FROM recon_item WHERE item_id = %s",
                              item_id)  # fmt: skip
    assert closed == [("checker01", bench.now)]
    owner = operations.own
    assert refused(bench, owner, item_id, "x", "y", bench.now) is RepairCode.ITEM_CLOSED


def test_nothing_is_carried_out_inside_a_transaction(bench: Bench, item_id: int):
    with bench.conn.transaction(), pytest.raises(RuntimeError):
        bench.carry(item_id)
