"""Sending a message: sealed into the outbox with the caller's transaction, then handed over."""

from datetime import datetime, timedelta

import structlog

from yifen.core.facts.secrets import KeyRing
from yifen.core.notifications.carriers import (
    Carrier,
    Medium,
    Outgoing,
    SendOutcome,
    SendVerdict,
    said,
)
from yifen.core.notifications.models import Notification, Sending

log = structlog.get_logger()
DIED = timedelta(minutes=10)  # a try that nobody ended by then
NEEDS_ID = frozenset({Medium.SMS, Medium.WECHAT})  # providers that know texts by a number


def put(ring: KeyRing, message: Outgoing, carrier: Carrier, now: datetime) -> Notification:
    """Into the outbox; nothing is sent yet."""
    context = _context(message.kind)
    return Notification.objects.create(
        kind=message.kind, channel=message.channel, carrier=carrier.code,
        to_sealed=ring.seal(message.to.encode(), context), text_sealed=ring.seal(message.text.encode(), context),
        created_at=now,
    )  # fmt: skip


def send(row: Notification, message: Outgoing, carrier: Carrier, now: datetime) -> SendOutcome:
    """One try, outside of any transaction; what became of it stands in its row."""
    outcome = _carried(message, carrier, now)
    row.state, row.serial, row.said = outcome.verdict.value, outcome.serial, outcome.said
    row.sent_at = now if outcome.verdict is SendVerdict.TAKEN else None
    row.save(update_fields=["state", "serial", "said", "sent_at"])
    if outcome.verdict is not SendVerdict.TAKEN:
        log.warning("a message was not taken", carrier=carrier.code, verdict=outcome.verdict, said=outcome.said)
    return outcome


def _carried(message: Outgoing, carrier: Carrier, now: datetime) -> SendOutcome:
    if carrier.code != "local" and message.channel in NEEDS_ID and not message.template:
        return SendOutcome(SendVerdict.LATER, said="no template id is set")
    try:
        return carrier.carry(message, now)
    except Exception as error:  # whatever an adapter does: it may have gone out
        log.exception("a carrier failed", carrier=carrier.code)
        return SendOutcome(SendVerdict.UNSURE, said=said(repr(error)))


def close_died(now: datetime) -> int:
    """Tries that a process began and did not live to end: nobody knows whether they went out."""
    died = Notification.objects.filter(state=Sending.WAITING, created_at__lt=now - DIED)
    return died.update(state=Sending.UNSURE, said="the process died")


def opened(ring: KeyRing, row: Notification) -> tuple[str, str]:
    """Number and text, for who holds the ring."""
    context = _context(row.kind)
    to, text = bytes(row.to_sealed), bytes(row.text_sealed)
    return ring.open(to, context).decode(), ring.open(text, context).decode()


def _context(kind: str) -> str:
    return f"notification:{kind}"
