"""The payer's money goes back 原路退款: whole, or in the parts that his payment was given back in."""

from datetime import datetime

from django.db import transaction

from yifen.trades.orders import rules
from yifen.trades.orders.methods import MethodFault, PayMethodPort, Trade
from yifen.trades.orders.models import Order, OrderState, PartState, RefundPart
from yifen.trades.orders.operations import find, part_went_back, went_back

TAKE_MOST = 50


def take_due(now: datetime) -> list[RefundPart]:
    """Claims the parts that are due: another worker passes them by, and one that dies gets them again."""
    with transaction.atomic():
        rows = list(
            RefundPart.objects.select_for_update(skip_locked=True, of=("self",))
            .select_related("order")
            .filter(settle_at__lte=now)
            .order_by("settle_at")[:TAKE_MOST]
        )
        for row in rows:
            row.settle_at = rules.look_again_at(now, row.tries, OrderState.REFUND_DUE)
            row.tries += 1
        RefundPart.objects.bulk_update(rows, ["settle_at", "tries"])
    return rows


def give_back(method: PayMethodPort, order: Order, now: datetime) -> Order:
    """All of an order's money, by a number that is always the same; where parts were given before, those that are
    still due, each by its own."""
    parts = list(order.parts.select_related("order"))
    if not parts:
        trade = _asked(method, order, rules.return_serial(order.pk), order.received_fen or 0)
        return order if trade is None else went_back(order, trade, now)
    for part in parts:
        if part.state == PartState.DUE:
            give_part(method, part, now)
    return find(order.pk)


def give_part(method: PayMethodPort, part: RefundPart, now: datetime) -> None:
    """One part. MethodFault when the pay method gives no answer, or another's."""
    trade = _asked(method, part.order, part.refund_no, part.amount_fen)
    if trade is not None:
        part_went_back(part, trade, now)


def _asked(method: PayMethodPort, order: Order, refund_no: str, fen: int) -> Trade | None:
    """None while it is on its way."""
    trade = method.refund(order.pk, refund_no, fen, order.received_fen or 0)
    if trade is not None and (trade.refund_no, trade.amount_fen) != (refund_no, fen):
        raise MethodFault(method.code, f"asked for {refund_no} {fen}, told {trade.refund_no} {trade.amount_fen}")
    return trade
