"""The paper of a booked order."""

from datetime import datetime

from yifen.core.documents.receipt import Receipt, ReceiptLine
from yifen.core.facts.refused import Refused
from yifen.core.facts.secrets import KeyRing
from yifen.face.payments.receipts import number_of, of_payment
from yifen.trades.orders.codes import OrderCode
from yifen.trades.orders.models import Order
from yifen.trades.orders.operations import lines_of


def paper(
    ring: KeyRing, order: Order, check_url: str, now: datetime, account_shown: str
) -> Receipt:
    """The receipt of a booked order, with the account number as the reader may see it. Refused:
    ORDER_STATE before that."""
    if order.payment_id is None or order.paid_at is None:
        raise Refused(OrderCode.ORDER_STATE)
    found = of_payment(order.payment_id)
    partner = order.biller.partner
    return Receipt(
        number=number_of(ring, order.payment_id),
        check_url=check_url,
        issuer=partner.institution.name,
        biller=partner.name,
        account_no=account_shown,
        payer_name=order.payer_name,
        lines=tuple(
            ReceiptLine(title=line.title, amount_fen=line.amount_fen) for line in lines_of(order)
        ),
        channel=order.channel.partner.name,
        business_day=found.business_day,
        paid_at=order.paid_at,
        payment_id=order.payment_id,
        serial=order.pk,
        printed_at=now,
        state=found.standing,
        returned_at=found.returned_at,
    )
