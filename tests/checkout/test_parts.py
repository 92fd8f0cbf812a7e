"""A refund in part of a payer's order: the part reaches the payer by the pay method, each by a number of its own, and
nobody but the method says that it is back."""

from collections.abc import Iterator
from datetime import timedelta
from random import Random
from typing import Any

import psycopg
import pytest
from psycopg import errors

from tests.checkout.test_answers import ANSWER, RIGHT
from tests.checkout.test_crash import dying
from tests.checkout.test_races import at_once
from tests.checkout.test_taken_back import booked
from tests.checkout.till import Till
from tests.web import site
from yifen.core.facts.days import ZONE
from yifen.core.facts.processes import GATEWAY, NIGHT, WEB, WORKER
from yifen.core.wire.messages import Refund

WHOLE = 12_345


def yesterday(till: Till, order: Any) -> Any:
    """The order's payment, as if it were of a day that is closed."""
    with psycopg.connect(till.place.database.super_url) as conn:
        conn.execute("UPDATE payment SET business_day = business_day - 1 WHERE payment_id = %s", (order.payment_id,))
    return order


def bought(till: Till) -> Any:
    return yesterday(till, booked(till))


def give(till: Till, order: Any, fen: int, number: int = 1) -> int:
    """As whoever speaks for the channel does; answers the code."""
    message = Refund(serial=f"T{number}{order.pk[:20]}", original_serial=order.pk, amount_fen=fen)
    code, _reply = till.hub.give_back("PAGE", message)
    return int(code)


def parts(order: Any) -> list[tuple[str, int, str]]:
    """What is left after each, how much, where it is."""
    rows = order.parts.order_by("due_at").values_list("refund_no", "amount_fen", "state")
    return [(number.removeprefix(f"R{order.pk}"), fen, state) for number, fen, state in rows]


def cashier(order: Any) -> dict[str, int]:
    """What the cashier gave back, by the refund's number."""
    from yifen.trades.orders.models import SimulatedRefund

    rows = SimulatedRefund.objects.filter(order_no=order.pk).values_list("refund_no", "amount_fen")
    return {number.removeprefix(f"R{order.pk}"): fen for number, fen in rows}


def answers(order: Any) -> list[tuple[str, str, int]]:
    from yifen.trades.orders.models import PayAnswer

    rows = PayAnswer.objects.filter(order_no=order.pk).order_by("answer_id")
    return [(row.kind, row.refund_no.removeprefix(f"R{order.pk}"), row.amount_fen) for row in rows]


def test_a_part_is_due_with_its_return_and_the_job_gives_it_back(till: Till) -> None:
    order = bought(till)
    assert give(till, order, 4_500) == 0
    part = order.parts.get()
    assert (part.refund_no, part.payment_id) == (f"R{order.pk}-7845", order.payment_id)
    assert (part.serial, part.amount_fen) == (f"T1{order.pk[:20]}", 4_500)
    assert (part.state, part.back_at, part.settle_at) == ("due", None, order.paid_at)
    assert cashier(order) == {}
    with site.as_process(WORKER):
        assert till.settle() == 1
    part.refresh_from_db()
    assert (part.state, part.back_at, part.settle_at) == ("back", till.now, None)
    order = till.order(order.pk)
    assert (order.state, order.code, order.settle_at) == ("booked", 0, None)
    assert (till.trade(order.pk), cashier(order)) == ("paid", {"-7845": 4_500})
    assert answers(order) == [("paid", "", WHOLE), ("returned", "-7845", 4_500)]
    assert till.settle() == 0


def test_two_parts_and_the_rest_are_all_that_came(till: Till) -> None:
    from yifen.trades.orders.proof import altered

    order = bought(till)
    assert (give(till, order, 4_500, 1), give(till, order, 5_000, 2)) == (0, 0)
    till.settle()
    assert (till.order(order.pk).state, cashier(order)) == ("booked", {"-7845": 4_500, "-2845": 5_000})
    assert give(till, order, 2_845, 3) == 0
    order = till.order(order.pk)
    assert (order.state, order.code, order.settle_at) == ("refund_due", 5108, None)
    assert parts(order) == [("-7845", 4_500, "back"), ("-2845", 5_000, "back"), ("-0", 2_845, "due")]
    till.settle()
    order = till.order(order.pk)
    assert (order.state, order.ended_at, till.trade(order.pk)) == ("refunded", till.now, "refunded")
    assert cashier(order) == {"-7845": 4_500, "-2845": 5_000, "-0": 2_845}
    assert till.payments(order.pk) == [(WHOLE, "refunded")]
    assert [fen for kind, _no, fen in answers(order) if kind == "returned"] == [4_500, 5_000, 2_845]
    with psycopg.connect(till.place.database.super_url) as conn:
        assert altered(conn) == []


def test_more_than_is_left_gives_nothing_and_the_same_message_gives_once(till: Till) -> None:
    order = bought(till)
    assert give(till, order, 12_000, 1) == 0
    assert give(till, order, 346, 2) == 7009
    assert give(till, order, 12_000, 1) == 0  # heard before
    assert parts(order) == [("-345", 12_000, "due")]
    till.settle()
    assert cashier(order) == {"-345": 12_000}


def test_a_part_that_was_not_written_is_not_due(till: Till) -> None:
    """Both stand, or neither: the ledger's leg and the one outside are one transaction."""
    order = bought(till)
    with psycopg.connect(till.place.database.app_url) as conn:
        world = till.world(conn)
        world.ids["PAGE"] = order.channel_id
        assert world.call([world.return_work("refund", "T", order.pk, 4_500, channel="PAGE")])[0].code == 0
        assert world.value("SELECT count(*) FROM checkout_part WHERE order_no = %s", order.pk) == 1
        conn.rollback()
    assert parts(order) == []


def test_a_part_of_another_channels_payment_is_none_of_an_order(till: Till) -> None:
    order, own = bought(till), till.place.own
    account_no, ref = till.owe()
    with psycopg.connect(till.place.database.super_url) as conn:
        made = till.world(conn).charge(order.pk, {ref: WHOLE}, channel=own.channel_code, biller=own.biller_code,
                                       account_no=account_no)  # fmt: skip
        conn.execute("UPDATE payment SET business_day = business_day - 1 WHERE payment_id = %s", (made.payment_id,))
    code, _reply = till.hub.give_back(own.channel_code, Refund(
        serial=f"X{order.pk[:20]}", original_serial=order.pk, amount_fen=45))  # fmt: skip
    assert (int(code), parts(order)) == (0, [])


class Refusing:
    """A pay method that carries out no refund of these numbers, and tells which it was asked for."""

    def __init__(self, real: Any, *bad: str) -> None:
        self._real, self.bad, self.asked = real, set(bad), list[str]()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)

    def refund(self, order_no: str, refund_no: str, *amounts: int) -> Any:
        from yifen.trades.orders.methods import MethodFault

        self.asked.append(refund_no)
        if refund_no in self.bad:
            raise MethodFault("simulated", "not now")
        return self._real.refund(order_no, refund_no, *amounts)


def test_a_part_that_fails_keeps_no_other_and_goes_again_by_the_same_number(till: Till) -> None:
    order, other = bought(till), bought(till)
    assert (give(till, order, 4_500, 1), give(till, order, 7_845, 2), give(till, other, 45)) == (0, 0, 0)
    first, rest = f"R{order.pk}-7845", f"R{order.pk}-0"
    method = Refusing(till.method, first)
    till.outside = till.outside._replace(method=lambda _code: method)
    till.settle()
    assert (parts(order), parts(other)) == ([("-7845", 4_500, "due"), ("-0", 7_845, "back")], [("-12300", 45, "back")])
    assert till.order(order.pk).state == "refund_due"
    assert order.parts.get(pk=first).settle_at == till.now + timedelta(seconds=2)
    method.bad.clear()
    till.settle()
    assert method.asked.count(first) == 1  # not before its time
    till.now += timedelta(seconds=2)
    till.settle()
    assert (till.order(order.pk).state, cashier(order)) == ("refunded", {"-7845": 4_500, "-0": 7_845})
    assert (method.asked.count(first), method.asked.count(rest)) == (2, 1)


def test_an_answer_about_another_refund_is_not_taken(till: Till) -> None:
    from yifen.trades.orders.methods import MethodFault
    from yifen.trades.orders.refunds import give_part

    order = bought(till)
    assert give(till, order, 4_500) == 0
    part = order.parts.get()

    class Other(Refusing):
        def refund(self, *asked: Any) -> Any:
            return till.method.refund(*asked)._replace(**self.said)

    method = Other(till.method)
    for method.said in ({"refund_no": f"R{order.pk}"}, {"amount_fen": 4_501}):
        with pytest.raises(MethodFault):
            give_part(method, part, till.now)
    assert (parts(order), answers(order)) == ([("-7845", 4_500, "due")], [("paid", "", WHOLE)])


def test_the_page_asks_for_what_is_due_of_an_order_that_goes_back(till: Till) -> None:
    from yifen.trades.orders.settle import look

    order = bought(till)
    assert (give(till, order, 345, 1), give(till, order, 12_000, 2)) == (0, 0)
    end = look(till.outside, till.order(order.pk), till.now + timedelta(seconds=3))
    assert (end.state, cashier(order)) == ("refunded", {"-12000": 345, "-0": 12_000})


def test_parts_at_once_are_each_one_refund(till: Till) -> None:
    from yifen.trades.orders.refunds import give_part, take_due
    from yifen.trades.orders.settle import look

    order = bought(till)
    assert (give(till, order, 345, 1), give(till, order, 12_000, 2)) == (0, 0)
    one, two = order.parts.select_related("order").order_by("due_at")
    at_once(*[lambda: give_part(till.method, one, till.now), lambda: give_part(till.method, two, till.now),
              lambda: look(till.outside, till.order(order.pk), till.now)] * 2)  # fmt: skip
    assert (till.order(order.pk).state, cashier(order)) == ("refunded", {"-12000": 345, "-0": 12_000})
    assert sorted(answers(order)) == [("paid", "", WHOLE), ("returned", "-0", 12_000), ("returned", "-12000", 345)]
    assert take_due(till.now + timedelta(days=1)) == []


def test_two_jobs_at_once_do_not_take_the_same_part(till: Till) -> None:
    from yifen.trades.orders.refunds import take_due

    order = bought(till)
    assert give(till, order, 345) == 0
    assert [row.pk for row in take_due(till.now)] == [f"R{order.pk}-12000"]
    assert take_due(till.now) == []


@pytest.mark.parametrize("seed", range(2))
def test_killed_again_and_again_while_parts_go_back(till: Till, seed: int) -> None:
    dice, order = Random(seed), bought(till)
    for number, fen in enumerate((4_500, 5_000, 2_845)):
        assert give(till, order, fen, number) == 0
        for _ in range(3):
            with dying(till, dice.randint(0, 22)):
                till.settle()
            till.now += timedelta(seconds=dice.choice((2, 5)))
    for _ in range(9):
        till.now += timedelta(hours=1)
        till.settle()
    assert till.order(order.pk).state == "refunded"
    assert cashier(order) == {"-7845": 4_500, "-2845": 5_000, "-0": 2_845}
    assert sorted(fen for kind, _no, fen in answers(order) if kind == "returned") == [2_845, 4_500, 5_000]


# --- by plain SQL -----------------------------------------------------------------------------------

BACK = "UPDATE checkout_part SET state = 'back', back_at = now(), settle_at = NULL WHERE refund_no = %(refund)s"
REFUNDED = "UPDATE checkout_order SET state = 'refunded' WHERE order_no = %(order)s"


@pytest.fixture(params=[WEB, WORKER])
def conn(till: Till, request: pytest.FixtureRequest) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(till.place.database.url(request.param)) as conn:
        yield conn
        conn.rollback()


def test_plain_sql_tells_no_part_back(till: Till, conn) -> None:
    order = bought(till)
    assert (give(till, order, 4_500, 1), give(till, order, 7_845, 2)) == (0, 0)
    no = f"R{order.pk}-7845"
    given = RIGHT | {"order": order.pk, "kind": "returned", "refund": no, "fen": 4_500}

    def refused(statement: str, match: str) -> None:
        with pytest.raises(errors.RestrictViolation, match=match), conn.transaction():
            conn.execute(statement.encode(), given)

    for wrong in ({}, {"refund": f"R{order.pk}"}, {"refund": f"R{order.pk}-0"}, {"fen": WHOLE}, {"fen": 4_499},
                  {"order": "X"}, {"method": "wechat"}):  # fmt: skip
        if wrong:
            conn.execute(ANSWER, given | wrong)
        refused(BACK, "due → back is no step of it")
    conn.execute(ANSWER, given | {"refund": f"R{order.pk}", "fen": WHOLE})
    refused(REFUNDED, "refund_due → refunded is no step")  # not whole: it has parts
    conn.execute(ANSWER, given)
    conn.execute(BACK, given)  # whether it was signed, `verify` and the night read
    refused(REFUNDED, "refund_due → refunded is no step")  # the rest is not back
    refused("UPDATE checkout_part SET state = 'due', back_at = NULL, settle_at = now() WHERE refund_no = %(refund)s",
            "back → due is no step of it")  # fmt: skip
    refused("UPDATE checkout_part SET back_at = now() + interval '1 s' WHERE refund_no = %(refund)s",
            "back → back is no step of it")  # fmt: skip


@pytest.mark.parametrize("role", [GATEWAY, WEB, WORKER, NIGHT])
def test_a_part_is_made_and_changed_by_nobody(till: Till, role: str) -> None:
    with psycopg.connect(till.place.database.url(role)) as conn:
        for change in (
            "UPDATE checkout_part SET amount_fen = 1", "UPDATE checkout_part SET refund_no = 'R'",
            "DELETE FROM checkout_part", "INSERT INTO checkout_part SELECT * FROM checkout_part",
        ):  # fmt: skip
            with pytest.raises(errors.InsufficientPrivilege), conn.transaction():
                conn.execute(change.encode())


ALTERED = {
    "amount_fen = 4499": "{} amount_fen says 4499, return T1{} of payment {} 4500",
    "serial = 'X'": "{} has another order, payment or serial than return T1{} of payment {}",
    "state = 'due', back_at = NULL, settle_at = now()": "{} is due, an answer of simulated says that it is back",
}


def test_verify_names_an_altered_part(till: Till) -> None:
    from yifen.trades.orders.proof import altered

    order = bought(till)
    assert give(till, order, 4_500) == 0
    till.settle()
    no, serial = f"R{order.pk}-7845", order.pk[:20]
    with psycopg.connect(till.place.database.super_url) as conn:
        conn.execute("SET session_replication_role = replica")

        def told(statement: str) -> list[str]:
            with conn.transaction(force_rollback=True):
                conn.execute(statement.encode(), {"no": no, "order": order.pk})
                return altered(conn)

        assert told("SELECT") == []
        for change, line in ALTERED.items():
            assert f"checkout_part {line.format(no, serial, order.payment_id)}" in told(
                f"UPDATE checkout_part SET {change} WHERE refund_no = %(no)s")  # fmt: skip
        lost = f"is not there: of return T1{serial} of payment {order.payment_id} the payer gets nothing"
        assert told("DELETE FROM checkout_part WHERE refund_no = %(no)s") == [f"checkout_part {no} {lost}"]
        assert "checkout_part RX is of no return of its order's payment" in told(
            "UPDATE checkout_part SET refund_no = 'RX' WHERE refund_no = %(no)s")
        assert told("DELETE FROM checkout_answer WHERE kind = 'returned' AND order_no = %(order)s") == [
            f"checkout_part {no} is back, of which no answer of simulated is kept"]
        assert "says that money is back which is not" in told(
            "DELETE FROM checkout_simulated_refund WHERE refund_no = %(no)s")[0]
        assert "says 4500, the cashier 4501" in told(
            "UPDATE checkout_simulated_refund SET amount_fen = 4501 WHERE refund_no = %(no)s")[0]


# --- pages ------------------------------------------------------------------------------------------


def test_the_pages_say_what_went_back_and_what_is_on_its_way(till: Till) -> None:
    from tests.payer.phone import text_of
    from yifen.core.ring import key_ring
    from yifen.face.payments.receipts import number_of
    from yifen.trades.orders.queries import history

    order = bought(till)
    clerk, number = site.client_of(till.place.users["finance"]), number_of(key_ring(), order.payment_id)

    def shown(who: Any, url: str) -> str:
        return text_of(who.get(url))

    payer, check = f"/order/{order.pk}/", f"/check/{number}/"
    facts = f"/console/payments/{order.payment_id}/"
    assert "其中部分" not in shown(site.browser(), payer) + shown(site.browser(), check)
    assert (give(till, order, 4_500, 1), give(till, order, 5_000, 2)) == (0, 0)
    assert "¥45.00 退款处理中" in shown(clerk, facts)
    method = Refusing(till.method, f"R{order.pk}-2845")
    till.outside = till.outside._replace(method=lambda _code: method)
    till.settle()
    at = f"{till.now.astimezone(ZONE):%Y-%m-%d %H:%M:%S}"
    text = shown(site.browser(), payer)
    assert "缴费成功 其中部分款项已原路退回或正在退回" in text
    assert f"已原路退款 45.00 {at}" in text
    assert "退款处理中 50.00" in text
    for text, after in ((shown(clerk, facts), "与渠道对账"), (shown(site.browser(), check), "回单编号")):
        assert f"¥45.00 已原路退款 {at}" in text
        assert f"¥50.00 退款处理中 {after}" in text
    assert "回单有效，其中部分已退款" in text
    (entry,) = history(order.browser, None, None)
    assert (entry.state, entry.amount_fen, entry.back_fen, entry.due_fen) == ("booked", WHOLE, 4_500, 5_000)
    assert give(till, order, 2_845, 3) == 0
    method.bad.clear()
    till.now += timedelta(seconds=2)
    till.settle()
    text = shown(site.browser(), payer)
    assert "这笔缴费已撤销，款项已退回付款账户" in text
    assert "退款处理中" not in text
    assert "已原路退款 28.45" in text

