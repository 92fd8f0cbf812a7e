"""Checking a phone by a code sent to it, and knowing it again: the number is sealed, and looked up by
a keyed hash (X3)."""

import hmac
import re
import unicodedata
from datetime import datetime, timedelta
from hashlib import sha256
from secrets import randbelow, token_hex

from django.db import transaction

from yifen.core.facts.refused import Refused
from yifen.core.facts.secrets import KeyRing
from yifen.core.notifications import templates
from yifen.core.notifications.carriers import Carrier, Medium, SendVerdict
from yifen.core.notifications.operations import put, send
from yifen.trades.orders import rates
from yifen.trades.orders.codes import OrderCode
from yifen.trades.orders.models import Holder, PhoneCheck
from yifen.trades.orders.rates import Limit

KIND = "phone_check"
TRIES_MAX = 5
VALID = timedelta(minutes=5)
CONTEXT = "holder_phone"
TRIES_AT_ONCE = 2  # of a carrier that says "later": the person waits before the page
_MOBILE = re.compile(r"(?:\+?86)?(1[3-9][0-9]{9})")


def read_phone(typed: str) -> str:
    """Eleven digits, as people type them. Refused: PHONE_INVALID."""
    plain = re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", typed[:40]))
    found = _MOBILE.fullmatch(plain)
    if not found or not plain.isascii():
        raise Refused(OrderCode.PHONE_INVALID, "phone")
    return found[1]


def send_code(
    ring: KeyRing, carrier: Carrier | None, typed: str, address: str, now: datetime, language: str = "zh"
) -> PhoneCheck:
    """Send six digits to the phone; where nobody knows whether they went out, the person may know. Refused:
    PHONE_INVALID, TOO_MANY_TRIES, SMS_NOT_SENT (`carrier` None: nobody is set up), SMS_REFUSED."""
    phone = read_phone(typed)
    lookup = lookups(ring, phone)[0]
    rates.count(Limit.SMS_ADDRESS, address, now)
    rates.count(Limit.SMS_PHONE_SOON, lookup, now)
    rates.count(Limit.SMS_PHONE, lookup, now)
    if carrier is None:
        raise Refused(OrderCode.SMS_NOT_SENT, "phone")
    token, code = token_hex(16), f"{randbelow(10**6):06d}"
    check = PhoneCheck.objects.create(
        token=token, lookup=lookup, phone_sealed=ring.seal(phone.encode(), CONTEXT),
        code_hash=_code_hash(ring, token, code), expires_at=now + VALID,
    )  # fmt: skip
    verdict = _sent(ring, carrier, phone, code, language, now)
    if verdict in (SendVerdict.LATER, SendVerdict.NEVER):
        check.delete()
        raise Refused(OrderCode.SMS_NOT_SENT if verdict is SendVerdict.LATER else OrderCode.SMS_REFUSED, "phone")
    return check


def send_again(
    ring: KeyRing, carrier: Carrier | None, token: str, address: str, now: datetime, language: str = "zh"
) -> PhoneCheck:
    """Another code to the same phone. Refused: SMS_CODE_WRONG (nobody asked for it), and as `send_code` refuses."""
    check = PhoneCheck.objects.filter(pk=token).first()
    if check is None:
        raise Refused(OrderCode.SMS_CODE_WRONG)
    return send_code(ring, carrier, ring.open(bytes(check.phone_sealed), CONTEXT).decode(), address, now, language)


def _sent(ring: KeyRing, carrier: Carrier, phone: str, code: str, language: str, now: datetime) -> SendVerdict:
    verdict = SendVerdict.LATER
    for _ in range(TRIES_AT_ONCE):
        message = templates.message(f"{KIND}/{Medium.SMS}/{language}", phone, {"code": code}, token_hex(8))
        verdict = send(put(ring, message, carrier, now), message, carrier, now).verdict
        if verdict is not SendVerdict.LATER:
            break
    return verdict


def confirm(ring: KeyRing, token: str, typed: str, address: str, now: datetime) -> Holder:
    """The holder of the phone that got this code. Refused: SMS_CODE_WRONG (also: too old, used, or
    the sixth try), TOO_MANY_TRIES."""
    rates.count(Limit.CODE_ADDRESS, address, now)
    code = re.sub(r"\s", "", unicodedata.normalize("NFKC", typed[:20]))
    with transaction.atomic():
        check = PhoneCheck.objects.select_for_update().filter(pk=token).first()
        right = check is not None and _counts(ring, check, code, now)
    if check is None or not right:
        raise Refused(OrderCode.SMS_CODE_WRONG, "code")
    return holder_with(ring, ring.open(bytes(check.phone_sealed), CONTEXT).decode(), now)


def _counts(ring: KeyRing, check: PhoneCheck, code: str, now: datetime) -> bool:
    """One try, written down whether right or wrong; the right one works once."""
    open_ = check.used_at is None and now < check.expires_at and check.tries < TRIES_MAX
    right = open_ and hmac.compare_digest(check.code_hash, _code_hash(ring, check.token, code))
    check.tries = min(check.tries + 1, TRIES_MAX)
    check.used_at = now if right else check.used_at
    check.save(update_fields=["tries", "used_at"])
    return right


def phone_of(ring: KeyRing, holder: Holder) -> str:
    """As it is shown: 138****5678."""
    phone = whole_phone(ring, holder)
    return f"{phone[:3]}****{phone[-4:]}"


def whole_phone(ring: KeyRing, holder: Holder) -> str:
    """For carriers alone."""
    return ring.open(bytes(holder.phone_sealed), CONTEXT).decode()


def holder_with(ring: KeyRing, phone: str, now: datetime) -> Holder:
    """Known by any key of the ring; made when the phone is new."""
    known = lookups(ring, phone)
    with transaction.atomic():
        found = Holder.objects.filter(lookup__in=known).first()
        if found is None:
            sealed = ring.seal(phone.encode(), CONTEXT)
            found, _made = Holder.objects.get_or_create(
                lookup=known[0], defaults={"phone_sealed": sealed, "created_at": now}
            )
    return found


def lookups(ring: KeyRing, phone: str) -> list[str]:
    """By which a phone is found, one for each key of the ring, newest first."""
    keys = ring.derive_each("phone lookup")
    return [hmac.digest(key, phone.encode(), sha256).hex() for key in keys]


def _code_hash(ring: KeyRing, token: str, code: str) -> str:
    key = ring.derive("phone check")
    return hmac.digest(key, f"{token}:{code}".encode("utf-8", "replace"), sha256).hex()
