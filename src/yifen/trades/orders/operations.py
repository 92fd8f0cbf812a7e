"""What happens to an order, one step a function. Each step may be repeated; none calls outside
within a transaction: it reads, asks, and then writes only if the order still stands where it was."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from yifen.core.facts.codes import Code
from yifen.core.facts.refused import Refused
from yifen.core.wire.messages import Query
from yifen.hub.payments.local import LocalHub
from yifen.trades.orders import answers, catalogue, rules
from yifen.trades.orders.codes import OrderCode
from yifen.trades.orders.methods import Device, Goal, PayMethodPort, PayRequest, Trade
from yifen.trades.orders.models import Order, OrderState, PartState, RefundPart
from yifen.trades.orders.rules import Choice, OrderLine


class Wish(NamedTuple):
    """What the payer wants, as his form says: it was shown under this number, with these dues."""

    order_no: str
    biller: str
    account_no: str
    shown_fen: Mapping[str, int]
    choices: Sequence[Choice]
    method: str
    device: Device
    browser: str
    holder_id: int | None = None


def start(hub: LocalHub, wish: Wish, now: datetime) -> Order:
    """The order of this form; a double click, the back button and a second tab get the same one.
    Refused: what query refuses, and what rules.choose does; OVER_PAYMENT_LIMIT, QUOTE_EXPIRED."""
    if made := _made_before(wish):
        return made
    source = catalogue.source(wish.biller)
    query = Query(biller=wish.biller, account_no=wish.account_no)
    _code, reply = hub.query(source.channel, query)
    lines = rules.choose(reply.payables, wish.choices, wish.shown_fen, source.is_oldest_first)
    amount_fen = sum(line.amount_fen for line in lines)
    if source.payment_fen_max is not None and amount_fen > source.payment_fen_max:
        over = Code.OVER_PAYMENT_LIMIT
        raise Refused(over, detail=hub.bound(source.channel, wish.biller, over))
    ends_at = rules.expires_at(now, reply.quote_expires_at)
    if ends_at <= now:  # a quote of the last minute before midnight
        raise Refused(Code.QUOTE_EXPIRED)
    order = Order(
        order_no=wish.order_no, browser=wish.browser, holder_id=wish.holder_id,
        channel_id=source.channel_id, biller_id=source.biller_id, account_no=reply.account_no,
        payer_name=reply.payer_name, lines=[line._asdict() for line in lines],
        amount_fen=amount_fen, quote=reply.quote or "", method=wish.method, device=wish.device,
        created_at=now, expires_at=ends_at, settle_at=ends_at,
    )  # fmt: skip
    try:
        with transaction.atomic():
            order.save(force_insert=True)
    except IntegrityError:  # somebody was faster: the same form, or the same payer in another tab
        order = _made_before(wish) or order
    return order


def _made_before(wish: Wish) -> Order | None:
    """By this form, or still open for this account in this browser."""
    return _rows().filter(pk=wish.order_no).first() or _rows().filter(
        browser=wish.browser, biller__partner__code=wish.biller, account_no=wish.account_no,
        state__in=rules.OPEN,
    ).first()  # fmt: skip


def begin(method: PayMethodPort, order: Order, ask: PayRequest, now: datetime) -> Goal:
    """Send the payer to the pay method; answers where. Refused: ORDER_STATE, MethodFault,
    BILLER_UNKNOWN for a biller or a channel of ours that was shut meanwhile: no money is asked for."""
    if now >= order.expires_at or order.state not in rules.OPEN:
        raise Refused(OrderCode.ORDER_STATE)
    catalogue.source(order.biller.partner.code)
    # First we say that money may come, then we let it come: a crash between leaves a question.
    move(order, OrderState.PAYING, settle_at=rules.look_again_at(now, 0, OrderState.PAYING))
    goal = method.begin(ask)
    Order.objects.filter(pk=order.pk, state=OrderState.PAYING).update(
        goal=goal._asdict(), began_at=now
    )
    return goal


def money_came(order: Order, trade: Trade, now: datetime) -> Order:
    """The pay method says that it has this order's money. Exactly its amount is paid; any other
    goes back, and so does money of an order that was closed. A repeat changes nothing."""
    with transaction.atomic():
        row = locked(order.pk)
        if row.state in rules.HAS_MONEY:
            return row
        answers.keep(row, "paid", trade, now)
        after, code = rules.after_money(OrderState(row.state), row.amount_fen, trade.amount_fen)
        return _write(row, after, received_fen=trade.amount_fen, trade_no=trade.trade_no,
                      paid_at=now, code=code, settle_at=now, tries=0)  # fmt: skip


def went_back(order: Order, trade: Trade, now: datetime) -> Order:
    """The pay method says that the payer has his money again. A repeat changes nothing."""
    with transaction.atomic():
        row = locked(order.pk)
        if row.state == OrderState.REFUNDED:
            return row
        answers.keep(row, "returned", trade, now)
        return _write(row, OrderState.REFUNDED, ended_at=now, settle_at=None, tries=0)


def part_went_back(part: RefundPart, trade: Trade, now: datetime) -> None:
    """The pay method says that the payer has this part again; with the last one he has all. A repeat changes
    nothing."""
    with transaction.atomic():
        order = locked(part.order_id)
        row = RefundPart.objects.select_for_update().get(pk=part.pk)
        if row.state == PartState.BACK:
            return
        answers.keep(order, "returned", trade, now)
        row.state, row.back_at, row.settle_at = PartState.BACK, now, None
        row.save(update_fields=["state", "back_at", "settle_at"])
        if order.state == OrderState.REFUND_DUE and not order.parts.filter(state=PartState.DUE).exists():
            _write(order, OrderState.REFUNDED, ended_at=now, settle_at=None, tries=0)


def move(order: Order, after: OrderState, **fields: Any) -> Order:
    """One legal step, or none when it stands there already. Refused: ORDER_STATE."""
    with transaction.atomic():
        row = locked(order.pk)
        return row if row.state == after else _write(row, after, **fields)


def _write(row: Order, after: OrderState, **fields: Any) -> Order:
    if not rules.may_step(OrderState(row.state), after):
        raise Refused(OrderCode.ORDER_STATE, "", f"{row.state} → {after}")
    for name, value in {"state": after, **fields}.items():
        setattr(row, name, value)
    row.save(update_fields=["state", *fields])
    return row


def locked(order_no: str) -> Order:
    """The order as it stands, until the transaction ends."""
    return _rows().select_for_update(of=("self",)).get(pk=order_no)


def find(order_no: str) -> Order:
    """Refused: ORDER_UNKNOWN."""
    order = _rows().filter(pk=order_no).first()
    if order is None:
        raise Refused(OrderCode.ORDER_UNKNOWN)
    return order


def _rows() -> QuerySet[Order]:
    return Order.objects.select_related("biller__partner__institution", "channel__partner")


def lines_of(order: Order) -> list[OrderLine]:
    return [OrderLine(**line) for line in order.lines]
