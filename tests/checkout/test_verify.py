"""A payer's order, changed by a superuser: verify names it."""

import psycopg
import pytest

from tests.checkout.till import Till

CASES = {
    "amount_fen = 1": "amount_fen says 1, payment ",
    "account_no = 'X'": "has another channel, biller, account or number than payment ",
    "paid_at = paid_at + interval '1 s'": "paid_at says ",
    "payment_id = 999000": "is booked, its payment is not there",
}


@pytest.mark.parametrize("change", CASES)
def test_a_changed_order_is_named(till: Till, change: str) -> None:
    from yifen.trades.orders.proof import altered

    order = till.start(till.wish(*till.owe()))
    till.begin(order)
    till.pays(order.pk)
    assert till.until_rest(order.pk).state == "booked"
    with psycopg.connect(till.place.database.super_url) as conn:
        assert altered(conn) == []
        conn.execute("SET session_replication_role = replica")
        conn.execute(f"UPDATE checkout_order SET {change} WHERE order_no = %s".encode(), (order.pk,))
        (named,) = altered(conn)
        assert f"checkout_order {order.pk} {CASES[change]}" in named
        conn.rollback()
