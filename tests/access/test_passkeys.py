"""Passkeys: enrolled, used, removed; and every forged, repeated, late or foreign answer refused."""

import json
import re
from html import unescape

import pytest
from django.test import override_settings

from tests.access.soft_key import ORIGIN, PRESENT, SoftKey, data_of, text
from tests.web import site


@pytest.fixture(autouse=True)
def origin(place):
    with override_settings(YIFEN_WEB_ORIGIN=ORIGIN):
        yield


@pytest.fixture
def person(place, request):
    return site.user(f"p{abs(hash(request.node.name)) % 10**9}", place.own.county, "supervisor")


def invitation_of(client):
    page = client.post("/passkeys/new/").content.decode()
    return unescape(re.search('data-passkey-make="([^"]+)"', page)[1])


def enrolled(user, **about):
    """The user's new passkey."""
    client, key = site.client_of(user), SoftKey(**about)
    answer = client.post("/passkeys/", {"name": "蓝钥匙", "answer": key.make(invitation_of(client))})
    assert (answer.status_code, answer["Location"]) == (302, "/passkeys/")
    return key


def asked(client):
    return client.post("/passkeys/question/").content.decode()


def arrive(client, user, answer, password=site.PASSWORD):
    return client.post("/sign-in/", {"username": user.login, "password": password, "passkey": answer})


def rows_of(user):
    from yifen.core.access.models import Passkey

    return Passkey.objects.filter(user=user)


def refused(answer):
    return answer.status_code == 200 and "2101" in answer.content.decode()


# --- the straight way ------------------------------------------------------------------------------


def test_a_passkey_is_made_used_after_the_password_and_removed(person):
    key, client = enrolled(person), site.browser()
    question = json.loads(asked(client))
    assert (question["rpId"], question["userVerification"], question["allowCredentials"]) == (
        "localhost", "required", [],
    )  # fmt: skip
    assert arrive(client, person, key.answer(json.dumps(question)))["Location"] == "/home/"
    assert "蓝钥匙" in client.get("/passkeys/").content.decode()
    row = rows_of(person).get()
    assert (row.name, row.sign_count, row.used_at is not None) == ("蓝钥匙", 1, True)
    client.post(f"/passkeys/{row.pk}/remove/")
    assert not rows_of(person).exists()
    assert client.get("/profile/").status_code == 200  # the session that it opened goes on
    again = site.browser()
    assert refused(arrive(again, person, key.answer(asked(again))))


def test_a_device_that_does_not_count_is_taken_every_time(person):
    key = enrolled(person)
    for _ in range(2):
        client, key.count = site.browser(), -1
        assert arrive(client, person, key.answer(asked(client))).status_code == 302


def test_the_authenticator_still_opens_beside_it(person):
    enrolled(person)
    form = {"username": person.login, "password": site.PASSWORD, "code": site.code_of(person)}
    assert site.browser().post("/sign-in/", form).status_code == 302


def test_making_and_removing_stand_in_the_trail(place, person):
    enrolled(person)
    site.client_of(person).post(f"/passkeys/{rows_of(person).get().pk}/remove/")
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT action, actor FROM audit_entry WHERE subject = 'access_passkey'"
                       " AND actor = %s ORDER BY entry_no", [person.login])  # fmt: skip
        assert cursor.fetchall() == [("insert", person.login), ("delete", person.login)]


# --- at the door -------------------------------------------------------------------------------------


FORGED = {
    "another origin": {"origin": "http://localhost:8462"},
    "a phisher's name": {"origin": "https://localhost.evil.example", "rp_id": "localhost.evil.example"},
    "another rp id": {"rp_id": "127.0.0.1"},
    "an owner who was not verified": {"flags": PRESENT},
    "nobody present": {"flags": 4},
    "somebody else's handle": {"handle": text(b"yifen:1")},
    "another secret": {"key": SoftKey().key},
    "a credential that nobody has": {"credential_id": b"x" * 32},
}


@pytest.mark.parametrize("how", FORGED)
def test_a_forged_answer_opens_nothing(person, how):
    key, client = enrolled(person), site.browser()
    for name, value in FORGED[how].items():
        setattr(key, name, value)
    assert refused(arrive(client, person, key.answer(asked(client))))
    assert client.get("/profile/").status_code == 302
    assert rows_of(person).get().sign_count == 0


def test_the_password_is_asked_all_the_same(person):
    key, client = enrolled(person), site.browser()
    assert refused(arrive(client, person, key.answer(asked(client)), "wrong-password-1"))


def test_an_answer_of_another_kind_opens_nothing(person):
    key, client = enrolled(person), site.browser()
    assert refused(arrive(client, person, key.answer(asked(client), kind="webauthn.create")))


def test_a_passkey_of_somebody_else_opens_nothing(place, person):
    other = site.user(f"{person.login}x", place.own.county, "supervisor")
    key, client = enrolled(other), site.browser()
    enrolled(person)
    assert refused(arrive(client, person, key.answer(asked(client))))


def test_an_answer_counts_once(person):
    key, client = enrolled(person), site.browser()
    answer = key.answer(asked(client))
    assert arrive(client, person, answer).status_code == 302
    client.post("/sign-out/")
    assert refused(arrive(client, person, answer))
    asked(client)
    assert refused(arrive(client, person, answer))


def test_an_answer_counts_once_though_it_came_twice_at_once(person):
    """The second request read its session before the first used the question up."""
    from yifen.core.access import passkeys
    from yifen.core.access.edge import now

    key, client = enrolled(person), site.browser()
    question = asked(client)
    key.count = -1  # a device that does not count
    answer, session = key.answer(question), client.session
    copy = dict(session.items())
    assert passkeys.match(session, passkeys.SIGN_IN, person, answer, now()) is not None
    session.update(copy)
    assert passkeys.match(session, passkeys.SIGN_IN, person, answer, now()) is None


def test_an_answer_is_of_its_own_session(person):
    key, mine, thief = enrolled(person), site.browser(), site.browser()
    answer = key.answer(asked(mine))
    asked(thief)
    assert refused(arrive(thief, person, answer))
    nobody = site.browser()
    assert refused(arrive(nobody, person, key.answer(asked(mine))))


def test_a_wrong_answer_uses_the_question_up(person):
    key, client = enrolled(person), site.browser()
    question = asked(client)
    good = key.answer(question)
    assert refused(arrive(client, person, good.replace("A", "B")))
    assert refused(arrive(client, person, good))


def test_an_answer_that_comes_late_counts_no_longer(person):
    key, client = enrolled(person), site.browser()
    answer = key.answer(asked(client))
    session = client.session
    challenge, at = session["passkey_sign_in"]
    session["passkey_sign_in"] = [challenge, at - 301]
    session.save()
    assert refused(arrive(client, person, answer))


@pytest.mark.parametrize("goes_to", [0, 5, 6])
def test_a_counter_that_does_not_grow_is_refused_and_told(person, goes_to):
    key, client = enrolled(person), site.browser()
    key.count = 5
    assert arrive(client, person, key.answer(asked(client))).status_code == 302  # six
    client, key.count = site.browser(), goes_to - 1
    assert refused(arrive(client, person, key.answer(asked(client))))
    assert rows_of(person).get().sign_count == 6
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT note FROM audit_entry WHERE action = 'passkey_copied'"
                       " AND subject_key = %s", [str(rows_of(person).get().pk)])  # fmt: skip
        assert cursor.fetchall() == [("蓝钥匙",)]


JUNK = ["x", "{}", "[]", "null", "[" * 4000, '{"id":1}', "\x00", "{\"id\":\"é\"}",
        json.dumps({"id": "aa", "rawId": "aa", "type": "public-key", "response": {}}),
        json.dumps({"id": "aa", "rawId": "aa", "type": "public-key", "response": {
            "clientDataJSON": "e30", "authenticatorData": "AA", "signature": "AA", "userHandle": 5}})]  # fmt: skip


@pytest.mark.parametrize("junk", JUNK, ids=range(len(JUNK)))
def test_what_is_no_answer_is_refused_like_a_wrong_one(person, junk):
    client = site.browser()
    asked(client)
    answer = arrive(client, person, junk)
    assert answer.status_code == 200
    assert client.get("/profile/").status_code == 302


def test_every_cut_or_bent_answer_is_refused(person):
    from yifen.core.access import tries

    key = enrolled(person)
    for part in ("authenticatorData", "clientDataJSON", "signature"):
        client = site.browser()
        answer = json.loads(key.answer(asked(client)))
        data = bytearray(data_of(answer["response"][part]))
        for bent in (data[:-1], data[:5], b"", bytes([data[0] ^ 1]) + data[1:], bytes(data) + b"\0"):
            asked_again = json.loads(key.answer(asked(client)))
            asked_again["response"][part] = text(bytes(bent))
            assert refused(arrive(client, person, json.dumps(asked_again))), (part, bytes(bent))
            tries.unlock(person.login)


def test_questions_at_the_door_are_counted_by_address(place):
    from yifen.core.access import tries

    client = site.browser()
    client.defaults["REMOTE_ADDR"] = "10.44.0.1"
    statuses = [client.post("/passkeys/question/").status_code for _ in range(tries.PASSKEY_TRIES + 1)]
    assert statuses == [200] * tries.PASSKEY_TRIES + [429]


# --- enrolling -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["another origin", "a phisher's name", "another rp id",
                                 "an owner who was not verified", "nobody present"])  # fmt: skip
def test_a_forged_new_passkey_is_not_kept(person, how):
    client, key = site.client_of(person), SoftKey(**FORGED[how])
    answer = client.post("/passkeys/", {"name": "x", "answer": key.make(invitation_of(client))})
    assert "2132" in answer.content.decode()
    assert not rows_of(person).exists()


def test_a_new_passkey_counts_once_in_its_time_and_in_its_session(person):
    client, key = site.client_of(person), SoftKey()
    made = key.make(invitation_of(client))
    assert client.post("/passkeys/", {"name": "x", "answer": made}).status_code == 302
    assert "2132" in client.post("/passkeys/", {"name": "y", "answer": made}).content.decode()
    late = SoftKey().make(invitation_of(client))
    session = client.session
    session["passkey_enrol"] = [session["passkey_enrol"][0], session["passkey_enrol"][1] - 301]
    session.save()
    assert "2132" in client.post("/passkeys/", {"name": "z", "answer": late}).content.decode()
    for junk in JUNK:
        invitation_of(client)
        assert client.post("/passkeys/", {"name": "j", "answer": junk}).status_code == 200
    assert rows_of(person).count() == 1


def test_one_credential_is_one_persons(place, person):
    other = site.user(f"{person.login}x", place.own.county, "supervisor")
    key = enrolled(person)
    client = site.client_of(other)
    answer = client.post("/passkeys/", {"name": "x", "answer": key.make(invitation_of(client))})
    assert "2132" in answer.content.decode()
    assert not rows_of(other).exists()


def test_nobody_removes_somebody_elses(place, person):
    other = site.user(f"{person.login}x", place.own.county, "supervisor")
    enrolled(person)
    number = rows_of(person).get().pk
    assert site.client_of(other).post(f"/passkeys/{number}/remove/").status_code == 404
    assert rows_of(person).count() == 1


def test_a_session_whose_proof_is_gone_ends(person):
    key, client = enrolled(person), site.browser()
    arrive(client, person, key.answer(asked(client)))
    rows_of(person).delete()
    assert client.get("/profile/")["Location"] == "/enrol/"
    assert client.get("/enrol/")["Location"] == "/home/"
    assert client.get("/home/")["Location"].startswith("/sign-in/")


def test_a_reset_takes_passkeys_away(place, person):
    from yifen.core.access import people
    from yifen.core.access.edge import now
    from yifen.core.access.operations import first_password

    enrolled(person)
    admins = [site.user(f"{person.login}{end}", place.own.county, "institution_admin") for end in "yz"]
    asked_for = people.propose_reset(site.access(admins[0]), person, first_password(), now(), "换手机")
    assert rows_of(person).exists()
    site.agree(admins[1], asked_for, now())
    assert not rows_of(person).exists()


@pytest.mark.parametrize(
    ("address", "may"),
    [("http://localhost:8461", True), ("https://pay.example.cn", True), ("https://10.0.0.1", False),
     ("http://127.0.0.1:8461", False), ("http://pay.example.cn", False), ("https://[::1]", False)],
)  # fmt: skip
def test_passkeys_are_offered_where_browsers_know_them(address, may):
    from yifen.core.access.passkeys import possible

    with override_settings(YIFEN_WEB_ORIGIN=address):
        assert possible() is may
        assert ("data-passkey-ask" in site.browser().get("/sign-in/").content.decode()) is may
