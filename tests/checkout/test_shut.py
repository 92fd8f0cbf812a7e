"""A payer's order and a biller, or a channel, that was shut meanwhile: no money is asked for, and what was
paid goes back."""

import psycopg
import pytest

from tests.checkout.till import Till
from tests.shut import CASES, NAMES, ShutCase, shut
from yifen.core.facts.refused import Refused


def shutting(till: Till, conn: psycopg.Connection, case: ShutCase):
    world = till.world(conn)
    (channel,) = world.rows("SELECT id FROM partner WHERE code = 'PAGE'")[0]
    return shut(world, case, channel, till.place.own.biller)


@pytest.mark.parametrize("case", CASES[:4], ids=NAMES[:4])
def test_no_order_no_binding_and_no_way_to_the_cashier(till: Till, case: ShutCase):
    from yifen.trades.orders.bindings import bind
    from yifen.trades.orders.models import Binding, Holder, Order

    account_no, ref = till.owe()
    order = till.start(till.wish(account_no, ref))
    holder = Holder.objects.create(phone_sealed=b"x", lookup=case.name, created_at=till.now)
    wish = till.wish(account_no, ref)
    with psycopg.connect(till.place.database.app_url, autocommit=True) as conn, shutting(till, conn, case):
        for act in (
            lambda: till.start(wish),
            lambda: till.begin(order),
            lambda: bind(till.hub, holder, till.place.own.biller_code, account_no, "", "10.0.0.9", till.now),
        ):
            with pytest.raises(Refused) as refused:
                act()
            assert refused.value.code.name == "BILLER_UNKNOWN"
    assert till.order(order.pk).state == "new"
    assert not Order.objects.filter(pk=wish.order_no).exists()
    assert not Binding.objects.filter(holder=holder).exists()


@pytest.mark.parametrize("number", [0, 3], ids=["biller-suspended", "admission-ended"])
def test_what_was_paid_meanwhile_goes_back(till: Till, number: int):
    case = CASES[number]
    order, *_ = till.ready()
    till.pays(order.pk)
    with psycopg.connect(till.place.database.app_url, autocommit=True) as conn, shutting(till, conn, case):
        end = till.until_rest(order.pk)
    assert (end.state, end.code, till.trade(order.pk)) == ("refunded", case.new, "refunded")
    assert till.payments(order.pk) == []
