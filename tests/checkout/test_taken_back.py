"""A payment that is taken back after it was booked: the payer gets his money, and the pages say so."""

from datetime import timedelta

import psycopg
import pytest

from tests.checkout.till import Till
from tests.web import site
from tests.world import DAY
from yifen.core.wire.messages import Reverse


def booked(till: Till):
    order, _account, _ref = till.ready()
    till.pays(order.pk)
    order = till.until_rest(order.pk)
    assert (order.state, order.settle_at) == ("booked", None)
    return order


def take_back(till: Till, order, serial: str = "") -> None:
    """As whoever speaks for the channel does."""
    message = Reverse(serial=serial or f"K{order.pk[:20]}", original_serial=order.pk, amount_fen=order.amount_fen)
    code, _reply = till.hub.give_back(order.channel.partner.code, message)
    assert code == 0


def says(text: str, order) -> bool:
    return text in site.browser().get(f"/order/{order.pk}/").content.decode()


def test_a_repair_gives_the_payer_his_money(till: Till):
    from yifen.trades.reconciliation.repair import operations
    from yifen.trades.reconciliation.repair.words import RepairAction

    order, own = booked(till), till.place.own
    with psycopg.connect(till.place.database.owner_url, autocommit=True) as conn:
        conn.execute("INSERT INTO recon_profile (partner_id, party, format, owner, truth, slack_min, by_rule,"
                     " rule_window_min, by_group, deadline_days) VALUES (%s, 'biller', 'hub', '', 'theirs', 30,"
                     " false, 60, false, 3) ON CONFLICT (partner_id) DO UPDATE SET truth = 'theirs'",
                     (own.biller,))  # fmt: skip
        (item,) = conn.execute(
            "INSERT INTO recon_item (run_id, partner_id, business_day, class, serial, payment_id, ours_kind,"
            " ours_fen, account_no, state, action, opened_at) VALUES (%s, %s, %s, 'ours_only', %s, %s, 'sale', %s,"
            " %s, 'doing', 'refund', now()) RETURNING item_id",
            (own.more["recon_run"], own.biller, DAY, str(order.payment_id), order.payment_id, order.amount_fen,
             order.account_no)).fetchone() or (0,)  # fmt: skip
        done = operations.carry_out(conn, item, till.hub, till.now)
        assert (done.state, done.action) == ("closed", RepairAction.REFUND)
        # The channel is ours: its pay method gives the money, and no person has to see to it.
        assert conn.execute("SELECT count(*) FROM recon_outside_due WHERE item_id = %s", (item,)).fetchone() == (0,)
    order = till.order(order.pk)
    assert (order.state, order.code, order.settle_at) == ("refund_due", 5108, order.paid_at)
    assert till.trade(order.pk) == "paid"
    till.settle()
    order = till.order(order.pk)
    assert (order.state, order.settle_at, order.ended_at) == ("refunded", None, till.now)
    assert till.trade(order.pk) == "refunded"


def test_the_pages_say_where_the_money_is(till: Till):
    from yifen.core.ring import key_ring
    from yifen.face.payments.receipts import number_of

    order = booked(till)
    clerk, number = site.client_of(till.place.users["finance"]), number_of(key_ring(), order.payment_id)
    pages = {"payer": (site.browser(), f"/order/{order.pk}/"), "check": (site.browser(), f"/check/{number}/"),
             "clerk": (clerk, f"/console/payments/{order.payment_id}/")}  # fmt: skip

    def told(words: str) -> list[str]:
        return [name for name, (who, url) in pages.items() if words in who.get(url).content.decode()]

    assert told("退款处理中") == told("已原路退款") == []
    take_back(till, order)
    assert told("退款处理中") == ["payer", "check", "clerk"]
    till.settle()
    assert told("退款处理中") == []
    assert told("已原路退款") == ["payer", "check", "clerk"]
    assert says("这笔缴费已撤销，款项已退回付款账户", order)


def test_taken_back_twice_is_one_refund(till: Till):
    order = booked(till)
    take_back(till, order)
    take_back(till, order)  # the same message again
    till.settle()
    ended = till.order(order.pk).ended_at
    till.now += timedelta(hours=1)
    take_back(till, order)
    till.settle()
    order = till.order(order.pk)
    assert (order.state, order.ended_at, till.trade(order.pk)) == ("refunded", ended, "refunded")


def test_an_order_that_did_not_hear_it_was_booked_goes_back_too(till: Till):
    """The charge's answer was lost, and the payment was taken back meanwhile: a repeat of it says booked."""
    from yifen.trades.orders.settle import charge_of

    order, _account, _ref = till.ready()
    till.pays(order.pk)
    from yifen.trades.orders.settle import ask

    paid = ask(till.method, order, till.now)
    assert paid.state == "paid"
    code, _reply = till.hub.charge(paid.channel.partner.code, charge_of(paid))
    assert code == 0
    take_back(till, paid)
    order = till.until_rest(order.pk)
    assert (order.state, till.trade(order.pk)) == ("refunded", "refunded")


def test_what_is_not_an_orders_moves_none(till: Till):
    """A channel's own serial may be the number of an order that another channel's payer made."""
    order = booked(till)
    account_no, ref = till.owe()
    own = till.place.own
    with psycopg.connect(till.place.database.app_url) as conn:
        world = till.world(conn)
        made = world.charge(order.pk, {ref: 12_345}, channel=own.channel_code, biller=own.biller_code,
                            account_no=account_no)  # fmt: skip
        assert made.code == 0
    code, _reply = till.hub.give_back(own.channel_code, Reverse(
        serial=f"X{order.pk[:20]}", original_serial=order.pk, amount_fen=12_345))  # fmt: skip
    assert code == 0
    assert till.order(order.pk).state == "booked"


@pytest.mark.parametrize(("state", "told"), [("booked", "is booked, payment {} is returned"),
                                             ("refunded", "is refunded, payment {} is taken")])  # fmt: skip
def test_verify_names_an_order_that_went_another_way_than_its_payment(till: Till, state: str, told: str):
    from yifen.trades.orders.proof import altered

    order = booked(till)
    if state == "booked":
        take_back(till, order)
    with psycopg.connect(till.place.database.super_url) as conn:
        assert altered(conn) == []
        conn.execute("SET session_replication_role = replica")
        conn.execute("UPDATE checkout_order SET state = %s, code = 0 WHERE order_no = %s", (state, order.pk))
        assert altered(conn)[0] == f"checkout_order {order.pk} {told.format(order.payment_id)}"
        conn.rollback()
