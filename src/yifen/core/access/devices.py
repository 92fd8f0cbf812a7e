"""The second factor 身份验证器: enrolled once, proved by six digits or a recovery code."""

from django.db import transaction
from django_otp import devices_for_user
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from yifen.core.access.models import User
from yifen.core.access.rules import plain_digits
from yifen.core.facts.codes import Code
from yifen.core.facts.refused import Refused

RECOVERY_CODES = 8


def has_second_factor(user: User) -> bool:
    return any(True for _ in devices_for_user(user, confirmed=True))


def new_device(user: User) -> TOTPDevice:
    """The unconfirmed authenticator of who is enrolling; the same one until it is confirmed."""
    device, _ = TOTPDevice.objects.get_or_create(
        user=user, confirmed=False, defaults={"name": "TOTP"}
    )
    return device


def drop_unconfirmed(user: User) -> None:
    """A secret that was shown in another session is never confirmed: whoever gave the first password
    could have looked at it."""
    TOTPDevice.objects.filter(user=user, confirmed=False).delete()


def drop_all(user: User) -> None:
    """The second factor is to be enrolled anew."""
    TOTPDevice.objects.filter(user=user).delete()
    StaticDevice.objects.filter(user=user).delete()


@transaction.atomic
def confirm_device(user: User, code: str) -> tuple[TOTPDevice, list[str]]:
    """The authenticator shows the right digits: it counts from now on. Answers it and the
    recovery codes, which are shown once. Refused: PERMISSION_MISSING (there is one already: only an
    administrator takes it away), CODE_WRONG."""
    User.objects.select_for_update().get(pk=user.pk)  # of two at once the second comes too late
    if has_second_factor(user):
        raise Refused(Code.PERMISSION_MISSING)
    device = new_device(user)
    if not device.verify_token(plain_digits(code)):
        raise Refused(Code.CODE_WRONG, "code")
    device.confirmed = True
    device.save(update_fields=["confirmed"])
    static, _ = StaticDevice.objects.get_or_create(user=user, name="recovery")
    static.token_set.all().delete()
    codes = [StaticToken.random_token() for _ in range(RECOVERY_CODES)]
    StaticToken.objects.bulk_create(StaticToken(device=static, token=code) for code in codes)
    return device, codes
