"""Rights are given by two people: a new user, other roles, a first password anew, an account let in again.

Who proposes may give all the roles concerned, and so may who decides; nobody decides about himself. What
one person may not hold together, he may not hold under two logins either (`User.person`).
"""

import re
from datetime import datetime
from typing import Any

from django.db import IntegrityError, connection, transaction

from yifen.core.access import operations, second
from yifen.core.access.devices import drop_all
from yifen.core.access.edge import Access
from yifen.core.access.models import Authorisation, User, UserRole
from yifen.core.access.roles import Roles, clash
from yifen.core.access.roles import roles as all_roles
from yifen.core.access.rules import check_roles, check_taken
from yifen.core.access.second import Change, Decision
from yifen.core.access.tellers import MOVE, moves_of
from yifen.core.directory.models import Institution
from yifen.core.facts.codes import Code
from yifen.core.facts.plug import Text
from yifen.core.facts.reasons import reason as needed
from yifen.core.facts.refused import Refused
from yifen.core.facts.sqlfiles import queries
from yifen.core.partners.models import Partner
from yifen.core.plugs import result_code

_SHUT = queries(__package__)["shut"]
LOGIN, NAME, PERSON = Text("账号", "Login"), Text("姓名", "Name"), Text("工号", "Staff number")
ROLES, STATE = Text("角色", "Roles"), Text("状态", "State")
ACTIVE, SHUT = Text("可用", "Active"), Text("已停用", "Shut")
OTHERS = Text("同一人的其他账号", "Other logins of this person")
INSTITUTION, PARTNER = Text("机构", "Institution"), Text("合作方", "Partner")
PASSWORD, FACTOR = Text("密码", "Password"), Text("第二因素", "Second factor")


# --- a new user ------------------------------------------------------------------------------------
def propose_user(
    giver: Access, login: str, name: str, person: str, institution: Institution, roles: Roles,
    password: str, now: datetime, partner: Partner | None = None,
) -> Authorisation:  # fmt: skip
    """With this first password. Refused: PERMISSION_MISSING, OUT_OF_SCOPE, ROLE_NOT_GRANTABLE,
    ROLES_CLASH, INPUT_INVALID (login taken, no staff number), PASSWORD_WEAK, INSTITUTION_CLOSED, PROPOSAL_OPEN."""
    operations.check_giver(giver, institution.pk, partner.pk if partner else None)
    check_roles(roles, giver.roles, of_partner=partner is not None)
    user = operations.new_user(login, name, person, institution, password, now, partner)
    row = {field: getattr(user, field) for field in
           ("login", "name", "person", "institution_id", "partner_id", "password")}  # fmt: skip
    content = {"roles": sorted(roles), "rows": {
        "access_user": row | {"must_change_password": True},
        "access_user_role": [{"role": role} for role in sorted(roles)],
    }}  # fmt: skip
    return second.propose(giver, "users.new", login, content, now, institution=institution,
                          partner=partner)  # fmt: skip


def view_user(content: dict[str, Any]) -> list[Change]:
    """Refused: INPUT_INVALID (login: taken, or a number of another institution), ROLES_CLASH."""
    row, roles = content["rows"]["access_user"], frozenset(content["roles"])
    institution = Institution.objects.get(pk=row["institution_id"])
    whose = re.fullmatch(r"([0-9A-Za-z]+)-[0-9]{3}", row["login"])
    is_elsewhere = whose and whose[1] != institution.code and Institution.objects.filter(code=whose[1]).exists()
    if is_elsewhere or User.objects.filter(login__iexact=row["login"]).exists():
        raise Refused(Code.INPUT_INVALID, "login")
    institution.check_open()
    check_person(row["person"], roles)
    partner = Partner.objects.get(pk=row["partner_id"]) if row["partner_id"] else None
    return [
        Change("login", LOGIN, None, row["login"]), Change("name", NAME, None, row["name"]),
        Change("person", PERSON, None, row["person"]),
        Change("others", OTHERS, None, others(row["person"])),
        Change("institution", INSTITUTION, None, str(institution)),
        Change("partner", PARTNER, None, str(partner) if partner else None),
        Change("roles", ROLES, None, named(roles)),
    ]  # fmt: skip


def add_user(content: dict[str, Any], decision: Decision) -> None:
    """Refused: ROLE_NOT_GRANTABLE, INPUT_INVALID (taken meanwhile)."""
    check_taken(frozenset(content["roles"]), decision.checker.role_set)
    try:
        with transaction.atomic():
            user = User.objects.create(created_at=decision.now, **content["rows"]["access_user"])
    except IntegrityError:
        raise Refused(Code.INPUT_INVALID, "login") from None
    UserRole.objects.bulk_create(UserRole(user=user, role=role) for role in content["roles"])


# --- one who is there ------------------------------------------------------------------------------
def propose_roles(giver: Access, user: User, roles: Roles, now: datetime) -> Authorisation:
    """Exactly these. Refused: as `operations.reached` says, ROLES_CLASH, INPUT_INVALID, PROPOSAL_OPEN."""
    with transaction.atomic():
        found = operations.reached(giver, user)
        check_roles(roles, giver.roles, of_partner=found.partner_id is not None)
        rows = [{"user_id": found.pk, "role": role} for role in sorted(roles)]
        content = {"roles": sorted(roles), "rows": {"access_user_role": rows}}
        return _about(giver, "users.roles", found, content, now)


def view_roles(content: dict[str, Any]) -> list[Change]:
    """Refused: ROLES_CLASH."""
    user, roles = _user(content), frozenset(content["roles"])
    check_person(user.person, roles, but=user)
    return [*_who(user), Change("roles", ROLES, named(user.role_set), named(roles))]


def set_roles(content: dict[str, Any], decision: Decision) -> None:
    """Refused: ROLE_NOT_GRANTABLE, PERMISSION_MISSING (about himself)."""
    user, roles = _decided(content, decision), frozenset(content["roles"])
    check_taken(roles, decision.checker.role_set)
    had = user.role_set
    user.roles.exclude(role__in=roles).delete()
    UserRole.objects.bulk_create(UserRole(user=user, role=role) for role in sorted(roles - had))


def propose_reset(
    giver: Access, user: User, password: str, now: datetime, reason: str
) -> Authorisation:
    """A first password, and the second factor anew. Refused: as `operations.reached` says,
    PASSWORD_WEAK, REASON_MISSING, PROPOSAL_OPEN."""
    with transaction.atomic():
        found = operations.reached(giver, user)
        row = {"id": found.pk, "password": operations.hashed(password, found)}
        return _about(giver, "users.reset", found, {"rows": {"access_user": row}}, now, reason)


def view_reset(content: dict[str, Any]) -> list[Change]:
    user = User.objects.get(pk=content["user"])
    changed = f"{user.password_changed_at:%Y-%m-%d %H:%M}" if user.password_changed_at else "-"
    return [*_who(user), Change("password", PASSWORD, changed, "***"),
            Change("factor", FACTOR, "***", None)]  # fmt: skip


def reset(content: dict[str, Any], decision: Decision) -> None:
    """Whoever was signed in is out. Refused: PERMISSION_MISSING, ROLE_NOT_GRANTABLE."""
    user = _decided(content, decision)
    user.password = content["rows"]["access_user"]["password"]
    user.must_change_password, user.session_key = True, ""
    user.save(update_fields=["password", "must_change_password", "session_key"])
    drop_all(user)
    operations.forgive(user)


def propose_let_in(giver: Access, user: User, now: datetime, reason: str) -> Authorisation:
    """Refused: as `operations.reached` says, REASON_MISSING, PROPOSAL_OPEN."""
    with transaction.atomic():
        found = operations.reached(giver, user)
        row = {"id": found.pk, "is_active": True}
        return _about(giver, "users.let_in", found, {"rows": {"access_user": row}}, now, reason)


def view_let_in(content: dict[str, Any]) -> list[Change]:
    """Refused: TELLER_MOVED, INSTITUTION_CLOSED."""
    user = _user(content)
    if any(one.kind == MOVE and one.user_id != user.pk for one in moves_of(user)):
        raise Refused(Code.TELLER_MOVED)
    user.institution.check_open()
    was = ACTIVE if user.is_active else SHUT
    return [*_who(user), Change("state", STATE, was, ACTIVE)]


def let_in(content: dict[str, Any], decision: Decision) -> None:
    user = _decided(content, decision)
    user.is_active = True
    user.save(update_fields=["is_active"])


def shut(giver: Access, user: User, reason: str, now: datetime) -> None:
    """One person keeps another out, at once, and says why. Refused: as `operations.reached` says,
    REASON_MISSING."""
    with transaction.atomic():
        operations.reached(giver, user)
        said = needed(reason)
        with connection.cursor() as cursor:
            cursor.execute(_SHUT, (giver.session, user.pk, said, now))
            if code := cursor.fetchone()[0]:
                raise Refused(result_code(code))


# --- persons ---------------------------------------------------------------------------------------
def check_person(person: str, roles: Roles, but: User | None = None) -> None:
    """Over all logins of one human being. Refused: INPUT_INVALID (no staff number), ROLES_CLASH."""
    if not person.strip():
        raise Refused(Code.INPUT_INVALID, "person")
    logins = User.objects.filter(person__iexact=person.strip(), is_active=True)
    held = frozenset().union(*(user.role_set for user in logins if but is None or user.pk != but.pk))
    if pair := clash(held | roles):
        raise Refused(Code.ROLES_CLASH, "roles", said(pair))


def others(person: str, but: User | None = None) -> str | None:
    """His other logins."""
    logins = User.objects.filter(person__iexact=person.strip()).order_by("login") if person.strip() else ()
    found = [f"{user.login} {said(user.role_set)}" for user in logins if but is None or user.pk != but.pk]
    return "；".join(found) or None


def said(roles: Roles) -> str:
    """As an auditor reads them, whatever the language: by name."""
    return ", ".join(sorted(roles))


def named(roles: Roles) -> Text:
    """Roles as people call them."""
    rows = [row for name, row in all_roles().items() if name in roles]
    return Text("、".join(row.zh for row in rows), ", ".join(row.en for row in rows))


def _about(
    giver: Access, act: str, user: User, content: dict[str, Any], now: datetime, reason: str | None = None
) -> Authorisation:
    if reason is not None:
        needed(reason)
    return second.propose(giver, act, user.login, {"user": user.pk, **content}, now,
                          institution=user.institution, partner=user.partner,
                          reason=(reason or "").strip())  # fmt: skip


def _user(content: dict[str, Any]) -> User:
    return User.objects.select_related("institution", "partner").get(pk=content["user"])


def _who(user: User) -> list[Change]:
    name = f"{user.name} · {user.institution.name}"
    return [Change("name", NAME, name, name), Change("others", OTHERS, others(user.person, user),
                                                     others(user.person, user))]  # fmt: skip


def _decided(content: dict[str, Any], decision: Decision) -> User:
    """Locked; the checker could have given all that he holds, and is not he himself."""
    user = User.objects.select_for_update().get(pk=content["user"])
    if user.pk == decision.checker.pk or (user.person and user.person == decision.checker.person):
        raise Refused(Code.PERMISSION_MISSING)
    check_taken(user.role_set, decision.checker.role_set)
    return user
