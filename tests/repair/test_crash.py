"""Killed between any two steps, and then carried out again: the same effect, once."""

from collections.abc import Callable
from contextlib import contextmanager, suppress
from typing import Any

import pytest

from tests.checkout.test_crash import Frail, Fuse, Killed
from tests.repair.bench import Bench
from tests.sampling import stride
from yifen.core.facts.codes import Code
from yifen.core.wire.messages import WireFault
from yifen.trades.reconciliation.repair import operations

CLEARING, WATER, SUSPENSE = "1121.WX", "2241.WATER", "2241.1.SUSPENSE"


class FrailConnection:
    """The real connection: every statement and every end of a transaction is a step. What the dying
    process had not committed is gone, as its `transaction` sees it fail."""

    def __init__(self, real: Any, fuse: Fuse) -> None:
        self._real, self._fuse = real, fuse
        self.execute = fuse.around(real.execute)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)

    @contextmanager
    def transaction(self):
        with self._real.transaction():
            yield
            self._fuse.step()
        self._fuse.step()


def refund(bench: Bench) -> tuple[int, str | None]:
    payment = bench.pay(1_000)
    bench.cut()
    return bench.lacks(payment), None


def book(bench: Bench) -> tuple[int, str | None]:
    account_no, _ = bench.owe(1_000)
    bench.cut()
    return bench.theirs(f"S{account_no}", 1_000, account_no=account_no), None


def book_refused(bench: Bench) -> tuple[int, str | None]:
    """The hub refuses it at the charge: the payer's limit is not known before."""
    account_no, _ = bench.owe(1_000)
    bench.cut()
    bench.world.run("UPDATE channel SET payment_fen_max = 999")
    return bench.theirs(f"S{account_no}", 1_000, account_no=account_no), None


def suspend(bench: Bench) -> tuple[int, str | None]:
    payment = bench.pay(1_000)
    bench.cut()
    return bench.item(
        "duplicate", payment.serial, nth=2, theirs_kind="sale", theirs_fen=1_000
    ), None


def resolve(bench: Bench) -> tuple[int, str | None]:
    payment = bench.pay(1_000, "GAS", decided=False)
    bench.cut()
    return bench.differs("status", payment, "GAS", theirs_kind="sale", theirs_fen=1_000), None


def approved(bench: Bench) -> tuple[int, str | None]:
    payment = bench.pay(300_000)
    bench.cut()
    return bench.lacks(payment), "refund"


CASES: list[tuple[Callable[[Bench], tuple[int, str | None]], dict[str, tuple[int, int]], int]] = [
    (refund, {CLEARING: (0, 1_000), WATER: (1_000, 0)}, 10),
    (book, {CLEARING: (1_000, 0), WATER: (0, 1_000)}, 15),
    (book_refused, {CLEARING: (1_000, 0), SUSPENSE: (0, 1_000)}, 15),
    (suspend, {CLEARING: (1_000, 0), SUSPENSE: (0, 1_000)}, 10),
    (resolve, {CLEARING: (1_000, 0), "2241.GAS": (0, 1_000)}, 10),
    (approved, {CLEARING: (0, 300_000), WATER: (300_000, 0)}, 10),
]


def posted(bench: Bench, before: Any) -> dict[str, tuple[int, int]]:
    """As `moved`, but the hold of a payment may end on the way."""
    after, zero = bench.balances(), (0, 0, 0, 0)
    found = {}
    for code in before.keys() | after.keys():
        was, now = before.get(code, zero), after.get(code, zero)
        if (moved := (now[1] - was[1], now[3] - was[3])) != (0, 0):
            found[code] = moved
    return found


@pytest.mark.parametrize(
    ("case", "moved", "least"), CASES, ids=lambda v: getattr(v, "__name__", "")
)
def test_killed_between_any_two_steps(bench: Bench, case, moved, least):
    steps = 0
    while True:
        bench.another_day()
        item_id, action = case(bench)
        before = bench.balances()
        if action:
            bench.agreed(item_id, action)
        fuse = Fuse(steps)
        dying, hub = FrailConnection(bench.night, fuse), Frail(bench.hub, fuse)
        with suppress(Killed):
            operations.carry_out(dying, item_id, hub, bench.now)
        assert bench.carry(item_id).state == "closed", f"killed after {steps} steps"
        assert posted(bench, before) == moved, f"killed after {steps} steps"
        assert bench.acts(item_id).count("close") == 1
        bench.world.run("UPDATE channel SET payment_fen_max = NULL")
        if fuse.left is not None and fuse.left >= 0:
            break
        steps += stride(3)
    assert steps > least


def test_killed_again_and_again(bench: Bench):
    """Every try dies one step later than the last."""
    account_no, _ = bench.owe(777)
    bench.cut()
    item_id, before = bench.theirs(f"S{account_no}", 777, account_no=account_no), bench.balances()
    for steps in range(1, 60):
        fuse = Fuse(steps)
        try:
            operations.carry_out(FrailConnection(bench.night, fuse), item_id,
                                 Frail(bench.hub, fuse), bench.now)  # fmt: skip
            break
        except Killed:
            continue
    assert bench.read(item_id).state == "closed"
    assert bench.moved(before) == {CLEARING: (777, 0), WATER: (0, 777)}


def test_the_day_is_cut_between_the_plan_and_its_sending(bench: Bench):
    """A reversal that was fixed on the open day becomes a refund, under a serial of its own."""
    payment, before = bench.pay(888), bench.balances()
    item_id = bench.lacks(payment, business_day=bench.day)

    class Cutting:
        def give_back(self, channel, message):
            if message.VERB == "reverse":
                bench.cut()
            return bench.hub.give_back(channel, message)

    done = operations.carry_out(bench.conn, item_id, Cutting(), bench.now)
    assert (done.state, done.payer_state, done.tries) == ("closed", "refunded", 1)
    assert bench.moved(before) == {CLEARING: (0, 888), WATER: (888, 0)}
    assert bench.world.value("SELECT serial FROM payment_return WHERE payment_id = %s",
                             payment.id) == f"RC{item_id}-1"  # fmt: skip
    assert done.plan == {"verb": "refund", "serial": f"RC{item_id}-1"}
    seen = bench.item("ours_only", f"RC{item_id}-1", payment_id=payment.id, ours_kind="refund",
                      ours_fen=888)  # fmt: skip
    assert bench.step(seen)[:2] == ("accept", True)


def test_a_reversal_that_may_have_arrived_is_sent_again_before_the_refund(bench: Bench):
    """Its serial belongs to the verb that was fixed, whatever day it is by now."""
    payment, before = bench.pay(999), bench.balances()
    item_id = bench.lacks(payment, business_day=bench.day)

    class Lost:
        def give_back(self, channel, message):
            raise WireFault(Code.UNAVAILABLE)

    assert operations.carry_out(bench.conn, item_id, Lost(), bench.now).state == "doing"
    bench.cut()
    done = bench.carry(item_id)
    assert (done.state, done.plan) == ("closed", {"verb": "refund", "serial": f"RC{item_id}-1"})
    assert bench.world.serials()[f"RC{item_id}"] == ("reverse", Code.DAY_CLOSED_USE_REFUND)
    assert bench.moved(before) == {CLEARING: (0, 999), WATER: (999, 0)}
