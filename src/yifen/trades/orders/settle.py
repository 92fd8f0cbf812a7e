"""Bringing orders to their end: whatever was interrupted, the money is booked once or given back.

`advance` does the next thing for one order; the payer's waiting page and the job both call it.
"""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import NamedTuple

import structlog
from django.db import transaction
from django.db.models import Q

from yifen.core.facts.codes import Code, ResultCode
from yifen.core.facts.refused import Refused
from yifen.core.wire.messages import Charge, Confirm, Line, Reverse, WireFault
from yifen.hub.payments.local import LocalHub
from yifen.trades.orders import rates, refunds, rules
from yifen.trades.orders.codes import OrderCode
from yifen.trades.orders.methods import PayMethodPort
from yifen.trades.orders.models import Order, OrderState, PhoneCheck, RefundPart
from yifen.trades.orders.operations import find, lines_of, money_came, move
from yifen.trades.orders.rules import Caller

log = structlog.get_logger()
TAKE_MOST = 50


class OrderOutside(NamedTuple):
    """Whom an order needs: the hub, and the pay methods by code."""

    hub: LocalHub
    method: Callable[[str], PayMethodPort]


def settle(outside: OrderOutside, now: datetime) -> int:
    """Look at every order and every part that is due; answers how many. One that fails is tried again later."""
    orders, parts = _take_due(now), refunds.take_due(now)
    for order in orders:
        _tried(order.pk, partial(advance, outside, order, now))
    for part in parts:
        _tried(part.pk, partial(_give_part, outside, part, now))
    rates.forget(now)
    PhoneCheck.objects.filter(expires_at__lt=now - rules.GIVE_UP).delete()
    return len(orders) + len(parts)


def _give_part(outside: OrderOutside, part: RefundPart, now: datetime) -> None:
    refunds.give_part(outside.method(part.order.method), part, now)


def _tried(number: str, act: Callable[[], object]) -> None:
    """`number`: of an order, or of a part of its refund."""
    try:
        act()
    except Refused as refused:  # of the pay method or the hub: it stays, and is due again
        log.warning("an order could not be settled", order=number, reason=str(refused))
    except Exception:  # one bad order must not keep its neighbours from their money
        log.exception("an order failed", order=number)


def _take_due(now: datetime) -> list[Order]:
    """Claims them: another worker passes them by, and one that dies gets them again."""
    with transaction.atomic():
        rows = list(
            Order.objects.select_for_update(skip_locked=True, of=("self",))
            .select_related("channel__partner", "biller__partner")
            .filter(settle_at__lte=now)
            .order_by("settle_at")[:TAKE_MOST]
        )
        for row in rows:
            row.settle_at = rules.look_again_at(now, row.tries, OrderState(row.state))
            row.tries += 1
        Order.objects.bulk_update(rows, ["settle_at", "tries"])
    return rows


def look(outside: OrderOutside, order: Order, now: datetime) -> Order:
    """The payer is waiting: do now what the job would do soon, but ask nobody too often. Whatever
    goes wrong is the job's to repeat."""
    rows = Order.objects.filter(pk=order.pk)
    if not rows.filter(Q(asked_at=None) | Q(asked_at__lte=now - rules.ASK_EVERY)).update(asked_at=now):
        return find(order.pk)
    try:
        return advance(outside, find(order.pk), now)
    except Refused as refused:
        log.warning("an order could not be looked into", order=order.pk, reason=str(refused))
        return find(order.pk)


def advance(outside: OrderOutside, order: Order, now: datetime) -> Order:
    """All that can be done for it now. MethodFault when the pay method gives no answer."""
    while True:
        before, order = order.state, _step(outside, order, now)
        if order.state == before:
            return order


def _step(outside: OrderOutside, order: Order, now: datetime) -> Order:
    match order.state:
        case OrderState.NEW if now >= order.expires_at:
            return closed(order, now)
        case OrderState.PAYING | OrderState.CLOSED:
            return ask(outside.method(order.method), order, now)
        case OrderState.PAID:
            return book(outside.hub, order, now)
        case OrderState.REFUND_DUE:
            return refunds.give_back(outside.method(order.method), order, now)
    return order


def ask(method: PayMethodPort, order: Order, now: datetime) -> Order:
    """What the pay method knows of it; an order whose time is over is closed there."""
    trade = method.query(order.pk)
    if trade.state == "paid":
        return money_came(order, trade, now)
    if order.state == OrderState.CLOSED:
        _rest(order, now)
    elif trade.state in ("closed", "returned"):
        return closed(order, now)
    elif now >= order.expires_at:
        return close(method, order, now)
    return order


def cancel(method: PayMethodPort, order: Order, caller: Caller, now: datetime) -> Order:
    """The payer will not pay. Refused: ORDER_NOT_YOURS for everybody else."""
    if not rules.made_by(order, caller):
        raise Refused(OrderCode.ORDER_NOT_YOURS)
    return close(method, order, now)


def close(method: PayMethodPort, order: Order, now: datetime) -> Order:
    """No money may come any more; if it just did, the order goes on."""
    if order.state == OrderState.NEW or method.close(order.pk):
        return closed(order, now)
    return order


def closed(order: Order, now: datetime) -> Order:
    """Asked about once more after its time is over: providers have been late."""
    late = None if order.state == OrderState.NEW else max(now, order.expires_at) + rules.LATE
    return move(order, OrderState.CLOSED, ended_at=now, settle_at=late, tries=0)


def _rest(order: Order, now: datetime) -> None:
    """A closed order that got no money in all its time is not looked at again."""
    if now >= order.expires_at + rules.LATE:
        Order.objects.filter(pk=order.pk, state=OrderState.CLOSED).update(settle_at=None)


def book(hub: LocalHub, order: Order, now: datetime) -> Order:
    """Charge the hub, always by the same serial. What it refuses for good goes back to the payer;
    what it cannot decide now stays paid."""
    try:
        code, reply = hub.charge(order.channel.partner.code, charge_of(order))
    except WireFault as fault:
        code, reply = fault.code, None
    if code is Code.OK and reply is not None and order.code is None:
        return _booked(order, reply.payment_id, now)
    Order.objects.filter(pk=order.pk, state=OrderState.PAID).update(code=code)
    if code is Code.OK or rules.is_refusal(code) or now >= _paid_at(order) + rules.GIVE_UP:
        return _by_the_record(hub, order, code, now)
    return order


def charge_of(order: Order) -> Charge:
    """The same message every time: another content under the serial would be refused."""
    return Charge(
        serial=rules.charge_serial(order.pk),
        biller=order.biller.partner.code,
        account_no=order.account_no,
        amount_fen=order.amount_fen,
        lines=[Line(payable=line.payable, amount_fen=line.amount_fen) for line in lines_of(order)],
        quote=order.quote or None,
        paid_at=_paid_at(order),
    )


def _paid_at(order: Order) -> datetime:
    assert order.paid_at is not None, "a paid order has its time"
    return order.paid_at


def _booked(order: Order, payment_id: int, now: datetime) -> Order:
    return move(order, OrderState.BOOKED, payment_id=payment_id, code=Code.OK, ended_at=now,
                settle_at=None, tries=0)  # fmt: skip


def _by_the_record(hub: LocalHub, order: Order, code: ResultCode, now: datetime) -> Order:
    """Not the first word on this order: what the hub keeps with our serial decides. Money goes back
    only if the charge can never be booked any more: refused and kept, taken back, or blocked."""
    channel, serial = order.channel.partner.code, rules.charge_serial(order.pk)
    try:
        _code, reply = hub.confirm(channel, Confirm(original_serial=serial))
    except WireFault as fault:
        if fault.code is not Code.SERIAL_UNKNOWN:
            return _back(order, code, now) if fault.field == "original_serial" else order
        return _back(order, code, now) if _blocked(hub, order, now) else order
    if reply.payer_state in ("returned", "refunded"):
        return _back(order, code, now)
    return _booked(order, reply.payment_id, now) if reply.biller_state == "booked" else order


def _blocked(hub: LocalHub, order: Order, now: datetime) -> bool:
    """The serial was never seen: from now on it is refused, should it still arrive."""
    message = Reverse(
        serial=rules.return_serial(order.pk),
        original_serial=rules.charge_serial(order.pk),
        amount_fen=order.amount_fen,
        reason="order given up",
    )
    try:
        code, _reply = hub.give_back(order.channel.partner.code, message)
    except WireFault as fault:
        log.warning("a charge could not be blocked", order=order.pk, code=fault.code.name)
        return False
    return code in (Code.ORIGINAL_UNKNOWN_BLOCKED, Code.ORIGINAL_NOT_BOOKED, Code.OK)


def _back(order: Order, code: ResultCode, now: datetime) -> Order:
    return move(order, OrderState.REFUND_DUE, code=code, settle_at=now, tries=0)
