"""Roles: deny by default, two halves of one act never in one hand, nobody gives what he has not."""

import pytest

from yifen.core.access.roles import (
    Role,
    clash,
    grantable,
    grants,
    incompatible,
    permissions_of,
    roles,
)
from yifen.core.access.rules import check_roles, check_taken, plain_digits
from yifen.core.facts.codes import Code
from yifen.core.facts.refused import Refused


def test_every_role_stands_in_the_table_and_every_permission_is_somebodys():
    assert set(roles()) == {*Role, "field", "wall", "court_bureau", "court_clerk", "court_judge",
                            "court_head", "budget_bureau", "card_holder", "unit_cashier",
                            "unit_head"}  # what trades bring
    assert permissions_of(frozenset(roles())) == frozenset(grants())
    assert permissions_of(frozenset()) == frozenset()
    assert {role for grant in grants().values() for role in grant.to} <= set(roles())
    assert "proposals.view" in permissions_of(frozenset({"budget_bureau"}))


@pytest.mark.parametrize(
    ("role", "never"),
    [
        (Role.PLATFORM_ADMIN, {"desk.work", "desk.authorise", "payments.view", "ledger.view", "audit.view"}),
        (Role.TELLER, {"desk.authorise", "users.view", "partners.view", "ledger.view", "payments.export"}),
        (Role.SUPERVISOR, {"desk.work", "users.edit", "partners.edit"}),
        (Role.AUDITOR, {"desk.work", "users.edit", "partners.edit", "partners.keys", "outages.edit"}),
        (Role.BILLER_STAFF, {"ledger.view", "partners.keys", "users.view", "audit.view", "desk.work"}),
        ("budget_bureau", {"payments.view", "payables.view", "desk.work", "cards.check", "cards.approve"}),
        (Role.DEVELOPER, {"payables.view", "payments.export", "partners.approve", "partners.edit"}),
    ],
)
def test_what_a_role_must_never_hold(role, never):
    assert permissions_of(frozenset({role})) & never == frozenset()


def test_nobody_holds_both_halves_of_an_act():
    for pair in incompatible():
        assert clash(frozenset(pair)) == pair
        assert clash(frozenset({next(iter(pair))})) is None


@pytest.mark.parametrize(
    ("giver", "roles", "of_partner", "code"),
    [
        ({Role.PLATFORM_ADMIN}, {Role.AUDITOR}, False, None),
        ({Role.INSTITUTION_ADMIN}, {Role.TELLER}, False, None),
        ({Role.INSTITUTION_ADMIN}, {Role.BILLER_STAFF}, True, None),
        ({Role.INSTITUTION_ADMIN}, {Role.PLATFORM_ADMIN}, False, Code.ROLE_NOT_GRANTABLE),
        ({Role.INSTITUTION_ADMIN}, {Role.AUDITOR}, False, Code.ROLE_NOT_GRANTABLE),
        ({Role.TELLER}, {Role.TELLER}, False, Code.ROLE_NOT_GRANTABLE),
        ({Role.PLATFORM_ADMIN}, {Role.TELLER, Role.SUPERVISOR}, False, Code.ROLES_CLASH),
        ({Role.PLATFORM_ADMIN}, {Role.PLATFORM_ADMIN, Role.AUDITOR}, False, Code.ROLES_CLASH),
        ({Role.PLATFORM_ADMIN}, {Role.BILLER_STAFF}, False, Code.ROLE_NOT_GRANTABLE),
        ({Role.PLATFORM_ADMIN}, {Role.FINANCE}, True, Code.ROLE_NOT_GRANTABLE),
        ({Role.PLATFORM_ADMIN}, set(), False, Code.INPUT_INVALID),
    ],
)
def test_who_may_give_which_roles_to_whom(giver, roles, of_partner, code):
    if code is None:
        check_roles(frozenset(roles), frozenset(giver), of_partner=of_partner)
        return
    with pytest.raises(Refused) as refused:
        check_roles(frozenset(roles), frozenset(giver), of_partner=of_partner)
    assert (refused.value.code, refused.value.field) == (code, "roles")


def test_who_may_not_give_a_role_may_not_take_it_away():
    check_taken(frozenset({Role.TELLER}), frozenset({Role.INSTITUTION_ADMIN}))
    with pytest.raises(Refused):
        check_taken(frozenset({Role.AUDITOR}), frozenset({Role.INSTITUTION_ADMIN}))
    assert grantable(frozenset({Role.FINANCE})) == frozenset()


@pytest.mark.parametrize("typed", ["123456", "123 456", " １２３４５６ ", "123\u3000456"])
def test_six_digits_are_read_as_people_type_them(typed):
    assert plain_digits(typed) == "123456"
