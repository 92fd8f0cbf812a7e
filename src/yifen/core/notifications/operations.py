"""Sending a message: sealed into the outbox with the caller's transaction, then handed over."""

from datetime import datetime
from typing import Protocol

from yifen.core.facts.secrets import KeyRing
from yifen.core.notifications.models import Notification, Sending


class Carrier(Protocol):
    """Who brings messages to phones: an SMS company's adapter."""

    def carry(self, to: str, text: str) -> bool:
        """True once it took the message."""


class LocalOutbox:
    """The default: nothing leaves this machine, the message stays in the outbox."""

    def carry(self, to: str, text: str) -> bool:
        return True


def put(ring: KeyRing, kind: str, to: str, text: str, now: datetime) -> Notification:
    """Into the outbox; nothing is sent yet."""
    return Notification.objects.create(
        kind=kind, to_sealed=ring.seal(to.encode(), _context(kind)),
        text_sealed=ring.seal(text.encode(), _context(kind)), created_at=now,
    )  # fmt: skip


def send(ring: KeyRing, row: Notification, carrier: Carrier, now: datetime) -> bool:
    """Hand one message over, outside of any transaction; a second time does nothing."""
    if row.state != Sending.WAITING:
        return row.state == Sending.SENT
    to, text = opened(ring, row)
    took = carrier.carry(to, text)
    row.state, row.sent_at = (Sending.SENT, now) if took else (Sending.FAILED, None)
    row.save(update_fields=["state", "sent_at"])
    return took


def opened(ring: KeyRing, row: Notification) -> tuple[str, str]:
    """Number and text, for who holds the ring."""
    context = _context(row.kind)
    to, text = bytes(row.to_sealed), bytes(row.text_sealed)
    return ring.open(to, context).decode(), ring.open(text, context).decode()


def _context(kind: str) -> str:
    return f"notification:{kind}"
