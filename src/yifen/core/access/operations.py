"""Writes of access: users, roles, passwords. Each runs in one transaction."""

from collections.abc import Iterable
from datetime import datetime

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.utils.crypto import get_random_string

from yifen.core.access import tries
from yifen.core.access.devices import drop_all
from yifen.core.access.edge import Access
from yifen.core.access.models import User, UserRole
from yifen.core.access.roles import Roles
from yifen.core.access.rules import check_roles, check_taken, counted_as
from yifen.core.audit.record import act
from yifen.core.directory.models import Institution
from yifen.core.facts.codes import Code
from yifen.core.facts.refused import Refused
from yifen.core.partners.models import Partner

_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that is mistaken for another


def first_password() -> str:
    """One that passes the rules and is easy to read out: four groups of four."""
    return "-".join(get_random_string(4, _LETTERS) for _group in range(4))


@transaction.atomic
def create_user(
    login: str, name: str, institution: Institution, roles: Iterable[str], password: str,
    now: datetime, partner: Partner | None = None, *, must_change: bool = True,
) -> User:  # fmt: skip
    """A user who signs in with this first password. Refused: INPUT_INVALID (login taken),
    PASSWORD_WEAK."""
    user = User(login=login, name=name, institution=institution, partner=partner, created_at=now,
                must_change_password=must_change)  # fmt: skip
    _check_password(password, user)
    user.set_password(password)
    try:
        with transaction.atomic():
            user.save()
    except IntegrityError:
        raise Refused(Code.INPUT_INVALID, "login") from None
    UserRole.objects.bulk_create(UserRole(user=user, role=role) for role in roles)
    return user


@transaction.atomic
def add_user(
    giver: Access, login: str, name: str, institution: Institution, roles: Roles,
    password: str, now: datetime, partner: Partner | None = None,
) -> User:  # fmt: skip
    """A user whom somebody else makes. Refused: PERMISSION_MISSING, OUT_OF_SCOPE, ROLE_NOT_GRANTABLE,
    ROLES_CLASH, and all of `create_user`."""
    _check_giver(giver, institution.pk, partner.pk if partner else None)
    check_roles(roles, giver.roles, of_partner=partner is not None)
    return create_user(login, name, institution, roles, password, now, partner)


def reached(giver: Access, user: User) -> User:
    """The user, locked, if `giver` may change him at all: somebody else, of his own organisation,
    who holds no role that `giver` could not give. Refused: PERMISSION_MISSING, OUT_OF_SCOPE,
    ROLE_NOT_GRANTABLE."""
    found = User.objects.select_for_update().get(pk=user.pk)
    _check_giver(giver, found.institution_id, found.partner_id)
    if giver.user is not None and giver.user.pk == found.pk:
        raise Refused(Code.PERMISSION_MISSING)
    check_taken(found.role_set, giver.roles)
    return found


def _check_giver(giver: Access, institution_id: int, partner_id: int | None) -> None:
    if not giver.may("users.edit"):
        raise Refused(Code.PERMISSION_MISSING)
    if not giver.scope.has_institution(institution_id):
        raise Refused(Code.OUT_OF_SCOPE, "institution")
    if partner_id is not None and not giver.scope.has_partner(partner_id):
        raise Refused(Code.OUT_OF_SCOPE, "partner")


@transaction.atomic
def set_roles(giver: Access, user: User, roles: Roles) -> None:
    """Exactly these roles from now on. Refused: as `reached` says, ROLES_CLASH, INPUT_INVALID."""
    found = reached(giver, user)
    check_roles(roles, giver.roles, of_partner=found.partner_id is not None)
    had = found.role_set
    found.roles.exclude(role__in=roles).delete()
    UserRole.objects.bulk_create(UserRole(user=found, role=role) for role in roles - had)


@transaction.atomic
def set_active(giver: Access, user: User, active: bool) -> None:
    """Let in or keep out; who is kept out loses his session at once. Refused: as `reached` says."""
    found = reached(giver, user)
    found.is_active, found.session_key = active, ""
    found.save(update_fields=["is_active", "session_key"])


@transaction.atomic
def unlock(giver: Access, user: User) -> None:
    """After five failures. Refused: as `reached` says."""
    found = reached(giver, user)
    tries.unlock(counted_as(found.login))
    act(connection, "unlocked", "access_user", found.pk)


@transaction.atomic
def reset_access(giver: Access, user: User, password: str) -> None:
    """A new first password; password and second factor are to be set anew. Refused: as `reached`
    says, PASSWORD_WEAK."""
    found = reached(giver, user)
    _check_password(password, found)
    found.set_password(password)
    found.must_change_password, found.session_key = True, ""
    found.save(update_fields=["password", "must_change_password", "session_key"])
    drop_all(found)
    tries.unlock(counted_as(found.login))


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


def _check_password(password: str, user: User) -> None:
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise Refused(Code.PASSWORD_WEAK, "password", " ".join(error.messages)) from None
