"""Before keys, resets, users and roles the session says again who sits there."""

import re
from html import unescape

import pytest

from tests.web import site
from tests.web.doors_table import ARGUMENTS
from tests.web.test_doors import routes
from yifen.core.access.doors import asks_again

ASKS = {
    "user_new", "user", "user_change", "user_move", "partner_keys", "partner_key_end", "partner_dialect_key",
    "bank_key", "pay_method", "message_carrier", "pipe_secret",
    "passkeys", "passkey_new", "passkey_remove", "proposal_decide",
}  # fmt: skip
PAGE = "确认是您本人"
OTHERS = {"csrfmiddlewaretoken", "next"}  # of the page's forms for language and theme


@pytest.fixture
def admin(place, request):
    return site.user(f"f{abs(hash(request.node.name)) % 10**9}", place.union, "platform_admin")


@pytest.fixture
def person(place, request):
    return site.user(f"g{abs(hash(request.node.name)) % 10**9}", place.own.branch, "teller")


def stale(user, seconds=301):
    """A session whose proof is so old."""
    client = site.client_of(user)
    session = client.session
    session["proved"] -= seconds
    session.save()
    return client


def proof(user, **more):
    return {"confirm-password": site.PASSWORD, "confirm-code": site.code_of(user)} | more


def kept(answer):
    """The hidden fields of the page that asks."""
    found = re.findall('<input type="hidden" name="([^"]+)" value="([^"]*)">', answer.content.decode())
    return {name: unescape(value) for name, value in found if name not in OTHERS}


def test_the_weighty_acts_ask_and_no_others(place):
    assert {route.name for route in routes() if asks_again(route.view)} == ASKS


def test_every_weighty_act_of_a_stale_session_is_held_and_does_nothing(place, admin):
    from yifen.core.access.models import User
    from yifen.core.partners.models import PartnerKey

    def standing():
        return (list(User.objects.order_by("pk").values_list("pk", "password", "is_active")),
                list(PartnerKey.objects.order_by("pk").values_list("pk", "valid_until")))  # fmt: skip

    from django.urls import reverse

    clients = dict.fromkeys(ASKS, stale(admin)) | {"bank_key": stale(place.users["finance"])}
    before = standing()
    for name, client in clients.items():
        given = ARGUMENTS.get(name)
        path = reverse(name, kwargs=given(place, place.own) if given else {})
        answer = client.post(path, {"act": "reset", "algorithm": "ed25519", "roles": "auditor"})
        assert (answer.status_code, PAGE in answer.content.decode()) == (403, True), name
        assert "2131" in answer.content.decode()
    assert standing() == before


def test_a_look_is_never_held(place, admin, person):
    client = stale(admin)
    for path in ("/console/users/new/", f"/console/users/{person.pk}/", "/passkeys/"):
        assert client.get(path).status_code == 200


def test_what_was_typed_goes_on_with_the_proof(place, admin):
    from yifen.core.access.models import Authorisation

    def proposed(login):
        return Authorisation.objects.filter(action="users.new", subject_key=login)

    client = stale(admin)
    typed = {"login": "fresh.one", "name": "新<人>\"", "person": "A1", "institution": place.own.branch,
             "roles": ["teller"]}  # fmt: skip
    page = client.post("/console/users/new/", typed)
    again = kept(page)
    assert 'name="language"' not in page.content.decode()  # another page would have lost it
    assert again == {"login": "fresh.one", "name": "新<人>\"", "person": "A1", "roles": "teller",
                     "institution": str(place.own.branch)}  # fmt: skip
    wrong = client.post("/console/users/new/", again | {"confirm-password": "x", "confirm-code": "1"})
    assert (wrong.status_code, "2101" in wrong.content.decode(), kept(wrong)) == (200, True, again)
    assert not proposed("fresh.one").exists()
    done = client.post("/console/users/new/", again | proof(admin))
    assert (done.status_code, PAGE in done.content.decode()) == (200, False)
    content = proposed("fresh.one").get().content
    assert (content["rows"]["access_user"]["name"], content["roles"]) == ("新<人>\"", ["teller"])
    held = client.post("/console/users/new/", typed | {"login": "fresh.two", "person": "A2"})
    assert PAGE not in held.content.decode()  # for five minutes nobody asks again


def test_a_password_that_was_typed_stands_in_no_page(place, admin):
    """A checker's, at this screen: he types it again."""
    answer = stale(admin).post("/passkeys/", {"checker_password": "a-checkers-own", "name": "x"})
    assert (answer.status_code, kept(answer)) == (403, {"name": "x"})


@pytest.mark.parametrize(("seconds", "asks"), [(290, False), (301, True), (-30, True)])
def test_five_minutes_are_five_minutes(place, admin, person, seconds, asks):
    answer = stale(admin, seconds).post(f"/console/users/{person.pk}/change/", {"act": "unlock"})
    assert (answer.status_code == 403) is asks


def test_a_full_sign_in_is_fresh_and_another_session_of_the_same_person_is_not(place, admin, person):
    client = site.browser()
    form = {"username": admin.login, "password": site.PASSWORD, "code": site.code_of(admin)}
    assert client.post("/sign-in/", form).status_code == 302
    path = f"/console/users/{person.pk}/change/"
    assert client.post(path, {"act": "unlock"}).status_code == 302
    session = client.session
    del session["proved"]
    session.save()
    assert client.post(path, {"act": "unlock"}).status_code == 403


def test_somebody_elses_proof_is_none(place, admin, person):
    from yifen.core.access.models import User

    was = User.objects.get(pk=person.pk).password
    other = site.user(f"{admin.login}x", place.union, "platform_admin")
    client = stale(admin)
    for given in (proof(other), proof(admin) | {"confirm-code": ""},
                  proof(admin) | {"confirm-password": "wrong-password-1"}):  # fmt: skip
        answer = client.post(f"/console/users/{person.pk}/change/", {"act": "reset"} | given)
        assert PAGE in answer.content.decode()
    assert User.objects.get(pk=person.pk).password == was


def test_five_wrong_proofs_lock_this_screen_and_stand_in_the_trail(place, admin, person):
    from django.db import connection

    client, path = stale(admin), f"/console/users/{person.pk}/change/"
    for _ in range(5):
        client.post(path, {"act": "unlock", "confirm-password": "wrong-password-1", "confirm-code": "1"})
    answer = client.post(path, {"act": "unlock"} | proof(admin))
    assert "2101" in answer.content.decode()
    with connection.cursor() as cursor:
        cursor.execute("SELECT action, count(*) FROM audit_entry WHERE subject_key = %s"
                       " AND action IN ('confirm_failed', 'locked', 'confirmed') GROUP BY action"
                       " ORDER BY action", [admin.login])  # fmt: skip
        assert cursor.fetchall() == [("confirm_failed", 5), ("locked", 1)]
    door = {"username": admin.login, "password": site.PASSWORD, "code": site.code_of(admin)}
    assert site.browser().post("/sign-in/", door).status_code == 302  # elsewhere he may still


def test_a_code_that_confirmed_does_not_confirm_again(place, admin, person):
    client, path = stale(admin), f"/console/users/{person.pk}/change/"
    given = proof(admin)
    assert client.post(path, {"act": "unlock"} | given).status_code == 302
    session = client.session
    session["proved"] = 0
    session.save()
    assert "2101" in client.post(path, {"act": "unlock"} | given).content.decode()


def test_a_passkey_confirms_by_a_question_of_its_own(place, admin, person):
    from django.test import override_settings

    from tests.access.soft_key import ORIGIN
    from tests.access.test_passkeys import enrolled

    with override_settings(YIFEN_WEB_ORIGIN=ORIGIN):
        key, path = enrolled(admin), f"/console/users/{person.pk}/change/"
        client = stale(admin)
        assert "data-passkey-ask" in client.post(path, {"act": "unlock"}).content.decode()
        at_door = key.answer(client.post("/passkeys/question/").content.decode())
        given = {"act": "unlock", "confirm-password": site.PASSWORD}
        assert "2101" in client.post(path, given | {"confirm-passkey": at_door}).content.decode()
        answer = key.answer(client.post("/passkeys/confirm/").content.decode())
        assert client.post(path, given | {"confirm-passkey": answer}).status_code == 302
