"""A mail address is confirmed by a code that was sent to it; it is sealed, and counted by a keyed hash."""

import hmac
from datetime import datetime, timedelta
from hashlib import sha256
from secrets import randbelow, token_hex

from django.db import connection, transaction
from django.db.models import Q

from yifen.core.facts.mail_server import is_mail_address
from yifen.core.facts.refused import Refused
from yifen.core.facts.secrets import KeyRing
from yifen.core.facts.sqlfiles import queries
from yifen.core.notifications import templates
from yifen.core.notifications.carriers import Carrier, SendVerdict
from yifen.core.notifications.models import Notification
from yifen.core.notifications.operations import opened, put, send
from yifen.trades.reminders.codes import ReminderCode
from yifen.trades.reminders.models import ReminderMailCheck, ReminderPerson

_SQL = queries(__package__)
KIND, CONTEXT, CHECK = "mail_check", "reminder_mail", "reminder_mail_check"
TRIES_MAX, AN_HOUR, VALID = 5, 5, timedelta(hours=1)


def ask(
    ring: KeyRing, carrier: Carrier | None, holder_id: int, typed: str, language: str, now: datetime
) -> ReminderMailCheck:
    """Send six digits there. Refused: MAIL_INVALID, MAILS_TOO_MANY, MAIL_NOT_SENT."""
    mail = typed.strip()
    if not is_mail_address(mail):
        raise Refused(ReminderCode.MAIL_INVALID, "mail")
    lookup = hmac.digest(ring.derive("reminder mail"), mail.casefold().encode(), sha256).hex()
    token, code = token_hex(16), f"{randbelow(10**6):06d}"
    with transaction.atomic():
        _count(holder_id, lookup, now)
        if carrier is None:
            raise Refused(ReminderCode.MAIL_NOT_SENT, "mail")
        check = ReminderMailCheck.objects.create(
            token=token, holder_id=holder_id, lookup=lookup, mail_sealed=ring.seal(mail.encode(), CHECK),
            code_hash=_hash(ring, token, code), created_at=now,
        )  # fmt: skip
    message = templates.message(f"{KIND}/mail/{language}", mail, {"code": code}, f"check-{token_hex(8)}")
    verdict = send(put(ring, message, carrier, now), message, carrier, now).verdict
    if verdict in (SendVerdict.LATER, SendVerdict.NEVER):
        raise Refused(ReminderCode.MAIL_NOT_SENT, "mail")
    return check


def _count(holder_id: int, lookup: str, now: datetime) -> None:
    """As many as may be in an hour, of a person and to an address; many at once are one after another."""
    with connection.cursor() as cursor:
        for key in sorted((f"mail check {holder_id}", f"mail check {lookup}")):
            cursor.execute(_SQL["one_at_a_time"], [key])
    recent = ReminderMailCheck.objects.filter(created_at__gt=now - VALID)
    if recent.filter(Q(holder_id=holder_id) | Q(lookup=lookup)).count() >= AN_HOUR:
        raise Refused(ReminderCode.MAILS_TOO_MANY, "mail")


def ask_again(ring: KeyRing, carrier: Carrier | None, holder_id: int, token: str, language: str,
              now: datetime) -> ReminderMailCheck:  # fmt: skip
    """Another code to the same address. Refused: MAIL_CODE_WRONG (none of his), and as `ask` refuses."""
    check = ReminderMailCheck.objects.filter(pk=token, holder_id=holder_id).first()
    if check is None:
        raise Refused(ReminderCode.MAIL_CODE_WRONG)
    return ask(ring, carrier, holder_id, ring.open(bytes(check.mail_sealed), CHECK).decode(), language, now)


def kept(ring: KeyRing, holder_id: int, token: str) -> str:
    """The mail of this check as the local outbox has it, for trying out; "": it is none of this person's."""
    check = ReminderMailCheck.objects.filter(pk=token, holder_id=holder_id).first()
    if check is None:
        return ""
    mail = ring.open(bytes(check.mail_sealed), CHECK).decode()
    rows = Notification.objects.filter(kind=KIND, created_at__gte=check.created_at).order_by("-pk")[:50]
    return next((text for to, text in (opened(ring, row) for row in rows) if to == mail), "")


def confirm(ring: KeyRing, holder_id: int, token: str, typed: str, language: str, now: datetime) -> None:
    """From now on it is his. Refused: MAIL_CODE_WRONG (also: too old, used, somebody else's, the sixth try)."""
    with transaction.atomic():
        check = ReminderMailCheck.objects.select_for_update().filter(pk=token, holder_id=holder_id).first()
        right = check is not None and _counts(ring, check, typed.strip(), now)
        if check is not None and right:
            mail = ring.open(bytes(check.mail_sealed), CHECK)
            ReminderPerson.objects.update_or_create(holder_id=holder_id, defaults={
                "language": language, "mail_sealed": ring.seal(mail, CONTEXT), "mail_at": now})  # fmt: skip
    if not right:
        raise Refused(ReminderCode.MAIL_CODE_WRONG, "code")


def mail_of(ring: KeyRing, person: ReminderPerson | None) -> str:
    """Whole: for carriers alone. "": he confirmed none."""
    return ring.open(bytes(person.mail_sealed), CONTEXT).decode() if person and person.mail_sealed else ""


def masked(mail: str) -> str:
    """wang.wu@example.cn → w****@example.cn."""
    name, _, host = mail.partition("@")
    return f"{name[:1]}****@{host}" if mail else ""


def forget(now: datetime) -> None:
    """Codes of more than a day ago."""
    ReminderMailCheck.objects.filter(created_at__lt=now - timedelta(days=1)).delete()


def _counts(ring: KeyRing, check: ReminderMailCheck, code: str, now: datetime) -> bool:
    """One try, written down whether right or wrong; the right one works once."""
    open_ = check.used_at is None and check.created_at <= now < check.created_at + VALID and check.tries < TRIES_MAX
    right = open_ and hmac.compare_digest(check.code_hash, _hash(ring, check.token, code))
    check.tries, check.used_at = min(check.tries + 1, TRIES_MAX), now if right else check.used_at
    check.save(update_fields=["tries", "used_at"])
    return right


def _hash(ring: KeyRing, token: str, code: str) -> str:
    return hmac.digest(ring.derive(CHECK), f"{token}:{code}".encode("utf-8", "replace"), sha256).hex()
