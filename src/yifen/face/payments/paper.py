"""The receipt 回单 of any booked payment, as its channel would print it."""

from datetime import datetime

from django.conf import settings
from django.urls import reverse

from yifen.core.access.edge import Access
from yifen.core.documents.receipt import Receipt, ReceiptLine, State, receipt
from yifen.core.facts.secrets import KeyRing
from yifen.core.partners.models import Partner
from yifen.face.masking import account_shown
from yifen.face.payments.receipts import number_of
from yifen.hub.payments.lookup_detail import Detail

STATES: dict[str, State] = {"taken": "valid", "returned": "reversed", "refunded": "refunded"}


def has_receipt(found: Detail) -> bool:
    """A payment that was never booked has none."""
    return found.payment.booked_at is not None and found.payment.payer_state in STATES


def _returned_at(found: Detail) -> datetime | None:
    """When nothing was left of it."""
    return next((row.booked_at for row in found.returns if row.left_fen == 0), None)


def paper(found: Detail, access: Access, ring: KeyRing, now: datetime) -> bytes:
    """The PDF; the account number as the role may read it."""
    payment = found.payment
    number = number_of(ring, payment.payment_id)
    biller = Partner.objects.select_related("institution").get(pk=payment.biller_id)
    return receipt(
        Receipt(
            number=number,
            check_url=settings.YIFEN_WEB_ORIGIN + reverse("check_receipt", args=[number]),
            issuer=biller.institution.name,
            biller=payment.biller_name,
            account_no=account_shown(access, payment.account_no),
            payer_name=found.payer_name,
            lines=tuple(ReceiptLine(title=row.title, amount_fen=row.amount_fen) for row in found.lines),
            channel=payment.channel_name,
            business_day=payment.business_day,
            paid_at=payment.paid_at,
            payment_id=payment.payment_id,
            serial=payment.serial,
            printed_at=now,
            state=STATES[payment.payer_state],
            returned_at=_returned_at(found),
            teller=found.operator or "",
        )
    )
