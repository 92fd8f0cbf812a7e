"""The payer is told of a demand 付款通知: by the message that his contract names, with the link by which he answers.
Where it did not go out, or nobody knows, one of the bank hands him the paper."""

from datetime import datetime
from typing import Any, NamedTuple

import structlog
from django.conf import settings
from django.db import connection, transaction
from django.urls import reverse

from yifen.core.documents.figures import grouped_yuan
from yifen.core.facts.secrets import KeyRing
from yifen.core.facts.sqlfiles import queries
from yifen.core.notifications import operations as outbox
from yifen.core.notifications import templates
from yifen.core.notifications.carriers import Medium, Outgoing
from yifen.core.notifications.carriers.providers import carrier_of
from yifen.trades.collection import rules
from yifen.trades.collection.orders import token

KIND = "collection_notice"
log = structlog.get_logger()
_SQL = queries(__package__)


class ToTell(NamedTuple):
    """A demand of which its payer does not know. `sending`: where his last message stands, "": none."""

    order_id: int
    biller_id: int
    biller: str
    number: str
    contract_no: str
    amount_fen: int
    days: int
    medium: str
    to_sealed: bytes
    proposal_id: int
    sending: str


def tell(ring: KeyRing, order_id: int, now: datetime) -> None:
    """One try; outside of any transaction. A message that may have gone out is not sent again by itself."""
    row = _read("to_tell", [order_id])
    found = ToTell(*row) if row else None
    if found is None or not found.medium or found.sending in ("waiting", "unsure"):
        return
    if found.sending != "sent":
        carrier = carrier_of(ring, Medium(found.medium))
        if carrier is None:
            log.warning("nobody is set up to tell a payer", order=order_id, medium=found.medium)
            return
        message = message_of(ring, found)
        with transaction.atomic():
            put = outbox.put(ring, message, carrier, now)
            if not _read("telling", [order_id, put.pk, now])[0]:
                transaction.set_rollback(True)
                return
        outbox.send(put, message, carrier, now)
    _read("told", [order_id, now])


def message_of(ring: KeyRing, found: ToTell) -> Outgoing:
    """Neither a name nor an account number."""
    to = ring.open(bytes(found.to_sealed), rules.told_context(found.biller_id, found.contract_no)).decode()
    url = link(ring, found.proposal_id)
    values = {
        "biller": found.biller[:20],
        "number": found.number,
        "amount": grouped_yuan(found.amount_fen).replace(",", ""),
        "days": str(found.days),
        "url": url,
    }
    return templates.message(f"{KIND}/{found.medium}/zh", to, values, f"{KIND}-{found.order_id}", url)


def link(ring: KeyRing, proposal: int) -> str:
    """By which the payer answers."""
    return str(settings.YIFEN_WEB_ORIGIN) + reverse("collection_payer", args=[token(ring, proposal)])


def _read(name: str, values: list[Any]) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(_SQL[name], values)
        return cursor.fetchone()
