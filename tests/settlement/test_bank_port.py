"""Payouts against the real bank simulator over HTTP: whatever is lost, money is sent once."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.settlement.bank_side import ACCOUNT, Clock, Serving, bank_of
from tests.settlement.squared import NEXT, Squared
from tests.world import NOON
from yifen.core.facts.codes import Code
from yifen.core.facts.refused import Refused
from yifen.hub.simulators.bank import OF_ORDERS, SimulatedBank
from yifen.hub.simulators.signed_door import OF_ANSWERS
from yifen.trades.settlement.codes import SettlementCode
from yifen.trades.settlement.operations import payouts, sending

# What an order meets, and the payout's states: after sending, after one question, at last.
COURSES = {
    "ok": ("done", "done", "done"),
    "twice": ("done", "done", "done"),
    "late": ("unknown", "done", "done"),
    "lost": ("unknown", "done", "done"),
    "garbage": ("unknown", "done", "done"),
    "forged": ("unknown", "done", "done"),
    "drop": ("unknown", "done", "done"),  # never seen, sent once more
    "slow": ("sent", "sent", "done"),
    "back": ("returned", "returned", "returned"),
    "reject": ("returned", "returned", "returned"),
}


@pytest.fixture(scope="module")
def serving() -> Iterator[Serving]:
    found = Serving()
    yield found
    found.stop()


@pytest.fixture
def paid(world: Squared) -> Squared:
    """WATER and HEAT are settled 1,000 and 500 fen, to be paid out on the 24th."""
    world.bank()
    for code in ("WATER", "HEAT"):
        world.agreement(code, (), payout=True)
        world.payee(code)
    world.merchant("HEAT")
    world.merchant("WATER")
    world.share("WATER", "HEAT", 333_334)
    world.pay("WATER", 1500)
    world.cut()
    assert world.settle("WATER").moved_fen == 1500
    return world


def instruct(world: Squared, biller: str = "WATER") -> int:
    found = payouts.instruct(world.conn, world.ids[biller], NEXT, NOON)
    assert found.code is Code.OK
    assert found.document_id is not None
    return found.document_id


def state(world: Squared, document: int) -> str:
    return str(world.value("SELECT state::text FROM payout WHERE document_id = %s", document))


def clock() -> Clock:
    return Clock(NOON + timedelta(days=1))


def agrees(world: Squared, bank: SimulatedBank) -> None:
    """What left the account at the bank is what the ledger says, and nothing is there twice."""
    out = [entry.reference for entry in bank.books.entries if entry.sign < 0]
    assert len(out) == len(set(out))
    done = dict(world.rows("SELECT reference, amount_fen FROM payout WHERE state = 'done'"))
    assert bank.books.sent() == done
    assert world.free().get("1002.ABC", 0) == sum(done.values())


@pytest.mark.parametrize("fault", COURSES)
def test_every_fault_ends_where_the_bank_stands(
    paid: Squared, serving: Serving, fault: str
) -> None:
    document, now = instruct(paid), clock()
    with bank_of(serving, now, [fault]) as (bank, port):
        after_sending, after_question, at_last = COURSES[fault]
        sent = sending.send_due(paid.conn, port, paid.ids["ABC"])
        assert getattr(sent, after_sending) == 1
        assert state(paid, document) == after_sending
        now.turn(40)
        sending.ask_due(paid.conn, port, paid.ids["ABC"])
        assert state(paid, document) == after_question
        now.turn(600)
        sending.ask_due(paid.conn, port, paid.ids["ABC"])
        assert state(paid, document) == at_last
        agrees(paid, bank)
        assert paid.value("SELECT resent FROM payout") == (fault == "drop")


def test_nothing_is_sent_twice_by_sending_again(paid: Squared, serving: Serving) -> None:
    instruct(paid)
    with bank_of(serving, clock()) as (bank, port):
        assert sending.send_due(paid.conn, port, paid.ids["ABC"]).done == 1
        assert sending.send_due(paid.conn, port, paid.ids["ABC"]) == sending.PayoutCounts()
        agrees(paid, bank)


def test_a_payout_waits_for_its_day(paid: Squared, serving: Serving) -> None:
    document = instruct(paid)
    with bank_of(serving, Clock(NOON)) as (_, port):
        assert sending.send_due(paid.conn, port, paid.ids["ABC"]) == sending.PayoutCounts()
    assert state(paid, document) == "instructed"


def test_what_was_marked_sent_and_never_left_is_asked_about_then_sent(
    paid: Squared, serving: Serving
) -> None:
    """The process died between the commit and the first byte."""
    document, now = instruct(paid), clock()
    with bank_of(serving, now) as (bank, port):
        paid.rows("SELECT * FROM payout_take_v1(%s, %s, %s, %s, 1)", paid.ids["ABC"], NEXT, now(),
                  now() + timedelta(seconds=20))  # fmt: skip
        assert sending.ask_due(paid.conn, port, paid.ids["ABC"]) == sending.PayoutCounts()  # too early
        now.turn(20)
        assert sending.ask_due(paid.conn, port, paid.ids["ABC"]).done == 1
        assert state(paid, document) == "done"
        agrees(paid, bank)


def test_one_re_send_and_then_only_questions(paid: Squared, serving: Serving) -> None:
    document, now = instruct(paid), clock()
    with bank_of(serving, now, ["drop", "drop", "ok"]) as (bank, port):
        sending.send_due(paid.conn, port, paid.ids["ABC"])
        for _ in range(4):
            now.turn(4000)
            sending.ask_due(paid.conn, port, paid.ids["ABC"])
            assert state(paid, document) == "unknown"
        assert list(bank.orders) == ["ok"]
        assert paid.balances()["2011.WATER"][0] == 1000  # still held
        agrees(paid, bank)


def test_a_bank_that_is_away_leaves_it_unknown(paid: Squared, serving: Serving) -> None:
    document, now = instruct(paid), clock()
    with bank_of(serving, now) as (bank, port):
        serving.close(bank)
        assert sending.send_due(paid.conn, port, paid.ids["ABC"]).unknown == 1
        assert sending.ask(paid.conn, port, document) == "unknown"


def test_a_payment_that_comes_back_later_is_seen_when_asked(
    paid: Squared, serving: Serving
) -> None:
    from yifen.hub.simulators.bank import Pace

    document, now = instruct(paid), clock()
    with bank_of(serving, now, ["back"], pace=Pace(back_s=3600)) as (bank, port):
        assert sending.send_due(paid.conn, port, paid.ids["ABC"]).done == 1
        agrees(paid, bank)
        now.turn(7200)
        assert sending.ask(paid.conn, port, document) == "returned"
        agrees(paid, bank)
        assert paid.free()["2011.WATER"] == 1000


def test_asking_about_what_was_never_sent_is_refused(paid: Squared, serving: Serving) -> None:
    document = instruct(paid)
    with bank_of(serving, clock()) as (_, port):
        for wrong, code in ((document, SettlementCode.PAYOUT_STATE), (-1, SettlementCode.PAYOUT_UNKNOWN)):
            with pytest.raises(Refused) as caught:
                sending.ask(paid.conn, port, wrong)
            assert caught.value.code is code


def test_the_order_says_from_whom_to_whom(paid: Squared, serving: Serving) -> None:
    instruct(paid)
    with bank_of(serving, clock()) as (bank, port):
        sending.send_due(paid.conn, port, paid.ids["ABC"])
        (entry,) = bank.books.entries
    assert (entry.account_no, entry.name, entry.amount_fen, entry.remark) == (
        "6222000000000001", "单位WATER", 1000, "代收结算款")  # fmt: skip
    assert bank.books.account_no == ACCOUNT


WORDS = st.sampled_from(["ok", *sorted(OF_ORDERS - {"late"})])
ANSWERS = st.sampled_from(["ok", *sorted(OF_ANSWERS - {"late"})])


@settings(max_examples=40, deadline=None)
@given(st.lists(WORDS, max_size=8), st.lists(ANSWERS, max_size=8), st.integers(0, 3))
def test_whatever_happens_the_bank_has_sent_what_the_ledger_says_is_done(
    paid: Squared, serving: Serving, orders: list[str], questions: list[str], again: int
) -> None:
    """Any script of faults, two billers, returned money instructed again: at the end nothing was
    sent twice, nothing is lost, and both books agree to the fen."""
    paid.run("SAVEPOINT example")
    now = clock()
    bank_id = paid.ids["ABC"]
    with bank_of(serving, now, list(orders), list(questions)) as (bank, port):
        instruct(paid, "WATER")
        instruct(paid, "HEAT")
        for _ in range(again + 1):
            sending.send_due(paid.conn, port, bank_id)
            for _ in range(4):
                now.turn(4000)
                sending.ask_due(paid.conn, port, bank_id)
            for biller in ("WATER", "HEAT"):
                paid.again(biller, now() + timedelta(days=1))
        bank.orders.clear()
        bank.questions.clear()
        for _ in range(2):
            now.turn(8000)
            sending.send_due(paid.conn, port, bank_id)
            sending.ask_due(paid.conn, port, bank_id)
        agrees(paid, bank)
        held = paid.value("SELECT coalesce(sum(amount_fen), 0) FROM payout WHERE state = 'unknown'")
        free = paid.free()
        assert (
            free.get("1002.ABC", 0) + free.get("2011.WATER", 0) + free.get("2011.HEAT", 0) == 1500
        )
        assert paid.balances().get("1002.ABC", (0, 0, 0, 0))[2] == held
    paid.run("ROLLBACK TO example")
