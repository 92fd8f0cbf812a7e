"""Users and the second person's word, on the database (X2)."""

from datetime import UTC, datetime

import pytest
from django.test import RequestFactory

from tests.web import site
from yifen.core.facts.codes import Code
from yifen.core.facts.refused import Refused

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


def access(user):
    from yifen.core.access.edge import Access

    return Access(user)


def refused_code(call, *args):
    with pytest.raises(Refused) as refused:
        call(*args)
    return refused.value.code


@pytest.fixture
def person(place, request):
    login = f"p{abs(hash(request.node.name)) % 10**9}"
    return site.user(login, place.own.branch, "teller")


def test_the_scope_is_the_own_institution_and_all_below_it(place):
    from yifen.core.access.scope import Scope, scope_of
    from yifen.core.partners.models import Partner

    own, users = place.own, place.users
    assert scope_of(users["auditor"]) == Scope(None, None)
    scope = scope_of(users["finance"])
    assert set(scope.institutions) == {own.county, own.branch}
    bank = Partner.objects.get(code=own.more["bank"]).pk
    assert set(scope.partners) == {own.biller, own.channel, bank}
    assert scope_of(own.teller) == Scope((own.branch,), ())
    assert scope_of(users["biller_staff"]) == Scope((), (own.biller,))


def test_a_login_is_taken_whatever_its_case(place, person):
    code = refused_code(site.user, person.login.upper(), place.own.branch, "teller")
    assert code is Code.INPUT_INVALID


@pytest.mark.parametrize("weak", ["short", "password123", "1234567890", "teller-te09-te09"])
def test_a_weak_password_is_refused_and_the_old_one_stays(place, weak):
    from yifen.core.access.models import User
    from yifen.core.access.operations import change_password

    user = User.objects.filter(login="teller-te09").first() or site.user(
        "teller-te09", place.own.branch, "teller"
    )
    assert refused_code(change_password, user, "", site.PASSWORD, weak, NOW) is Code.PASSWORD_WEAK
    user.refresh_from_db()
    assert user.check_password(site.PASSWORD)


def test_the_old_password_is_asked_and_the_same_again_is_none(person):
    from yifen.core.access.operations import change_password

    assert refused_code(change_password, person, site.access(person).session, "wrong", "a-new-passphrase", NOW) is (
        Code.SIGN_IN_FAILED
    )
    assert refused_code(change_password, person, site.access(person).session, site.PASSWORD, site.PASSWORD, NOW) is (
        Code.PASSWORD_WEAK
    )
    change_password(person, site.access(person).session, site.PASSWORD, "a-new-passphrase", NOW)
    assert (person.check_password("a-new-passphrase"), person.password_changed_at) == (True, NOW)


def test_who_is_of_another_organisation_is_out_of_reach(place, person):
    from yifen.core.access import operations, people
    from yifen.core.access.roles import Role

    foreign = site.access(place.foreign.user)
    for call, more in ((people.propose_roles, [frozenset({Role.FINANCE}), NOW]),
                       (people.shut, ["left", NOW]), (operations.unlock, []),
                       (people.propose_reset, ["a-new-passphrase", NOW, "lost"])):  # fmt: skip
        assert refused_code(call, foreign, person, *more) is Code.OUT_OF_SCOPE
    person.refresh_from_db()
    assert (person.role_set, person.is_active) == (frozenset({Role.TELLER}), True)
    assert person.check_password(site.PASSWORD)


def test_who_is_kept_out_loses_his_session_at_once_and_comes_back_by_two(place, person):
    from yifen.core.access import people

    client = site.client_of(person)
    assert client.get("/profile/").status_code == 200
    admin = site.access(place.own.user)
    assert refused_code(people.shut, admin, person, " ", NOW) is Code.REASON_MISSING
    people.shut(admin, person, "调离", NOW)
    assert client.get("/profile/").status_code == 302
    made = people.propose_let_in(admin, person, NOW, "返岗")
    person.refresh_from_db()
    assert not person.is_active
    site.agree(place.users["platform_admin"], made, NOW)
    person.refresh_from_db()
    assert person.is_active


def test_a_reset_takes_password_and_second_factor_away_once_another_agreed(place, person):
    from yifen.core.access.devices import has_second_factor
    from yifen.core.access.people import propose_reset

    made = propose_reset(site.access(place.own.user), person, "first-password-9", NOW, "丢失手机")
    person.refresh_from_db()
    assert (person.must_change_password, has_second_factor(person)) == (False, True)
    site.agree(place.users["platform_admin"], made, NOW)
    person.refresh_from_db()
    assert (person.must_change_password, has_second_factor(person)) == (True, False)
    assert person.check_password("first-password-9")


def test_nobody_decides_about_himself(place):
    """Raised by a colleague, he does not agree to it himself."""
    from yifen.core.access.people import propose_roles
    from yifen.core.access.roles import Role

    other = site.user("ia-other", place.own.county, "institution_admin")
    made = propose_roles(site.access(place.own.user), other, frozenset({Role.INSTITUTION_ADMIN}), NOW)
    assert refused_code(site.agree, other, made, NOW) is Code.PERMISSION_MISSING


def test_sign_ins_that_fail_stand_in_the_audit_trail(place):
    from django.db import connection

    site.browser().post("/sign-in/", {"username": "Nobody", "password": "x", "code": ""})
    with connection.cursor() as cursor:
        cursor.execute("SELECT action, subject, subject_key, note FROM audit_entry"
                       " ORDER BY entry_no DESC LIMIT 1")  # fmt: skip
        rows = cursor.fetchall()
    assert rows == [("sign_in_failed", "access_user", "nobody", "")]


def test_who_signs_on_the_spot_proves_password_and_code_and_is_no_newcomer(place):

    from yifen.core.access.signin import check_person

    supervisor = place.users["supervisor"]
    request = RequestFactory().post("/", REMOTE_ADDR="127.0.0.1")
    request.session = {}
    given = (request, supervisor.login)
    assert check_person(*given, site.PASSWORD, site.code_of(supervisor)).pk == supervisor.pk
    for password, code in ((site.PASSWORD, "000000"), ("wrong", site.code_of(supervisor)),
                           (site.PASSWORD, "")):  # fmt: skip
        assert refused_code(check_person, *given, password, code) is Code.AUTHORISATION_INVALID
    supervisor.must_change_password = True
    supervisor.save(update_fields=["must_change_password"])
    code = site.code_of(supervisor)
    assert refused_code(check_person, *given, site.PASSWORD, code) is Code.AUTHORISATION_INVALID
