"""Pure decisions of an order."""

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from tests.web.site import setup
from tests.world import Database

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
STATES = ("new", "paying", "paid", "booked", "refund_due", "refunded", "closed")
LEGAL = {
    ("new", "paying"), ("new", "closed"), ("paying", "paid"), ("paying", "refund_due"),
    ("paying", "closed"), ("paid", "booked"), ("paid", "refund_due"), ("refund_due", "refunded"),
    ("closed", "refund_due"), ("booked", "refund_due"),
}  # fmt: skip


@pytest.fixture(autouse=True)
def django(shared_database: Database) -> None:
    setup(shared_database)


def payable(ref: str, mode: str = "exact", due: int = 0, least: int = 0, most: int = 0):
    from yifen.core.wire.replies import PayableView

    least, most = (due, due) if mode == "exact" else (least, most)
    return PayableView(payable=ref, title=f"bill {ref}", mode=mode, due_fen=due, min_fen=least,
                       max_fen=most)  # fmt: skip


@pytest.mark.parametrize(("before", "after"), list(product(STATES, STATES)))
def test_every_step_is_legal_or_not(before, after):
    from yifen.trades.orders.models import OrderState
    from yifen.trades.orders.rules import may_step

    assert may_step(OrderState(before), OrderState(after)) == ((before, after) in LEGAL)


def test_the_states_are_these():
    from yifen.trades.orders.models import OrderState

    assert sorted(OrderState.values) == sorted(STATES)


def chosen(*choices, shown=None):
    from yifen.trades.orders.rules import Choice, choose

    payables = [payable("A", due=100), payable("B", due=250),
                payable("P", "partial", 5000, 1000, 5000), payable("O", "open", 0, 100, 9999)]
    seen = {"A": 100, "B": 250, "P": 5000, "O": 0} if shown is None else shown
    lines = choose(payables, [Choice(*choice) for choice in choices], seen, is_oldest_first=False)
    return [(line.payable, line.amount_fen) for line in lines]


def test_what_is_due_is_the_hub_s_word_and_the_rest_the_payer_s():
    assert chosen(("A",), ("P", "12.34"), ("O", "１．００")) == [("A", 100), ("P", 1234), ("O", 100)]


def test_an_amount_beside_an_exact_bill_is_not_listened_to():
    assert chosen(("A", "0.01")) == [("A", 100)]


@pytest.mark.parametrize(
    ("choices", "shown", "code"),
    [
        ([], None, "NOTHING_CHOSEN"),
        ([("A",)] * 21, None, "TOO_MANY_CHOSEN"),
        ([("A",), ("A",)], None, "PAYABLE_REPEATED"),
        ([("GONE",)], None, "AMOUNTS_CHANGED"),
        ([("A",)], {"A": 99}, "AMOUNTS_CHANGED"),
        ([("A",)], {}, "AMOUNTS_CHANGED"),
        ([("P", "9.99")], None, "AMOUNT_WRONG"),
        ([("P", "50.01")], None, "AMOUNT_WRONG"),
        ([("O", "-5")], None, "AMOUNT_WRONG"),
        ([("O", "")], None, "AMOUNT_WRONG"),
        ([("O", "1e3")], None, "AMOUNT_WRONG"),
        ([("O", "1.001")], None, "AMOUNT_WRONG"),
        ([("O", "9" * 30)], None, "AMOUNT_WRONG"),
        ([("O", "<script>")], None, "AMOUNT_WRONG"),
    ],
)
def test_what_cannot_be_paid_is_refused(choices, shown, code):
    from yifen.core.facts.refused import Refused

    with pytest.raises(Refused) as refused:
        chosen(*choices, shown=shown)
    assert refused.value.code.name == code


def test_an_order_ends_before_its_quote():
    from yifen.trades.orders.rules import expires_at

    assert expires_at(NOW, None) == NOW + timedelta(minutes=15)
    assert expires_at(NOW, NOW + timedelta(minutes=10)) == NOW + timedelta(minutes=9)
    assert expires_at(NOW, NOW + timedelta(hours=10)) == NOW + timedelta(minutes=15)


@pytest.mark.parametrize(
    ("state", "received", "after", "code"),
    [
        ("paying", 100, "paid", None),
        ("paying", 99, "refund_due", "PAID_AMOUNT_WRONG"),
        ("paying", 101, "refund_due", "PAID_AMOUNT_WRONG"),
        ("closed", 100, "refund_due", "ORDER_CLOSED"),
    ],
)
def test_money_goes_where_it_belongs(state, received, after, code):
    from yifen.trades.orders.models import OrderState
    from yifen.trades.orders.rules import after_money

    found, why = after_money(OrderState(state), 100, received)
    assert (str(found), why and why.name) == (after, code)


def test_every_code_is_booked_refused_or_left_to_time():
    from yifen.core.facts.codes import Code
    from yifen.trades.orders.rules import is_refusal

    refusals = {code for code in Code if is_refusal(code)}
    waits = {Code.BUSY, Code.UNAVAILABLE, Code.PROCESSING, Code.BILLER_OUTAGE, Code.PAYABLE_HELD,
             Code.BILLER_UNAVAILABLE, Code.CHANNEL_CLOSED, Code.OVER_DAY_LIMIT,
             Code.PARTNER_SUSPENDED, Code.PARTNER_UNKNOWN, Code.BILLER_UNKNOWN, Code.FAULT, Code.OK}
    assert waits.isdisjoint(refusals)
    assert {Code.ALREADY_PAID, Code.QUOTE_EXPIRED, Code.BILLER_REJECTED} <= refusals
    assert all(not code.meaning.retryable for code in refusals)


def test_the_job_looks_again_later_and_later_but_soon_while_it_may_be_paid():
    from yifen.trades.orders.models import OrderState
    from yifen.trades.orders.rules import look_again_at

    waits = [int((look_again_at(NOW, n, OrderState.PAID) - NOW).total_seconds()) for n in range(14)]
    assert waits == [2, 3, 5, 10, 20, 30, 60, 120, 300, 900, 1800, 3600, 3600, 3600]
    assert look_again_at(NOW, 30, OrderState.PAYING) == NOW + timedelta(seconds=60)


@pytest.mark.parametrize(
    ("typed", "read"),
    [(" 32 0100 0001 ", "3201000001"), ("３２０１", "3201"), ("a-9", "a-9"), ("", ""),
     ("12栋Ⅱ单元301", "12栋II单元301"), ("①－301", "1-301"), ("\u3000Ａ１\u3000", "A1"), ("a \u0301", "á")],
)
def test_account_numbers_as_people_type_them(typed, read):
    from yifen.core.facts.account_numbers import clean_account

    assert clean_account(typed) == read
    assert clean_account(read) == read


@pytest.mark.parametrize(
    ("typed", "forms"),
    [("", []), ("3201", ["3201"]), ("３２０１", ["３２０１", "3201"]),
     ("Ａ－1 b", ["Ａ－1 b", "A-1b", "A-1B", "a-1b", "A1b", "A1B", "a1b"])],
    ids=["nothing", "plain", "full-width", "dashed"],
)  # fmt: skip
def test_a_search_looks_for_each_writing(typed, forms):
    from yifen.core.facts.account_numbers import searched

    assert searched(typed) == forms
