"""Refunds in part by real pay methods: each part is told by the answer of its own number, whatever the method says of
the trade; `verify` and the night read it again."""

import json
from typing import Any

import psycopg
import pytest

from tests.checkout.test_answers import came, named, night_of
from tests.checkout.test_parts import WHOLE, answers, give, yesterday
from tests.web import site


def sealed_for(order: Any, signed: Any) -> bytes:
    from yifen.core.ring import key_ring
    from yifen.trades.orders.answers import context

    return key_ring().seal(json.dumps(signed).encode(), context(order.pk))


@pytest.mark.parametrize("real", ["alipay", "wechat"], indirect=True)
def test_part_part_and_rest_are_each_told_by_their_own_answer(real: Any) -> None:
    """Alipay answers a refund with what went back of the trade so far; the others by the refund's number."""
    from yifen.trades.orders.settle import advance

    till = real.till
    order = advance(till.outside, came(real), till.now)
    assert order.state == "booked"
    yesterday(till, order)
    real.order = order.pk
    for number, fen in enumerate((4_500, 5_000, 2_845)):
        assert give(till, order, fen, number) == 0
        till.settle()
    assert till.order(order.pk).state == "refunded"
    told = [("returned", "-7845", 4_500), ("returned", "-2845", 5_000), ("returned", "-0", 2_845)]
    assert answers(order) == [("paid", "", WHOLE), *told]
    assert named(real) == []
    # One part's answer is no other's, whatever stands beside it.
    with psycopg.connect(till.place.database.super_url) as conn:
        conn.execute("SET session_replication_role = replica")
        conn.execute("UPDATE checkout_answer a SET sealed = b.sealed FROM checkout_answer b WHERE b.refund_no = %s"
                     " AND a.refund_no = %s", (f"R{order.pk}-7845", f"R{order.pk}-2845"))  # fmt: skip
    (line,) = named(real)
    assert f"5000, 'R{order.pk}-2845'), {real.code} said ('returned', " in line
    assert line.endswith(f"4500, 'R{order.pk}-7845')")


@pytest.mark.parametrize("real", ["alipay", "wechat"], indirect=True)
def test_what_the_night_read_of_a_part_is_that_part_s(real: Any) -> None:
    from yifen.trades.orders.settle import advance

    till = real.till
    order = advance(till.outside, came(real), till.now)
    yesterday(till, order)
    real.order = order.pk
    assert give(till, order, 4_500) == 0
    till.settle()
    assert night_of(real)["sums"] == {"answers": 2}
    assert named(real) == []
    with psycopg.connect(till.place.database.super_url) as conn:
        conn.execute("UPDATE checkout_answer SET refund_no = %s WHERE refund_no = %s",
                     (f"R{order.pk}", f"R{order.pk}-7845"))  # fmt: skip
    lines = named(real)
    assert lines[0] == f"checkout_part R{order.pk}-7845 is back, of which no answer of {real.code} is kept"
    assert f"4500, 'R{order.pk}'), {real.code} said ('returned', " in lines[1]


@pytest.mark.parametrize("real", ["alipay"], indirect=True)
def test_alipay_s_answer_without_a_number_counts_for_the_whole_alone(real: Any) -> None:
    """As it was kept of refunds in whole, before there were parts: it says what went back of the trade so far."""
    from yifen.trades.orders.operations import move
    from yifen.trades.orders.settle import advance

    till = real.till

    def first(order: Any, fen: str, refund_no: str) -> bytes:
        """What Alipay answers when it is asked first."""
        asked = {"out_trade_no": order.pk, "out_request_no": refund_no, "refund_amount": fen}
        return sealed_for(order, real.method._call("alipay.trade.refund", asked)[1])

    whole = came(real)
    with site.as_owner(till.place.database):
        move(whole, "refund_due", settle_at=None)
    old = first(whole, "123.45", f"R{whole.pk}")
    advance(till.outside, till.order(whole.pk), till.now)
    order = yesterday(till, advance(till.outside, came(real), till.now))
    assert give(till, order, 4_500) == 0
    part = first(order, "45.00", f"R{order.pk}-7845")
    till.settle()
    with psycopg.connect(till.place.database.super_url) as conn:
        for row, sealed in ((whole, old), (order, part)):
            conn.execute("UPDATE checkout_answer SET sealed = %s WHERE kind = 'returned' AND order_no = %s",
                         (sealed, row.pk))  # fmt: skip
    real.order = whole.pk
    assert (till.order(whole.pk).state, named(real)) == ("refunded", [])
    real.order = order.pk
    (line,) = named(real)
    assert f"4500, 'R{order.pk}-7845'), alipay said ('returned', '2026112422001', 4500, '')" in line
