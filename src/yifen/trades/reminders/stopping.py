"""Ending reminders 退订: by a word in an answer, by a link that proves itself, by the page."""

import hmac
import unicodedata
from datetime import datetime
from hashlib import sha256

from django.db import transaction

from yifen.core.facts.refused import Refused
from yifen.core.facts.secrets import KeyRing
from yifen.core.notifications.carriers import Medium
from yifen.face.bound import bound
from yifen.trades.reminders.codes import ReminderCode
from yifen.trades.reminders.models import Reminder, ReminderChoice, ReminderState

WORDS = frozenset({"td", "t", "r", "退订", "退", "stop", "unsubscribe", "n"})
_LETTERS = {channel: channel.value[0] for channel in Medium}
_PURPOSE, _REPLIES = "reminder stop", "sms replies"
MAC = 20


def end(rows: list[ReminderChoice], why: str, now: datetime) -> int:
    """These choices are over, and what was still to be sent by them is not. How many were open."""
    with transaction.atomic():
        keys = [row.pk for row in rows]
        ended = ReminderChoice.objects.filter(pk__in=keys, ended_at=None).update(ended_at=now, end_why=why)
        waiting = Reminder.objects.filter(choice_id__in=keys, state=ReminderState.PLANNED)
        waiting.update(state=ReminderState.SKIPPED, why=why, done_at=now)
    return ended


def stop(holder_id: int, channel: Medium | None, why: str, now: datetime) -> int:
    """All of a person's, of one channel or of all."""
    rows = ReminderChoice.objects.filter(person_id=holder_id, ended_at=None)
    return end(list(rows.filter(channel=channel) if channel else rows), why, now)


def ended(holder_id: int, channel: Medium) -> datetime | None:
    """Since when he gets nothing by it, where it was once on; None: it is on, or never was."""
    rows = ReminderChoice.objects.filter(person_id=holder_id, channel=channel)
    if rows.filter(ended_at=None).exists():
        return None
    return rows.order_by("-ended_at").values_list("ended_at", flat=True).first()


def token(ring: KeyRing, holder_id: int, channel: Medium) -> str:
    """What stands in a link that ends reminders without a sign-in."""
    return f"{holder_id:x}-{_LETTERS[channel]}-{_mac(ring.derive(_PURPOSE), holder_id, channel)}"


def read(ring: KeyRing, text: str) -> tuple[int, Medium]:
    """Whose link it is. Refused: STOP_UNKNOWN."""
    number, _, rest = text.partition("-")
    letter, _, mac = rest.partition("-")
    channel = {letter: channel for channel, letter in _LETTERS.items()}.get(letter)
    try:
        holder_id = int(number[:15], 16)
    except ValueError:
        channel, holder_id = None, 0
    keys = ring.derive_each(_PURPOSE)
    if channel is None or not any(
        hmac.compare_digest(_mac(key, holder_id, channel).encode(), mac.encode()) for key in keys
    ):
        raise Refused(ReminderCode.STOP_UNKNOWN)
    return holder_id, channel


def by_word(ring: KeyRing, phone: str, said: str, now: datetime) -> int:
    """What a person answered to an SMS: one of the words ends what comes by SMS."""
    plain = unicodedata.normalize("NFKC", said[:40]).strip(" \t\r\n。.!！\"'“”").casefold()
    keeper = bound()
    holder_id = keeper.by_phone(ring, phone) if keeper and plain in WORDS else None
    return stop(holder_id, Medium.SMS, "word", now) if holder_id is not None else 0


def replies_secret(ring: KeyRing) -> str:
    """What the address has that an SMS company is given for people's answers: they sign none."""
    return ring.derive(_REPLIES).hex()[:32]


def is_replies_secret(ring: KeyRing, text: str) -> bool:
    keys = ring.derive_each(_REPLIES)
    return any(hmac.compare_digest(key.hex()[:32].encode(), text.encode()) for key in keys)


def _mac(key: bytes, holder_id: int, channel: Medium) -> str:
    return hmac.digest(key, f"{holder_id}:{channel}".encode(), sha256).hex()[:MAC]
