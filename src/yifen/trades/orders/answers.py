"""What pay methods answered 支付方式的应答, kept as they signed it: in the transaction that believes it."""

import json
from datetime import datetime
from typing import Literal

from yifen.core.facts.refused import Refused
from yifen.core.ring import key_ring
from yifen.trades.orders.codes import OrderCode
from yifen.trades.orders.methods import Trade
from yifen.trades.orders.models import Order, PayAnswer
from yifen.trades.orders.proof import context


def keep(order: Order, kind: Literal["paid", "returned"], trade: Trade, now: datetime) -> None:
    """Sealed, for it names the payer. Refused: NOTICE_INVALID for a word without its signature."""
    if trade.signed is None or trade.state != kind:
        raise Refused(OrderCode.NOTICE_INVALID, "signed")
    sealed = key_ring().seal(json.dumps(trade.signed).encode(), context(order.pk))
    PayAnswer.objects.create(
        order_no=order.pk, kind=kind, method=order.method, trade_no=trade.trade_no, refund_no=trade.refund_no,
        amount_fen=trade.amount_fen, at=now, sealed=sealed,
    )  # fmt: skip
