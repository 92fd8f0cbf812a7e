"""An order's steps, attacked by plain SQL as the processes that may write it: none books without its payment, none
gives back what stays paid, and what is said of money is said once."""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from psycopg import errors

from tests.checkout.till import Till
from tests.web import site
from yifen.core.facts.processes import WEB, WORKER

FORGED = {
    "paying": (
        "state = 'booked', paid_at = now(), received_fen = amount_fen, code = 0, payment_id = %(other)s",
        "state = 'paid', paid_at = now(), received_fen = amount_fen - 1",
        "state = 'refund_due', paid_at = now(), received_fen = amount_fen",
        "state = 'refunded', paid_at = now(), received_fen = amount_fen",
        "received_fen = amount_fen", "trade_no = 'X'", "payment_id = %(other)s", "state = 'new'",
    ),
    "paid": (
        "state = 'refund_due'", "state = 'booked', code = 0, payment_id = %(other)s", "state = 'closed'",
        "received_fen = received_fen + 1", "paid_at = now()", "state = 'refunded'",
    ),
    "booked": (
        "state = 'refund_due'", "state = 'refunded'", "state = 'paid'", "state = 'closed'", "payment_id = %(other)s",
        "received_fen = 1", "paid_at = now()", "trade_no = 'X'",
    ),
    "refunded": ("state = 'refund_due'", "state = 'booked', code = 0, payment_id = %(other)s", "state = 'paid'"),
    "closed": ("state = 'paid', paid_at = now(), received_fen = amount_fen", "state = 'paying'", "state = 'new'"),
}  # fmt: skip


def brought(till: Till, state: str) -> Any:
    """An order in this state."""
    from yifen.trades.orders.operations import money_came
    from yifen.trades.orders.rules import Caller
    from yifen.trades.orders.settle import cancel

    order, account_no, ref = till.ready()
    if state == "closed":
        return cancel(till.method, order, Caller(order.browser), till.now)
    if state == "refunded":
        till.paid_elsewhere(account_no, ref, 12_345)
    if state != "paying":
        till.pays(order.pk)
        order = money_came(order, till.method.query(order.pk), till.now)
    return till.until_rest(order.pk) if state in ("booked", "refunded") else order


@pytest.fixture(params=[WEB, WORKER])
def conn(till: Till, request: pytest.FixtureRequest) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(till.place.database.url(request.param)) as conn:
        yield conn
        conn.rollback()


@pytest.mark.parametrize("state", FORGED)
def test_a_step_that_is_none_of_an_order_is_refused(till: Till, conn, state: str):
    other = till.until_rest(brought(till, "paid").pk).payment_id
    order = brought(till, state)
    assert order.state == state
    for change in FORGED[state]:
        with pytest.raises(errors.RestrictViolation, match="is no step of it"), conn.transaction():
            conn.execute(f"UPDATE checkout_order SET {change} WHERE order_no = %(order)s".encode(),
                         {"other": other, "order": order.pk})  # fmt: skip


def test_a_return_under_an_orders_number_is_no_booking_of_it(till: Till, conn):
    own, order = till.place.own, brought(till, "paid")
    with psycopg.connect(till.place.database.app_url) as hub:
        world = till.world(hub)
        world.ids["PAGE"] = world.value("SELECT id FROM partner WHERE code = 'PAGE'")
        world.owe(own.biller_code, order.account_no, "ANOTHER", 12_345)
        other = world.charge(f"O{order.pk}", {"ANOTHER": 12_345}, channel="PAGE", biller=own.biller_code,
                             account_no=order.account_no)  # fmt: skip
        assert world.reverse(order.pk, f"O{order.pk}", 12_345, channel="PAGE").code == 0
        asked = "SELECT payment, fen FROM checkout_charge_v1((SELECT id FROM partner WHERE code = 'PAGE'), %s)"
        assert world.rows(asked, order.pk) == [(None, None)]
    with pytest.raises(errors.RestrictViolation, match="is no step of it"):
        conn.execute("UPDATE checkout_order SET state = 'booked', code = 0, payment_id = %s WHERE order_no = %s",
                     (other.payment_id, order.pk))  # fmt: skip
    conn.rollback()
    assert (till.until_rest(order.pk).state, till.payments(order.pk)) == ("refunded", [])


def test_an_order_begins_as_a_new_one(till: Till, conn):
    order = brought(till, "booked")
    with pytest.raises(errors.RestrictViolation, match="paid is no step of it"):
        conn.execute(
            "INSERT INTO checkout_order SELECT (jsonb_populate_record(o, %s)).* FROM checkout_order o"
            " WHERE order_no = %s",
            ('{"order_no": "FORGED", "state": "paid", "payment_id": null, "code": null}', order.pk),
        )  # fmt: skip


def test_a_booked_order_goes_back_when_its_payment_is_taken_back(till: Till, conn):
    from yifen.core.wire.messages import Reverse

    order = brought(till, "booked")
    till.hub.give_back("PAGE", Reverse(serial=f"R{order.pk}", original_serial=order.pk, amount_fen=12_345))
    conn.execute("UPDATE checkout_order SET state = 'refund_due' WHERE order_no = %s", (order.pk,))


def test_the_worker_brings_an_order_to_either_end(till: Till):
    paid, back = till.ready(), till.ready()
    till.paid_elsewhere(*back[1:], 12_345)
    with site.as_process(WORKER):
        for order in (paid[0], back[0]):
            till.pays(order.pk)
        assert till.until_rest(paid[0].pk).state == "booked"
        assert till.until_rest(back[0].pk).state == "refunded"
