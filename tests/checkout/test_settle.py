"""An order comes to its end, whatever the hub, the pay method and the clock say."""

from datetime import timedelta

import psycopg
import pytest

from tests.checkout.till import Till
from yifen.core.facts.processes import WORKER


class Wrapped:
    """The real hub with one verb answering otherwise."""

    def __init__(self, hub, **verbs) -> None:
        self._hub = hub
        self.__dict__ |= verbs

    def __getattr__(self, name):
        return getattr(self._hub, name)


def hub_that(till: Till, **verbs) -> None:
    till.outside = till.outside._replace(hub=Wrapped(till.hub, **verbs))


def test_the_same_form_is_the_same_order(till: Till):
    account_no, ref = till.owe()
    wish = till.wish(account_no, ref)
    first, second = till.start(wish), till.start(wish)
    assert first.pk == second.pk == wish.order_no


def test_two_tabs_of_one_browser_are_one_order_and_another_browser_has_its_own(till: Till):
    account_no, ref = till.owe()
    wish = till.wish(account_no, ref)
    order = till.start(wish)
    tab = till.start(till.wish(account_no, ref, browser=wish.browser))
    other = till.start(till.wish(account_no, ref))
    assert tab.pk == order.pk
    assert other.pk != order.pk


def test_two_payers_of_one_bill_are_one_payment_and_one_refund(till: Till):
    account_no, ref = till.owe()
    orders = [till.start(till.wish(account_no, ref)) for _ in range(2)]
    for order in orders:
        till.begin(order)
        till.pays(order.pk)
    ends = sorted(till.until_rest(order.pk).state for order in orders)
    assert ends == ["booked", "refunded"]
    assert sorted(till.trade(order.pk) for order in orders) == ["paid", "refunded"]
    assert len([row for order in orders for row in till.payments(order.pk)]) == 1


def test_an_order_starts_only_on_what_is_owed_now(till: Till):
    from yifen.core.facts.refused import Refused

    account_no, ref = till.owe(5000)
    with pytest.raises(Refused) as refused:
        till.start(till.wish(account_no, ref, fen=4999))
    assert refused.value.code.name == "AMOUNTS_CHANGED"


def test_over_the_channel_s_limit_nothing_is_begun(till: Till):
    from yifen.core.facts.refused import Refused
    from yifen.core.partners.models import Channel

    account_no, ref = till.owe(5000)
    Channel.objects.filter(partner__code="PAGE").update(payment_fen_max=4999)
    try:
        with pytest.raises(Refused) as refused:
            till.start(till.wish(account_no, ref, fen=5000))
    finally:
        Channel.objects.filter(partner__code="PAGE").update(payment_fen_max=None)
    assert refused.value.code.name == "OVER_PAYMENT_LIMIT"
    assert refused.value.detail == "本渠道 this channel · ≤ 49.99 元 yuan"


@pytest.mark.parametrize("received", [12_344, 12_346])
def test_another_amount_than_the_order_s_goes_back_whole(till: Till, received):
    from yifen.trades.orders.models import SimulatedTrade

    order, *_ = till.ready()
    SimulatedTrade.objects.filter(pk=order.pk).update(amount_fen=received)
    till.pays(order.pk)
    end = till.until_rest(order.pk)
    assert (end.state, end.received_fen, end.code) == ("refunded", received, 5114)
    assert till.payments(order.pk) == []


def test_unpaid_it_is_closed_at_the_pay_method_too(till: Till):
    order, *_ = till.ready()
    end = till.until_rest(order.pk)
    assert (end.state, till.trade(order.pk)) == ("closed", "closed")
    assert till.now >= order.expires_at


def test_money_for_a_closed_order_goes_back(till: Till):
    from yifen.trades.orders.methods import Trade
    from yifen.trades.orders.methods.simulated import SIGNED
    from yifen.trades.orders.models import SimulatedTrade
    from yifen.trades.orders.operations import money_came

    order, *_ = till.ready()
    till.now = order.expires_at
    till.settle()
    assert till.order(order.pk).state == "closed"
    SimulatedTrade.objects.filter(pk=order.pk).update(state="paid")  # the provider was late
    money_came(till.order(order.pk), Trade("paid", 12_345, "LATE", SIGNED), till.now)
    end = till.until_rest(order.pk)
    assert (end.state, end.code, till.payments(order.pk)) == ("refunded", 5106, [])


def test_late_money_that_nobody_tells_of_is_found_too(till: Till):
    from yifen.trades.orders.models import SimulatedTrade

    order, *_ = till.ready()
    till.now = order.expires_at
    till.settle()
    SimulatedTrade.objects.filter(pk=order.pk).update(state="paid")
    assert till.until_rest(order.pk).state == "refunded"


@pytest.mark.parametrize("code", ["UNAVAILABLE", "BUSY", "BILLER_OUTAGE", "PARTNER_SUSPENDED"])
def test_while_the_hub_cannot_say_it_waits_and_then_books(till: Till, code):
    from yifen.core.facts.codes import Code
    from yifen.core.wire.messages import WireFault

    def no_word(*_args):
        raise WireFault(Code[code], "partner")

    order, *_ = till.ready()
    till.pays(order.pk)
    hub_that(till, charge=no_word)
    for _ in range(3):
        till.now += timedelta(minutes=10)
        till.settle()
    waiting = till.order(order.pk)
    assert (waiting.state, waiting.code) == ("paid", Code[code])
    till.outside = till.outside._replace(hub=till.hub)
    end = till.until_rest(order.pk)
    assert (end.state, till.payments(order.pk)) == ("booked", [(12_345, "taken")])


def test_a_booking_whose_answer_was_lost_is_found_by_its_serial(till: Till):
    from yifen.core.facts.codes import Code
    from yifen.core.wire.messages import WireFault

    def lost(*args):
        till.hub.charge(*args)
        raise WireFault(Code.UNAVAILABLE)

    order, *_ = till.ready()
    till.pays(order.pk)
    hub_that(till, charge=lost)
    till.now += timedelta(seconds=5)
    till.settle()
    assert till.order(order.pk).state == "paid"
    till.outside = till.outside._replace(hub=till.hub)
    assert till.until_rest(order.pk).state == "booked"
    assert till.payments(order.pk) == [(12_345, "taken")]


def test_a_refusal_that_the_hub_does_not_keep_is_not_believed(till: Till):
    """A booking is there; a word to the contrary must not send the money back (domain.md case 1)."""
    from yifen.core.facts.codes import Code

    order, *_ = till.ready()
    till.pays(order.pk)

    def booked_but(*args):
        till.hub.charge(*args)
        return Code.SERIAL_REUSED, None

    hub_that(till, charge=booked_but)
    assert till.until_rest(order.pk).state == "booked"
    assert till.trade(order.pk) == "paid"


def test_what_the_hub_never_takes_goes_back_after_a_day_and_can_never_be_booked(till: Till):
    from yifen.core.facts.codes import Code
    from yifen.core.wire.messages import WireFault
    from yifen.trades.orders.settle import charge_of

    def outage(*_args):
        raise WireFault(Code.BILLER_OUTAGE)

    order, *_ = till.ready()
    till.pays(order.pk)
    hub_that(till, charge=outage)
    end = till.until_rest(order.pk)
    assert (end.state, end.code) == ("refunded", Code.BILLER_OUTAGE)
    assert end.ended_at - end.paid_at >= timedelta(hours=24)
    late, _reply = till.hub.charge("PAGE", charge_of(end))
    assert late is Code.REVERSED_BEFORE_CHARGE
    assert till.payments(order.pk) == []


def test_a_charge_that_was_taken_back_in_the_hub_gives_the_money_back(till: Till):
    """Given up and reversed, then killed before it was written down: the record decides."""
    from yifen.core.facts.codes import Code
    from yifen.core.wire.messages import Reverse
    from yifen.trades.orders.models import Order
    from yifen.trades.orders.operations import money_came
    from yifen.trades.orders.settle import charge_of

    order, *_ = till.ready()
    till.pays(order.pk)
    paid = money_came(order, till.method.query(order.pk), till.now)
    till.hub.charge("PAGE", charge_of(paid))
    till.hub.give_back("PAGE", Reverse(serial=f"R{order.pk}", original_serial=order.pk,
                                       amount_fen=12_345))  # fmt: skip
    Order.objects.filter(pk=order.pk).update(code=Code.UNAVAILABLE)
    assert till.until_rest(order.pk).state == "refunded"
    assert till.payments(order.pk) == [(12_345, "returned")]


def test_a_refund_on_its_way_is_asked_for_again_by_the_same_number(till: Till):
    numbers = []

    class Slow:
        def __getattr__(self, name):
            return getattr(till.method, name)

        def refund(self, order_no, refund_no, *amounts):
            numbers.append(refund_no)
            return till.method.refund(order_no, refund_no, *amounts) if len(numbers) > 3 else None

    order, account_no, ref = till.ready()
    till.paid_elsewhere(account_no, ref, 12_345)
    till.pays(order.pk)
    till.outside = till.outside._replace(method=lambda code: Slow())
    assert till.until_rest(order.pk).state == "refunded"
    assert numbers == [f"R{order.pk}"] * 4


def test_a_step_that_is_not_legal_changes_nothing(till: Till):
    from yifen.core.facts.refused import Refused
    from yifen.trades.orders.models import OrderState
    from yifen.trades.orders.operations import move

    order, *_ = till.ready()
    with pytest.raises(Refused):
        move(order, OrderState.BOOKED, payment_id=1, code=0)
    assert (till.order(order.pk).state, till.order(order.pk).payment_id) == ("paying", None)


def test_the_table_itself_refuses_a_booking_without_a_payment(till: Till):
    order, *_ = till.ready()
    with psycopg.connect(till.place.database.app_url) as conn, pytest.raises(psycopg.Error):
        conn.execute("UPDATE checkout_order SET state = 'booked' WHERE order_no = %s", (order.pk,))


def test_one_bad_order_does_not_keep_its_neighbour_waiting(till: Till):
    bad, *_ = till.ready()
    good, *_ = till.ready()
    till.pays(bad.pk)
    till.pays(good.pk)

    class Broken:
        def __getattr__(self, name):
            return getattr(till.method, name)

        def query(self, order_no):
            if order_no == bad.pk:
                raise RuntimeError("a fault of ours")
            return till.method.query(order_no)

    till.outside = till.outside._replace(method=lambda code: Broken())
    till.now += timedelta(seconds=5)
    till.settle()
    assert [till.order(order.pk).state for order in (bad, good)] == ["paying", "booked"]


def test_two_jobs_at_once_do_not_take_the_same_order(till: Till):
    from yifen.trades.orders.settle import _take_due

    order, *_ = till.ready()
    till.now += timedelta(seconds=5)
    assert order.pk in [row.pk for row in _take_due(till.now)]
    assert order.pk not in [row.pk for row in _take_due(till.now)]


def test_the_worker_settles_what_the_pages_left(till: Till):
    """The real process, with nothing but the database."""
    import subprocess
    import sys
    import time

    order, *_ = till.ready()
    till.pays(order.pk)
    environment = till.place.database.environment(WORKER, YIFEN_PAY_METHODS="simulated")
    worker = subprocess.Popen([sys.executable, "-m", "yifen", "worker"], env=environment)
    try:
        for _ in range(200):
            if till.order(order.pk).state == "booked":
                break
            time.sleep(0.1)
    finally:
        worker.terminate()
        assert worker.wait(20) == 0
    assert till.payments(order.pk) == [(12_345, "taken")]
