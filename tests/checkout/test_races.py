"""The same at once: clicks, tabs, notices, pages and jobs on one order."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest

from tests.checkout.till import Till

CROWD = 6


def at_once(*calls: Callable[[], Any]) -> list[Any]:
    """All of them start together, each on a connection of its own; their answers or refusals."""
    gate = Barrier(len(calls))

    def run(call: Callable[[], Any]) -> Any:
        from django.db import connection

        from yifen.core.facts.refused import Refused

        try:
            gate.wait()
            return call()
        except Refused as refused:
            return refused.code.name
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


@pytest.mark.parametrize("same_form", [True, False], ids=["clicks", "tabs"])
def test_a_crowd_of_clicks_or_tabs_is_one_order(till: Till, same_form):
    account_no, ref = till.owe()
    wish = till.wish(account_no, ref)
    wishes = [wish if same_form else till.wish(account_no, ref, browser=wish.browser)
              for _ in range(CROWD)]  # fmt: skip
    orders = at_once(*(lambda w=w: till.start(w).pk for w in wishes))
    assert len(set(orders)) == 1


def test_notices_pages_and_jobs_at_once_book_once(till: Till):
    from yifen.trades.orders.operations import money_came
    from yifen.trades.orders.settle import advance

    order, *_ = till.ready()
    till.pays(order.pk)
    trade = till.method.query(order.pk)
    tell = lambda: money_came(till.order(order.pk), trade, till.now)  # noqa: E731
    look = lambda: advance(till.outside, till.order(order.pk), till.now)  # noqa: E731
    at_once(*[tell, look] * (CROWD // 2))
    end = till.until_rest(order.pk)
    assert (end.state, till.payments(order.pk)) == ("booked", [(12_345, "taken")])


def test_paying_and_cancelling_at_once_ends_one_way(till: Till):
    from yifen.trades.orders.methods.simulated import decide
    from yifen.trades.orders.settle import advance, close

    seen = set()
    for _ in range(8):
        order, *_ = till.ready()
        at_once(
            lambda o=order: decide(o.pk, True),
            lambda o=order: close(till.method, till.order(o.pk), till.now),
            lambda o=order: advance(till.outside, till.order(o.pk), till.now),
        )
        end = till.until_rest(order.pk)
        found = (end.state, till.trade(order.pk), len(till.payments(order.pk)))
        assert found in (("booked", "paid", 1), ("closed", "closed", 0))
        seen.add(end.state)
    assert seen <= {"booked", "closed"}


def test_refunds_at_once_are_one(till: Till):
    from yifen.trades.orders.settle import advance

    order, account_no, ref = till.ready()
    till.paid_elsewhere(account_no, ref, 12_345)
    till.pays(order.pk)
    at_once(*[lambda: advance(till.outside, till.order(order.pk), till.now)] * CROWD)
    end = till.until_rest(order.pk)
    assert (end.state, till.trade(order.pk), till.payments(order.pk)) == ("refunded", "refunded", [])


def test_tries_are_counted_exactly(till: Till):
    from yifen.trades.orders import rates
    from yifen.trades.orders.rates import Limit

    answers = at_once(*[lambda: rates.count(Limit.SMS_PHONE, "crowd", till.now)] * 8)
    assert sorted(map(str, answers)) == ["None"] * 5 + ["TOO_MANY_TRIES"] * 3
