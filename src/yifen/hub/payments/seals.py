"""Seals: what a payment, or its return, says beyond its transfers, as 128 bits of SHA-256. Pure.

Each transfer's digest holds the seal of its document, so nobody changes one without breaking the
chain. Lengths stand before texts, so no content can pass for another; `sql/seal_v1.sql` makes the same.
"""

from datetime import UTC, datetime
from hashlib import sha256
from uuid import UUID

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def charge_seal(
    channel_id: int, biller_id: int, account_no: str, serial: str, paid_at: datetime,
    operator: str | None, content_hash: UUID | None,
) -> UUID:  # fmt: skip
    """Of a payment 缴费; the hash is that of the channel's message."""
    passed = paid_at - _EPOCH
    paid_us = (passed.days * 86_400 + passed.seconds) * 1_000_000 + passed.microseconds
    return _seal("charge", channel_id, biller_id, paid_us, content_hash,
                 *_text(account_no), *_text(serial), *_text(operator))  # fmt: skip


def return_seal(
    verb: str, channel_id: int, serial: str, reason: str | None, content_hash: UUID | None
) -> UUID:
    """Of a reversal 冲正 or refund 退款."""
    return _seal(verb, channel_id, content_hash, *_text(serial), *_text(reason))


def _text(text: str | None) -> tuple[object, ...]:
    return () if text is None else (len(text), text)


def _seal(*parts: object) -> UUID:
    whole = "|".join(str(part) for part in parts if part is not None)
    return UUID(bytes=sha256(whole.encode()).digest()[:16])
