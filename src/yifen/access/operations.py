"""Writes of access: users, roles, passwords, second factors. Each runs in one transaction."""

from collections.abc import Iterable
from datetime import datetime

from axes.utils import reset
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.crypto import get_random_string
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from yifen.access.edge import Access
from yifen.access.models import User, UserRole
from yifen.access.roles import Role
from yifen.access.rules import check_roles, check_taken, plain_digits
from yifen.directory.models import Institution
from yifen.kernel.codes import Code
from yifen.kernel.refused import Refused
from yifen.partners.models import Partner

RECOVERY_CODES = 8
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that is mistaken for another


def first_password() -> str:
    """One that passes the rules and is easy to read out: four groups of four."""
    return "-".join(get_random_string(4, _LETTERS) for _group in range(4))


@transaction.atomic
def create_user(
    login: str, name: str, institution: Institution, roles: Iterable[Role], password: str,
    now: datetime, partner: Partner | None = None, *, must_change: bool = True,
) -> User:  # fmt: skip
    """A user who signs in with this first password. Refused: INPUT_INVALID (login taken),
    PASSWORD_WEAK."""
    user = User(login=login, name=name, institution=institution, partner=partner, created_at=now,
                must_change_password=must_change)  # fmt: skip
    _check_password(password, user)
    user.set_password(password)
    if User.objects.filter(login__iexact=login).exists():
        raise Refused(Code.INPUT_INVALID, "login")
    try:
        with transaction.atomic():
            user.save()
    except IntegrityError:
        raise Refused(Code.INPUT_INVALID, "login") from None
    UserRole.objects.bulk_create(UserRole(user=user, role=role) for role in roles)
    return user


def check_reach(giver: Access, user: User) -> None:
    """Refused: OUT_OF_SCOPE for a user of an organisation that is not the giver's."""
    if not giver.scope.has_institution(user.institution_id):
        raise Refused(Code.OUT_OF_SCOPE, "user")


@transaction.atomic
def set_roles(giver: Access, user: User, roles: frozenset[Role]) -> None:
    """Exactly these roles from now on; what the giver may not give he may not take either.
    Refused: OUT_OF_SCOPE, ROLE_NOT_GRANTABLE, ROLES_CLASH, INPUT_INVALID."""
    check_reach(giver, user)
    had = user.role_set
    check_taken(had - roles, giver.roles)
    check_roles(roles, giver.roles, of_partner=user.partner_id is not None)
    user.roles.exclude(role__in=roles).delete()
    UserRole.objects.bulk_create(UserRole(user=user, role=role) for role in roles - had)


@transaction.atomic
def set_active(giver: Access, user: User, active: bool) -> None:
    """Let in or keep out; who is kept out loses his session at once. Refused: OUT_OF_SCOPE."""
    check_reach(giver, user)
    user.is_active = active
    user.session_key = ""
    user.save(update_fields=["is_active", "session_key"])


@transaction.atomic
def unlock(giver: Access, user: User) -> None:
    """After five failures. Refused: OUT_OF_SCOPE."""
    check_reach(giver, user)
    reset(username=user.login.lower())


@transaction.atomic
def reset_access(giver: Access, user: User, password: str) -> None:
    """A new first password; password and second factor are to be set anew. Refused: OUT_OF_SCOPE,
    PASSWORD_WEAK."""
    check_reach(giver, user)
    _check_password(password, user)
    user.set_password(password)
    user.must_change_password, user.session_key = True, ""
    user.save(update_fields=["password", "must_change_password", "session_key"])
    TOTPDevice.objects.filter(user=user).delete()
    StaticDevice.objects.filter(user=user).delete()
    reset(username=user.login.lower())


@transaction.atomic
def change_password(user: User, old: str, new: str, now: datetime) -> None:
    """Refused: SIGN_IN_FAILED (the old one is wrong), PASSWORD_WEAK (also: the same again)."""
    if not user.check_password(old):
        raise Refused(Code.SIGN_IN_FAILED, "old")
    if old == new:
        raise Refused(Code.PASSWORD_WEAK, "new")
    _check_password(new, user)
    user.set_password(new)
    user.must_change_password, user.password_changed_at = False, now
    user.save(update_fields=["password", "must_change_password", "password_changed_at"])


def new_device(user: User) -> TOTPDevice:
    """The unconfirmed authenticator of who is enrolling; the same one until it is confirmed."""
    device, _ = TOTPDevice.objects.get_or_create(
        user=user, confirmed=False, defaults={"name": "TOTP"}
    )
    return device


@transaction.atomic
def confirm_device(user: User, code: str) -> tuple[TOTPDevice, list[str]]:
    """The authenticator shows the right digits: it counts from now on. Answers it and the
    recovery codes, which are shown once. Refused: CODE_WRONG."""
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


def _check_password(password: str, user: User) -> None:
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise Refused(Code.PASSWORD_WEAK, "password", " ".join(error.messages)) from None
