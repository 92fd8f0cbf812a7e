"""Users and the second person's word, on the database (X2)."""

from datetime import UTC, datetime, timedelta

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

    own, users = place.own, place.users
    assert scope_of(users["auditor"]) == Scope(None, None)
    scope = scope_of(users["finance"])
    assert set(scope.institutions) == {own.county, own.branch}
    assert set(scope.partners) == {own.biller, own.channel}
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
    assert refused_code(people.shut, admin, person, " ", NOW) is Code.INPUT_INVALID
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


def sign(maker, checker, code=None, password=site.PASSWORD):
    from yifen.core.access.authorise import sign_here

    request = RequestFactory().post("/", REMOTE_ADDR="127.0.0.1")
    return sign_here(request, maker, checker.login, password, code or site.code_of(checker),
                     "desk.authorise")


def test_a_supervisor_of_the_tellers_institution_signs_on_the_spot(place):
    supervisor = place.users["supervisor"]
    assert sign(place.own.teller, supervisor).pk == supervisor.pk


def test_nobody_else_does(place):
    teller, supervisor = place.own.teller, place.users["supervisor"]
    foreign = site.user("su02", place.foreign.county, "supervisor")
    assert refused_code(sign, teller, foreign) is Code.AUTHORISATION_INVALID
    assert refused_code(sign, teller, place.users["finance"]) is Code.AUTHORISATION_INVALID
    assert refused_code(sign, supervisor, supervisor) is Code.CHECKER_IS_MAKER
    assert refused_code(sign, teller, supervisor, "000000") is Code.AUTHORISATION_INVALID
    assert refused_code(sign, teller, supervisor, None, "wrong") is Code.AUTHORISATION_INVALID


def test_a_word_serves_for_its_act_once_and_for_no_other(place):
    from django.db import transaction

    from yifen.core.access.authorise import consume, grant

    row = grant("4625", "1000", place.own.teller, place.users["supervisor"], NOW, "错账")
    with transaction.atomic():
        assert refused_code(consume, row, "4625", "2000", NOW) is Code.AUTHORISATION_INVALID
        assert refused_code(consume, row, "4629", "1000", NOW) is Code.AUTHORISATION_INVALID
        consume(row, "4625", "1000", NOW)
        assert refused_code(consume, row, "4625", "1000", NOW) is Code.AUTHORISATION_USED


def test_the_maker_cannot_be_the_checker_even_in_the_database(place):
    from django.db import IntegrityError

    from yifen.core.access.authorise import grant
    from yifen.core.access.models import Authorisation

    maker = place.own.teller
    assert refused_code(grant, "4625", "1", maker, maker, NOW) is Code.CHECKER_IS_MAKER
    with pytest.raises(IntegrityError):
        Authorisation.objects.create(action="4625", subject_key="1", maker=maker, checker=maker,
                                     requested_at=NOW)  # fmt: skip


def test_an_open_question_is_asked_once_and_decided_once(place):
    from yifen.core.access.authorise import ask, decide

    maker, checker = place.own.user, access(place.users["supervisor"])
    asked = ask("partners.go_live", "X1", maker, NOW)
    assert ask("partners.go_live", "X1", maker, NOW + timedelta(hours=1)).pk == asked.pk
    assert refused_code(decide, asked, access(maker), True, NOW) is Code.CHECKER_IS_MAKER
    assert decide(asked, checker, False, NOW).granted is False
    assert refused_code(decide, asked, checker, True, NOW) is Code.AUTHORISATION_USED
    assert ask("partners.go_live", "X1", maker, NOW).pk != asked.pk


def test_authorisations_and_sign_ins_stand_in_the_audit_trail(place):
    from django.db import connection

    from yifen.core.access.authorise import grant

    grant("4625", "77", place.own.teller, place.users["supervisor"], NOW, "错账")
    site.browser().post("/sign-in/", {"username": "Nobody", "password": "x", "code": ""})
    with connection.cursor() as cursor:
        cursor.execute("SELECT action, subject, subject_key, note FROM audit_entry"
                       " ORDER BY entry_no DESC LIMIT 2")  # fmt: skip
        rows = cursor.fetchall()
    assert rows == [("sign_in_failed", "access_user", "nobody", ""),
                    ("authorised", "4625", "77", "错账")]  # fmt: skip
