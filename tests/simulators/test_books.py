"""A biller's own books: the verbs, idempotent, with tombstones."""

from tests.simulators.sides import NOW, PAYERS, charge
from yifen.core.facts.codes import Code
from yifen.core.wire.messages import Confirm, Query, Reverse
from yifen.core.wire.replies import PaymentReply, QueryReply
from yifen.hub.simulators.books import BillerBooks


def books() -> BillerBooks:
    return BillerBooks("GAS01", PAYERS)


def due(found: BillerBooks, account_no: str) -> list[tuple[str, int]]:
    code, reply = found.answer(Query(biller="GAS01", account_no=account_no), NOW)
    assert code is Code.OK
    assert isinstance(reply, QueryReply)
    return [(view.payable, view.due_fen) for view in reply.payables]


def test_a_charge_settles_its_bills_and_a_repeat_gets_the_same_answer() -> None:
    found = books()
    message = charge("1", "A1", b202609=100, b202610=250)
    first = found.answer(message, NOW)
    assert first[0] is Code.OK
    assert found.answer(message, NOW) == first
    assert due(found, "A1") == []
    assert found.state() == {"1": (350, "booked")}


def test_refusals_book_nothing() -> None:
    found = books()
    for message, code in (
        (charge("1", "A9"), Code.ACCOUNT_UNKNOWN),
        (charge("2", "A2", b209901=1), Code.PAYABLE_UNKNOWN),
        (charge("3", "A2", b202610=299), Code.AMOUNT_WRONG),
        (charge("4", "A1", b202609=100, b202610=249), Code.AMOUNT_WRONG),
    ):
        assert found.answer(message, NOW) == (code, None)
    assert found.state() == {}
    assert due(found, "A1") == [("202609", 100), ("202610", 250)]


def test_the_same_serial_with_other_content_is_refused() -> None:
    found = books()
    found.answer(charge("1"), NOW)
    assert found.answer(charge("1", "A1", b202609=100), NOW) == (Code.SERIAL_REUSED, None)
    assert found.answer(charge("2"), NOW) == (Code.ALREADY_PAID, None)
    assert found.state() == {"1": (300, "booked")}


def test_a_reversal_gives_the_bill_back_once() -> None:
    found = books()
    found.answer(charge("1"), NOW)
    back = Reverse(serial="R", original_serial="1", amount_fen=300)
    first = found.answer(back, NOW)
    assert first[0] is Code.OK
    assert found.answer(back, NOW) == first
    another = Reverse(serial="R2", original_serial="1", amount_fen=300)
    assert found.answer(another, NOW) == (Code.ALREADY_REVERSED, None)
    assert due(found, "A2") == [("202610", 300)]
    assert found.state() == {"1": (300, "reversed")}
    code, reply = found.answer(Confirm(original_serial="1"), NOW)
    assert isinstance(reply, PaymentReply)
    assert (code, reply.payer_state, reply.biller_state) == (Code.OK, "returned", "reversed")


def test_a_reversal_that_comes_first_keeps_its_charge_out() -> None:
    found = books()
    back = Reverse(serial="R", original_serial="1", amount_fen=300)
    assert found.answer(back, NOW) == (Code.ORIGINAL_UNKNOWN_BLOCKED, None)
    assert found.answer(charge("1"), NOW) == (Code.REVERSED_BEFORE_CHARGE, None)
    assert found.state() == {}


def test_confirm_tells_the_charge_the_refusal_or_that_it_never_came() -> None:
    found = books()
    found.answer(charge("1"), NOW)
    found.answer(charge("2"), NOW)
    code, reply = found.answer(Confirm(original_serial="1"), NOW)
    assert isinstance(reply, PaymentReply)
    assert (code, reply.amount_fen, reply.result) == (Code.OK, 300, "0000")
    assert found.answer(Confirm(original_serial="2"), NOW) == (Code.ALREADY_PAID, None)
    assert found.answer(Confirm(original_serial="3"), NOW) == (Code.SERIAL_UNKNOWN, None)
