"""A debit file from its arrival to its result, every posting at the core and in the ledger (docs/debits.md)."""

from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.corebank.bench import TRANSIT
from tests.debits.bench import CHANNEL, DebitBench
from tests.sampling import ALL
from yifen.core.facts.codes import Code
from yifen.hub.corebank.codes import CoreCode
from yifen.trades.debits import files
from yifen.trades.mandates.codes import MandateCode


def ledger(bench: DebitBench, serial: str) -> list[tuple[str, str, int]]:
    """What the hub has of an item's payment: debit, credit, fen."""
    return bench.rows(  # type: ignore[return-value]
        "SELECT split_part(d.code, '.', 1), split_part(c.code, '.', 1), sum(t.amount_fen)::bigint FROM debit_item i"
        " JOIN ledger_transfer t ON t.bucket = i.payment_id %% 1000 AND t.reference_id = i.payment_id"
        " JOIN ledger_account d ON d.account_id = t.debit_id JOIN ledger_account c ON c.account_id = t.credit_id"
        " WHERE i.serial = %s AND t.kind IN ('posted', 'post') GROUP BY 1, 2 ORDER BY 1", serial)  # fmt: skip


def test_three_meters_on_one_account_a_mandate_that_ended_and_the_one_that_failed_again(bench: DebitBench):
    card, transit = bench.card(25_000), bench.books.balances()[TRANSIT]
    late, second, third, gone = (bench.customer(A=fen) for fen in (10_000, 12_000, 8_000, 6_000))
    for customer in (late, second, third, gone):
        bench.sign(customer, card, batch=True)
    bench.end(bench.rows("SELECT number FROM mandate WHERE customer = %s", gone)[0][0])
    bench.owner("UPDATE payable SET due_on = due_on + 1 WHERE account_no = %s", late)
    asked = [(late, card, 10_000), (second, card, 12_000), (third, card, 8_000), (gone, card, 6_000)]
    batch = bench.send(bench.written(asked), "DK-story.txt")

    # The fourth has no mandate any more: two people let the others go, whose bills nobody else pays meanwhile.
    assert bench.run(batch) == "checked"
    assert [(state, code) for state, code, _ in bench.items(batch)] == [
        ("ready", None), ("ready", None), ("ready", None), ("refused", MandateCode.MANDATE_NONE)]  # fmt: skip
    assert bench.charged(second, "A", 12_000) is Code.PAYABLE_HELD
    bench.let_go(batch)
    assert bench.run(batch) == "done"

    # Due day first, then the file's order: the second and the third are debited, the first finds 50.00.
    serials = [f"DB{batch:010d}-{place:07d}" for place in range(1, 5)]
    assert [bench.posted(serial) for serial in serials] == [
        [], [(card, -12_000), (TRANSIT, 12_000)], [(card, -8_000), (TRANSIT, 8_000)], []]
    assert [ledger(bench, serial) for serial in serials] == [
        [], [("1121", "2241", 12_000)], [("1121", "2241", 8_000)], []]
    assert [code for _, code, _ in bench.items(batch)] == [CoreCode.CORE_SHORT, None, None, MandateCode.MANDATE_NONE]
    assert bench.result(batch) == (
        f"202611|4|36000|2|20000|2|16000|0001|20261123|\n{late}|{card}|10000||||0002|\n"
        f"{second}|{card}|12000||||0000|\n{third}|{card}|8000||||0000|\n"
        f"{gone}|{card}|6000||||{MandateCode.MANDATE_NONE:04d}|\n").encode()  # fmt: skip

    # What failed, once there is money; what the checks refused is no failed debit.
    bench.books.accounts[card].balance_fen += 10_000
    again = files.again(bench.web, bench.session, batch, bench.clock())
    assert bench.run(again) == "done"
    [(serial, tried)] = bench.rows("SELECT serial, again_of FROM debit_item WHERE batch_id = %s", again)
    assert tried == serials[0]
    assert bench.posted(serial) == [(card, -10_000), (TRANSIT, 10_000)]
    assert ledger(bench, serial) == [("1121", "2241", 10_000)]
    assert bench.result(again) == (f"202611|1|10000|1|10000|0|0|0001|20261123|\n"
                                   f"{late}|{card}|10000||||0000|\n").encode()  # fmt: skip

    assert bench.books.balances()[TRANSIT] - transit == 30_000
    assert [bench.paid(one) for one in (late, second, third, gone)] == [
        [(10_000, "taken", CHANNEL)], [(12_000, "taken", CHANNEL)], [(8_000, "taken", CHANNEL)], []]
    assert (bench.kept(), bench.altered()) == (0, [])


@settings(max_examples=40 if ALL else 5, deadline=None, suppress_health_check=list(HealthCheck))
@given(money=st.integers(0, 400), seed=st.integers(0, 999),
       bills=st.lists(st.tuples(st.integers(1, 200), st.integers(0, 2)), min_size=1, max_size=6))  # fmt: skip
def test_whatever_is_due_and_wherever_it_is_paid_order_lock_and_partial_success_hold(
    bench: DebitBench, money: int, bills: list[tuple[int, int]], seed: int
):
    """`bills`: fen and days later that each is due; some are paid at the counter before the checks, some are tried
    behind them."""
    rng, card = Random(seed), bench.card(money)
    customers = [bench.customer(A=fen) for fen, _ in bills]
    for customer, (_, days) in zip(customers, bills, strict=True):
        bench.sign(customer, card, batch=True)
        bench.owner("UPDATE payable SET due_on = due_on + %s WHERE account_no = %s", days, customer)
    rows = [(customer, card, fen) for customer, (fen, _) in zip(customers, bills, strict=True)]
    batch = bench.send(bench.written(rows, head={"month": "202611", "batch": f"{customers[0]}"}))
    first = {one for one in range(len(bills)) if rng.random() < 0.2}
    for one in first:
        assert bench.charged(customers[one], "A", bills[one][0]) is Code.OK
    if bench.checked(batch) == "checked":
        bench.let_go(batch)
    for one in set(range(len(bills))) - first:
        assert bench.charged(customers[one], "A", bills[one][0]) is Code.PAYABLE_HELD
    assert bench.run(batch) == "done"
    left, expected = money, ["refused" if one in first else "failed" for one in range(len(bills))]
    for one in sorted(set(range(len(bills))) - first, key=lambda one: (bills[one][1], one)):
        if bills[one][0] <= left:
            left, expected[one] = left - bills[one][0], "booked"
    assert [state for state, *_ in bench.items(batch)] == expected
    assert bench.books.balances()[card] == left
    assert [len(bench.paid(customer)) for customer in customers] == [int(state != "failed") for state in expected]
    assert (bench.kept(), bench.altered()) == (0, [])


@pytest.mark.parametrize("late", ["frozen", "recomputed"])
def test_late_fees_are_of_the_files_day_or_of_the_debits_by_the_rule(bench: DebitBench, late: str):
    """A bill that is kept takes no newer terms; where the rule has late fees anew, the debit's day says how much."""
    bench.rule(late=late)
    customer, card = bench.payer(50_000, A=10_000)
    batch = bench.send(bench.written([(customer, card, 10_000)], head={"month": "202611", "batch": late}))
    assert bench.checked(batch) == "waiting"
    bench.owe(customer, A=10_070)
    due = bench.rows("SELECT due_fen FROM payable WHERE account_no = %s", customer)
    assert due == [(10_000,)]
    if late == "recomputed":  # as the trade that knows late fees tells it, the next day
        bench.owner("UPDATE payable SET due_fen = 10070 WHERE account_no = %s", customer)
        bench.owner("UPDATE debit_item SET fresh_on = fresh_on - 1 WHERE batch_id = %s", batch)
    taken = 10_070 if late == "recomputed" else 10_000
    assert bench.run(batch) == "done"
    bench.rule()
    assert bench.items(batch) == [("booked", None, taken)]
    assert (bench.books.balances()[card], bench.paid(customer)) == (50_000 - taken, [(taken, "taken", CHANNEL)])
    assert (bench.kept(), bench.altered()) == (0, [])
