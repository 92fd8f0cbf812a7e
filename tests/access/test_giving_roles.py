"""Who may change whom: an administrator never reaches above himself, nor himself (X2)."""

from datetime import UTC, datetime

import pytest

from tests.web import site
from yifen.core.access.roles import Role
from yifen.core.facts.codes import Code
from yifen.core.facts.refused import Refused

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
ACTS = ("shut", "let_in", "unlock", "reset")


access = site.access


def refused_code(call, *args):
    with pytest.raises(Refused) as refused:
        call(*args)
    return refused.value.code


@pytest.fixture
def admin(place):
    return site.client_of(place.own.user)


def fresh(user):
    from yifen.core.access.models import User

    return User.objects.get(pk=user.pk)


@pytest.mark.parametrize("role", ["platform_admin", "auditor"])
def test_an_institutions_admin_cannot_take_over_who_stands_above_him(place, admin, role):
    """A reset hands out a first password, so it would hand out the roles with it."""
    above = site.user(f"above-{role[:6]}", place.own.branch, role)
    for act in ACTS:
        answer = admin.post(f"/console/users/{above.pk}/change/", {"act": act, "reason": "x"}, follow=True)
        assert "2108" in answer.content.decode(), act
    admin.post(f"/console/users/{above.pk}/", {"roles": ["teller"]})
    now = fresh(above)
    assert (now.is_active, now.must_change_password, now.check_password(site.PASSWORD)) == (
        True, False, True)  # fmt: skip
    assert now.role_set == {Role(role)}


def test_nobody_changes_himself(place, admin):
    from yifen.core.access import operations, people

    own = place.own.user
    for act in ACTS:
        answer = admin.post(f"/console/users/{own.pk}/change/", {"act": act, "reason": "x"}, follow=True)
        assert "2102" in answer.content.decode(), act
    admin.post(f"/console/users/{own.pk}/", {"roles": ["institution_admin", "finance"]})
    assert fresh(own).role_set == {Role.INSTITUTION_ADMIN}
    giver = access(own)
    assert refused_code(people.propose_roles, giver, own, frozenset({Role.FINANCE}), NOW) is (
        Code.PERMISSION_MISSING
    )
    assert refused_code(operations.unlock, giver, own) is Code.PERMISSION_MISSING


@pytest.mark.parametrize("role", ["auditor", "supervisor", "finance"])
def test_the_operations_ask_who_gives_and_not_the_pages_alone(place, role):
    from yifen.core.access import operations, people
    from yifen.core.directory.models import Institution

    person = site.user(f"target-{role[:6]}", place.own.branch, "teller")
    giver = access(place.users[role])
    branch = Institution.objects.get(pk=place.own.branch)
    for call, more in (
        (people.propose_roles, [frozenset({Role.TELLER}), NOW]),
        (people.shut, ["left", NOW]),
        (people.propose_let_in, [NOW, "back"]),
        (operations.unlock, []),
        (people.propose_reset, ["a-new-passphrase", NOW, "lost"]),
    ):
        assert refused_code(call, giver, person, *more) is Code.PERMISSION_MISSING
    assert refused_code(people.propose_user, giver, "new-one", "新人", "9", branch,
                        frozenset({Role.TELLER}), "a-new-passphrase", NOW) is Code.PERMISSION_MISSING  # fmt: skip


@pytest.mark.parametrize(
    "crafted",
    [
        {"roles": ["platform_admin"]},
        {"roles": ["auditor"]},
        {"roles": ["teller", "supervisor"]},
        {"roles": ["institution_admin", "supervisor"]},
        {"roles": ["institution_admin", "finance"]},
        {"roles": ["teller"], "person": ""},
        {"roles": ["developer"]},
        {"roles": ["finance"], "partner": "own"},
        {"roles": ["teller"], "institution": "union"},
        {"roles": ["teller"], "institution": "foreign"},
        {"roles": ["developer"], "partner": "foreign"},
        {"roles": []},
        {"roles": ["teller"], "login": "../etc"},
        {"roles": ["teller"], "login": "新人"},
        {"roles": ["teller"], "login": "te01\n"},
        {"roles": ["teller"], "login": "TE01"},
    ],
    ids=str,
)
def test_a_crafted_form_makes_nobody(place, admin, crafted):
    from yifen.core.access.models import Authorisation, User

    rows = {"union": place.union, "foreign": place.foreign.county}
    partners = {"own": place.own.biller, "foreign": place.foreign.biller, None: ""}
    before = User.objects.count(), Authorisation.objects.count()
    answer = admin.post("/console/users/new/", {
        "login": crafted.get("login", "crafted"), "name": "新人", "roles": crafted["roles"],
        "person": crafted.get("person", "90001"),
        "institution": rows.get(crafted.get("institution"), place.own.branch),
        "partner": partners[crafted.get("partner")], "is_active": "1", "must_change_password": "",
    })  # fmt: skip
    after = User.objects.count(), Authorisation.objects.count()
    assert (answer.status_code, after) == (200, before)


def test_a_partners_person_is_out_of_reach_of_who_cannot_see_the_partner(place):
    """Put at another county by mistake, he would be a way into that partner's keys."""
    from yifen.core.access.people import propose_reset

    strayed = site.user("strayed", place.own.branch, "developer", partner=place.foreign.biller)
    assert refused_code(propose_reset, access(place.own.user), strayed, "a-new-passphrase", NOW,
                        "lost") is Code.OUT_OF_SCOPE  # fmt: skip


def test_two_logins_of_one_person_never_hold_what_one_may_not(place):
    """The supervisor of 青溪 gets a second login, as a teller; his staff number tells."""
    from yifen.core.access import people

    giver, now = access(place.own.user), NOW
    supervisor = place.users["supervisor"]
    second = site.user("sup-too", place.own.branch, "finance", person=supervisor.person)
    for roles in ({Role.TELLER}, {Role.FINANCE, Role.TELLER}, {Role.INSTITUTION_ADMIN}):
        assert refused_code(people.propose_roles, giver, second, frozenset(roles), now) is (
            Code.ROLES_CLASH
        )
    made = people.propose_roles(giver, second, frozenset({Role.SUPERVISOR}), now)
    site.agree(place.users["platform_admin"], made, now)
    assert fresh(second).role_set == {Role.SUPERVISOR}


def test_two_logins_that_differ_in_case_alone_are_one_even_in_the_database(place):
    from django.db import IntegrityError

    from yifen.core.access.models import User

    first = site.user("Twice", place.own.branch, "finance")
    with pytest.raises(IntegrityError):
        User.objects.create(login="tWICE", name="x", institution_id=first.institution_id,
                            created_at=NOW)  # fmt: skip


def test_a_role_that_is_taken_away_is_gone_with_the_next_click(place):
    person = site.user("stripped", place.own.branch, "finance")
    client = site.client_of(person)
    assert client.get("/console/users/").status_code == 403
    assert client.get("/console/payments/").status_code == 200
    person.roles.all().delete()
    assert client.get("/console/payments/").status_code == 403
