"""Killed between any two steps, and then left to the job: booked once, or given back once."""

from collections.abc import Callable
from contextlib import contextmanager
from random import Random
from typing import Any

import pytest

from tests.checkout.till import Till
from tests.sampling import stride


class Killed(BaseException):
    """The process is gone: nothing of it may tidy up."""


class Fuse:
    """Burns one step at a time; the process dies when nothing is left of it."""

    def __init__(self, steps: int | None) -> None:
        self.left, self.taken = steps, 0

    def step(self) -> None:
        self.taken += 1
        if self.left is not None:
            self.left -= 1
            if self.left < 0:
                raise Killed

    def around(self, call: Callable[..., Any]) -> Callable[..., Any]:
        """A step before the call, and one after it: its answer may be lost."""

        def burning(*args: Any, **fields: Any) -> Any:
            self.step()
            answer = call(*args, **fields)
            self.step()
            return answer

        return burning


class Frail:
    """The real thing, reached by a process that may die before or after each call."""

    def __init__(self, real: Any, fuse: Fuse) -> None:
        self._real, self._fuse = real, fuse

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._real, name)
        return self._fuse.around(found) if callable(found) else found


@contextmanager
def dying(till: Till, steps: int | None):
    """Every statement and every call outside is a step; yields the fuse."""
    from django.db import connection

    from yifen.trades.orders.settle import OrderOutside

    fuse, sound = Fuse(steps), till.outside
    hub, method = Frail(till.hub, fuse), Frail(till.method, fuse)
    till.outside = OrderOutside(hub, lambda code: method)
    burn = lambda execute, *args: fuse.around(execute)(*args)  # noqa: E731
    try:
        with connection.execute_wrapper(burn):
            yield fuse
    except Killed:
        pass
    finally:
        till.outside = sound
        connection.close()  # what was not committed is gone


def buy(till: Till, wish: Any, elsewhere: Callable[[], None]) -> None:
    """The whole way as the pages go it; the payer's own acts happen whoever dies."""
    from yifen.trades.orders.settle import look

    order = till.start(wish)
    till.begin(order)
    till.pays(order.pk)
    elsewhere()
    look(till.outside, till.order(order.pk), till.now)


def outcome(till: Till, order_no: str) -> tuple[str, str, list[tuple[Any, ...]]]:
    """Of an order that came to rest: its state, the cashier's books, the hub's."""
    from yifen.trades.orders.models import Order

    if not Order.objects.filter(pk=order_no).exists():
        return "none", till.trade(order_no), till.payments(order_no)
    order = till.until_rest(order_no)
    assert order.settle_at is None
    return order.state, till.trade(order_no), till.payments(order_no)


BOOKED, REFUNDED = ("booked", "paid", [(12_345, "taken")]), ("refunded", "refunded", [])
UNPAID = [("closed", "closed", []), ("closed", "absent", []), ("none", "absent", [])]


@pytest.mark.parametrize(
    ("faster", "patient", "end"), [(False, True, BOOKED), (True, False, REFUNDED)],
    ids=["booked, payer pays anyway", "refused, payer goes away"],
)  # fmt: skip
def test_killed_between_any_two_steps(till: Till, faster, patient, end):
    """The payer finds the cashier's page before him, or has gone away."""
    steps, seen, allowed = 0, set(), [end, *UNPAID]
    while True:
        account_no, ref = till.owe()
        wish = till.wish(account_no, ref)
        elsewhere = (
            (lambda a=account_no, r=ref: till.paid_elsewhere(a, r, 12_345)) if faster else
            (lambda: None)
        )
        with dying(till, steps) as fuse:
            buy(till, wish, elsewhere)
        if patient and till.trade(wish.order_no) == "waiting":
            till.pays(wish.order_no)
        if faster and till.trade(wish.order_no) == "paid" and not till.payments(f"X{account_no}"):
            till.paid_elsewhere(account_no, ref, 12_345)  # whoever died, the other channel comes
        found = outcome(till, wish.order_no)
        assert found in allowed, f"killed after {steps} steps"
        seen.add(found[0])
        if fuse.left is not None and fuse.left >= 0:
            break
        steps += stride(7)
    assert seen == {end[0], "closed", "none"}
    assert steps > 30


@pytest.mark.parametrize("seed", range(12))
def test_killed_again_and_again_while_it_is_settled(till: Till, seed):
    dice = Random(seed)
    order, account_no, ref = till.ready()
    till.pays(order.pk)
    if refused := dice.random() < 0.5:
        till.paid_elsewhere(account_no, ref, 12_345)
    for _ in range(dice.randint(3, 10)):
        till.now = till.order(order.pk).settle_at or till.now
        with dying(till, dice.randint(0, 25)):
            till.settle()
    found = outcome(till, order.pk)
    assert found == (REFUNDED if refused else BOOKED), f"seed {seed}"
