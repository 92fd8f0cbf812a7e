"""The second factor 身份验证器: enrolled once, proved by six digits or a recovery code."""

from base64 import b32encode
from datetime import datetime
from secrets import token_bytes
from urllib.parse import quote, urlencode

from django.db import transaction
from django_otp.oath import TOTP

from yifen.core.access.models import Authenticator, Passkey, RecoveryCode, User
from yifen.core.access.rules import plain_code, plain_digits
from yifen.core.access.sealing import authenticator_context, is_code, ring, sealed_hash
from yifen.core.facts.codes import Code
from yifen.core.facts.refused import Refused

RECOVERY_CODES, RECOVERY_BYTES = 8, 10
DIGITS, STEP_S, TOLERANCE = 6, 30, 1  # a phone's clock may be a step off
ISSUER = "Yifen 一分"


def has_second_factor(user: User) -> bool:
    """He did enrol; passkeys only come beside it."""
    return Authenticator.objects.filter(user=user, confirmed=True).exists()


def make_authenticator(user: User, *, confirmed: bool = False) -> Authenticator:
    """A new one with a new secret."""
    sealed = ring().seal(token_bytes(20), authenticator_context(user.pk))
    return Authenticator.objects.create(user=user, name="TOTP", confirmed=confirmed, sealed_key=sealed)


def secret_of(device: Authenticator) -> bytes:
    """What the phone knows too."""
    return ring().open(bytes(device.sealed_key), authenticator_context(device.user_id))


def address_of(device: Authenticator) -> str:
    """What the phone scans."""
    issuer = quote(ISSUER)
    secret = b32encode(secret_of(device)).decode()
    asked = urlencode({"secret": secret, "algorithm": "SHA1", "digits": DIGITS, "period": STEP_S})
    return f"otpauth://totp/{issuer}:{quote(device.user.login)}?{asked}&issuer={issuer}"


def totp_of(device: Authenticator) -> TOTP:
    """The calculation that the phone does."""
    return TOTP(secret_of(device), STEP_S, 0, DIGITS, device.drift)


def shows(device: Authenticator, digits: str, now: datetime) -> bool:
    """Does it show these? They are used up then; call it with the row locked."""
    if not (digits.isascii() and digits.isdecimal() and len(digits) == DIGITS):
        return False
    totp = totp_of(device)
    totp.time = now.timestamp()
    if not totp.verify(int(digits), TOLERANCE, device.last_t + 1):
        return False
    device.last_t, device.drift = totp.t(), totp.drift
    device.save(update_fields=["last_t", "drift"])
    return True


@transaction.atomic
def match(user: User, typed: str, now: datetime) -> Authenticator | None:
    """The user's authenticator if it shows what was typed, or if that is one of his recovery codes.
    Either works once."""
    locked = Authenticator.objects.select_for_update().filter(user=user, confirmed=True)
    devices = list(locked.order_by("pk"))
    for device in devices:
        if shows(device, plain_digits(typed), now):
            return device
    code = plain_code(typed)
    found = [row for row in RecoveryCode.objects.filter(user=user)
             if is_code(code, bytes(row.sealed_hash), user.pk)]  # fmt: skip
    if not found or not devices:
        return None
    found[0].delete()
    return devices[0]


def new_device(user: User) -> Authenticator:
    """The unconfirmed authenticator of who is enrolling; the same one until it is confirmed."""
    found = Authenticator.objects.filter(user=user, confirmed=False).first()
    return found or make_authenticator(user)


def drop_unconfirmed(user: User) -> None:
    """A secret that was shown in another session is never confirmed: whoever gave the first password
    could have looked at it."""
    Authenticator.objects.filter(user=user, confirmed=False).delete()


def drop_all(user: User) -> None:
    """The second factor is to be enrolled anew."""
    for kind in (Authenticator, Passkey, RecoveryCode):
        kind._default_manager.filter(user=user).delete()


@transaction.atomic
def confirm_device(user: User, code: str, now: datetime) -> tuple[Authenticator, list[str]]:
    """The authenticator shows the right digits: it counts from now on. Answers it and the
    recovery codes, which are shown once. Refused: PERMISSION_MISSING (there is one already: only an
    administrator takes it away), CODE_WRONG."""
    User.objects.select_for_update().get(pk=user.pk)  # of two at once the second comes too late
    if has_second_factor(user):
        raise Refused(Code.PERMISSION_MISSING)
    device = new_device(user)
    if not shows(device, plain_digits(code), now):
        raise Refused(Code.CODE_WRONG, "code")
    device.confirmed = True
    device.save(update_fields=["confirmed"])
    return device, new_codes(user)


def new_codes(user: User) -> list[str]:
    """Recovery codes in place of any others, as they are shown."""
    RecoveryCode.objects.filter(user=user).delete()
    codes = [b32encode(token_bytes(RECOVERY_BYTES)).decode().lower() for _ in range(RECOVERY_CODES)]
    RecoveryCode.objects.bulk_create(
        RecoveryCode(user=user, sealed_hash=sealed_hash(code, user.pk)) for code in codes
    )
    return ["-".join(code[at : at + 4] for at in range(0, len(code), 4)) for code in codes]
