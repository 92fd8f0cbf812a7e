"""Writes of access: users, roles, passwords. Each runs in one transaction."""

from collections.abc import Iterable
from datetime import datetime

from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.utils.crypto import get_random_string

from yifen.core.access import tries
from yifen.core.access.edge import Access
from yifen.core.access.hashers import Argon2Proof
from yifen.core.access.models import User, UserRole
from yifen.core.access.rules import check_taken, counted_as
from yifen.core.audit.record import act
from yifen.core.directory.models import Institution
from yifen.core.facts.codes import Code
from yifen.core.facts.refused import Refused
from yifen.core.facts.sqlfiles import queries
from yifen.core.partners.models import Partner
from yifen.core.plugs import result_code

_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that is mistaken for another

_PASSWORD = queries(__package__)["password"]


def first_password() -> str:
    """One that passes the rules and is easy to read out: four groups of four."""
    return "-".join(get_random_string(4, _LETTERS) for _group in range(4))


def new_user(
    login: str, name: str, person: str, institution: Institution, password: str, now: datetime,
    partner: Partner | None = None,
) -> User:  # fmt: skip
    """Not saved yet; he must change this first password. Refused: PASSWORD_WEAK."""
    user = User(login=login, name=name, person=person, institution=institution, partner=partner,
                created_at=now)  # fmt: skip
    user.password = hashed(password, user)
    return user


@transaction.atomic
def create_user(
    login: str, name: str, institution: Institution, roles: Iterable[str], password: str,
    now: datetime, partner: Partner | None = None, *, must_change: bool = True, person: str = "",
) -> User:  # fmt: skip
    """The operator's own way to a user, as the owner of the database: `init`, the sample world. At the
    pages two people do it (`access.people`). Refused: INPUT_INVALID (login taken), PASSWORD_WEAK."""
    user = new_user(login, name, person or login, institution, password, now, partner)
    user.must_change_password = must_change
    try:
        with transaction.atomic():
            user.save()
    except IntegrityError:
        raise Refused(Code.INPUT_INVALID, "login") from None
    UserRole.objects.bulk_create(UserRole(user=user, role=role) for role in roles)
    return user


def reached(giver: Access, user: User) -> User:
    """The user, locked, if `giver` may change him at all: somebody else, of his own organisation,
    who holds no role that `giver` could not give. Refused: PERMISSION_MISSING, OUT_OF_SCOPE,
    ROLE_NOT_GRANTABLE."""
    found = User.objects.select_for_update().get(pk=user.pk)
    check_giver(giver, found.institution_id, found.partner_id)
    if giver.user is not None and giver.user.pk == found.pk:
        raise Refused(Code.PERMISSION_MISSING)
    check_taken(found.role_set, giver.roles)
    return found


def check_giver(giver: Access, institution_id: int, partner_id: int | None) -> None:
    if not giver.may("users.edit"):
        raise Refused(Code.PERMISSION_MISSING)
    if not giver.scope.has_institution(institution_id):
        raise Refused(Code.OUT_OF_SCOPE, "institution")
    if partner_id is not None and not giver.scope.has_partner(partner_id):
        raise Refused(Code.OUT_OF_SCOPE, "partner")


def forgive(user: User) -> None:
    """His failures are forgotten."""
    tries.unlock(counted_as(user.login))


@transaction.atomic
def unlock(giver: Access, user: User) -> None:
    """After five failures. Refused: as `reached` says."""
    found = reached(giver, user)
    forgive(found)
    act(connection, "unlocked", "access_user", found.pk)


@transaction.atomic
def change_password(user: User, session: str, old: str, new: str, now: datetime) -> None:
    """In his own session. Refused: SIGN_IN_FAILED (the old one is wrong), PASSWORD_WEAK (also: the same
    again)."""
    if not user.check_password(old):
        raise Refused(Code.SIGN_IN_FAILED, "old")
    if old == new:
        raise Refused(Code.PASSWORD_WEAK, "new")
    proof, made = Argon2Proof().proof(old, user.password), hashed(new, user)
    with connection.cursor() as cursor:
        cursor.execute(_PASSWORD, (session, proof, made, now))
        if code := cursor.fetchone()[0]:
            raise Refused(result_code(code), "old")
    user.refresh_from_db()


def hashed(password: str, user: User) -> str:
    """As it is kept. Refused: PASSWORD_WEAK."""
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise Refused(Code.PASSWORD_WEAK, "password", " ".join(error.messages)) from None
    return make_password(password)
