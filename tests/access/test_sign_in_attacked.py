"""Sign-in under attack: nothing typed is kept, no lock is walked round, no half-open door."""

import re
from datetime import UTC, datetime, timedelta
from statistics import median
from time import perf_counter

import pytest
from django.test import Client

from tests.sampling import sampled
from tests.web import site
from yifen.core.access.hashers import Argon2Proof
from yifen.core.facts.codes import Code
from yifen.core.facts.refused import Refused

WRONG = "wrong-password-1"


@pytest.fixture
def person(place, request):
    login = f"s{abs(hash(request.node.name)) % 10**9}"
    return site.user(login, place.own.branch, "supervisor")


@pytest.fixture
def newcomer(place, request):
    """Somebody with a first password and no second factor."""
    from yifen.core.access.models import Authenticator

    user = site.user(f"n{abs(hash(request.node.name)) % 10**9}", place.own.branch, "finance")
    Authenticator.objects.filter(user=user).delete()
    user.must_change_password = True
    user.save(update_fields=["must_change_password"])
    return user


def try_in(client, name, password, code="000000", **headers):
    return client.post(
        "/sign-in/", {"username": name, "password": password, "code": code}, headers=headers
    )


def attempts():
    from yifen.core.access.models import Tries

    return Tries.objects


# --- what is kept of a failure ------------------------------------------------------------------


def test_nothing_that_was_typed_is_kept_of_a_failed_try(place, person):
    from yifen.core.access.signin import check_person

    try_in(site.browser(), person.login, site.PASSWORD, "abcdefgh")
    client = site.client_of(place.own.teller)
    request = client.post("/desk/4625/", {"supervisor_password": site.PASSWORD}).wsgi_request
    with pytest.raises(Refused):
        check_person(request, person.login, site.PASSWORD, "hgfedcba")
    kept = " ".join(map(str, attempts().filter(login=person.login).values_list()))
    assert attempts().filter(login=person.login).count() == 2  # at the door, and at the teller's
    for typed in (site.PASSWORD, "abcdefgh", "hgfedcba"):
        assert typed not in kept


def test_tries_while_locked_are_not_piled_up(person):
    for _ in range(8):
        try_in(site.browser(), person.login, WRONG)
    assert attempts().get(login=person.login).tries == 5


# --- one lock, however the login is written, wherever the tries come from ----------------------


def test_five_failures_lock_from_whatever_address_and_program(person):
    from yifen.core.access.tries import is_locked

    for number in range(5):
        client = Client(SERVER_NAME="127.0.0.1", REMOTE_ADDR=f"10.0.0.{number}")
        try_in(client, person.login, WRONG, **{"User-Agent": f"agent {number}"})
    assert is_locked(person.login)
    answer = try_in(site.browser(), person.login, site.PASSWORD, site.code_of(person))
    assert "2101" in answer.content.decode()


def test_a_lock_is_over_after_half_an_hour(person):
    from yifen.core.access.tries import is_locked

    for _ in range(5):
        try_in(site.browser(), person.login, WRONG)
    over = datetime.now(UTC) - timedelta(minutes=31)
    attempts().filter(login=person.login).update(since=over)
    assert not is_locked(person.login)
    answer = try_in(site.browser(), person.login, site.PASSWORD, site.code_of(person))
    assert answer.status_code == 302


@pytest.mark.parametrize("spell", [str.upper, str.title, lambda name: f"  {name}\t"])
def test_another_spelling_of_a_login_is_the_same_login(place, spell):
    login = f"spelt{abs(hash(spell)) % 10**8}"
    user = site.user(login, place.own.branch, "finance")
    for _ in range(5):
        try_in(site.browser(), spell(login), WRONG)
    answer = try_in(site.browser(), login, site.PASSWORD, site.code_of(user))
    assert "2101" in answer.content.decode()


@pytest.mark.parametrize("name", ["ſupervisor9", "supervısor9"])
def test_a_letter_that_only_looks_alike_in_capitals_is_another_login(place, name):
    """PostgreSQL's upper() makes S of ſ and I of ı in many locales; each spelling would have five
    tries of its own."""
    from yifen.core.access.models import User

    if not User.objects.filter(login="supervisor9").exists():
        site.user("supervisor9", place.own.branch, "finance")
    with pytest.raises(User.DoesNotExist):
        User.objects.get_by_natural_key(name)
    assert User.objects.get_by_natural_key("SUPERVISOR9").login == "supervisor9"


def test_one_address_cannot_try_one_password_on_everybody(place, person):
    client = Client(SERVER_NAME="127.0.0.1", REMOTE_ADDR="10.9.9.9")
    for number in range(100):
        try_in(client, f"nobody{number}", WRONG)
    refused = try_in(client, person.login, site.PASSWORD, site.code_of(person))
    assert "2101" in refused.content.decode()
    elsewhere = Client(SERVER_NAME="127.0.0.1", REMOTE_ADDR="10.9.9.8")
    assert try_in(elsewhere, person.login, site.PASSWORD, site.code_of(person)).status_code == 302


def test_a_locked_login_answers_no_faster(person, monkeypatch):
    monkeypatch.setattr(Argon2Proof, "memory_cost", 100 * 1024)  # as the hub's cost

    def took(name, code="000000"):
        began = perf_counter()
        try_in(site.browser(), name, WRONG, code)
        return perf_counter() - began

    unknown = median(took(f"nobody-{number}") for number in range(5))
    for _ in range(5):
        took(person.login)
    locked = median(took(person.login) for _ in range(5))
    assert locked > unknown / 2


# --- the second factor ---------------------------------------------------------------------------


def test_a_code_works_once(person):
    code = site.code_of(person)
    assert try_in(site.browser(), person.login, site.PASSWORD, code).status_code == 302
    again = try_in(site.browser(), person.login, site.PASSWORD, code)
    assert "2101" in again.content.decode()


def test_a_recovery_code_works_once(person):
    from yifen.core.access.devices import new_codes

    code, other, *_ = new_codes(person)
    assert re.fullmatch("[a-z2-7]{4}(-[a-z2-7]{4}){3}", code)
    for typed in (code, other.upper().replace("-", " ")):
        assert try_in(site.browser(), person.login, site.PASSWORD, typed).status_code == 302
        again = try_in(site.browser(), person.login, site.PASSWORD, typed)
        assert "2101" in again.content.decode()


def test_who_has_a_second_factor_cannot_put_another_in_its_place(person):
    from yifen.core.access.devices import confirm_device
    from yifen.core.access.models import Authenticator

    client = site.client_of(person)
    for send in (client.get, client.post):
        assert send("/enrol/", {"code": "000000"})["Location"] == "/home/"
    with pytest.raises(Refused) as refused:
        confirm_device(person, "000000", datetime.now(UTC))
    assert refused.value.code is Code.PERMISSION_MISSING
    assert Authenticator.objects.filter(user=person).count() == 1


def test_a_secret_that_somebody_saw_in_an_earlier_session_is_never_confirmed(newcomer):
    """Who made the account knows the first password and could look at the QR first."""
    first, second = site.browser(), site.browser()

    def secret(client):
        return re.search("<code>(.+)</code>", client.get("/enrol/").content.decode())[1]

    try_in(first, newcomer.login, site.PASSWORD, "")
    seen = secret(first)
    assert secret(first) == seen
    try_in(second, newcomer.login, site.PASSWORD, "")
    assert secret(second) != seen


# --- between password and second factor ---------------------------------------------------------


def test_who_is_arriving_reaches_nothing_but_password_second_factor_and_the_way_out(newcomer):
    from tests.web.test_doors import routes
    from yifen.core.access.doors import Door

    client = site.browser()
    assert try_in(client, newcomer.login, site.PASSWORD, "").status_code == 302
    arriving = {route.name for route in routes() if route.door is Door.ARRIVING}
    assert arriving == {"sign_out", "enrol", "change_password"}
    for path in ("/home/", "/profile/", "/console/", "/console/users/", "/desk/"):
        for send in (client.get, client.post):
            assert send(path)["Location"] == "/password/", path


def test_a_first_password_does_not_sign_for_anybody(place, person):
    """Who gave it still knows it."""
    from django.test import RequestFactory

    from yifen.core.access.signin import check_person


    person.must_change_password = True
    person.save(update_fields=["must_change_password"])
    request = RequestFactory().post("/", REMOTE_ADDR="127.0.0.1")
    with pytest.raises(Refused) as refused:
        check_person(request, person.login, site.PASSWORD, site.code_of(person))
    assert refused.value.code is Code.AUTHORISATION_INVALID


def test_the_old_password_cannot_be_guessed_at_a_screen_left_open(person):
    client = site.client_of(person)
    form = {"new": "another-phrase-2", "again": "another-phrase-2"}
    for _ in range(5):
        assert "2135" in client.post("/password/", form | {"old": WRONG}).content.decode()
    assert "2101" in client.post("/password/", form | {"old": site.PASSWORD}).content.decode()  # locked
    person.refresh_from_db()
    assert person.check_password(site.PASSWORD)


# --- sessions and requests ------------------------------------------------------------------------


def test_a_session_that_somebody_planted_is_not_the_one_signed_in_with(person):
    client = site.browser()
    session = client.session
    session["planted"] = True
    session.save()
    client.cookies["yifen_session"] = planted = session.session_key
    answer = try_in(client, person.login, site.PASSWORD, site.code_of(person))
    assert answer.status_code == 302
    assert client.cookies["yifen_session"].value != planted
    thief = site.browser()
    thief.cookies["yifen_session"] = planted
    assert thief.get("/profile/").status_code == 302


def test_cookies_are_for_the_server_alone(person):
    client = site.browser()
    client.get("/sign-in/")
    try_in(client, person.login, site.PASSWORD, site.code_of(person))
    for name in ("yifen_session", "csrftoken"):
        cookie = client.cookies[name]
        assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax"), name


def test_every_post_asks_for_the_token_of_its_form(place):
    """Each address says so of itself; a run of everything sends to every eighth of them, and to all that do not ask."""
    from django.urls import reverse

    from tests.web.doors_table import ARGUMENTS
    from tests.web.test_doors import routes

    client = Client(enforce_csrf_checks=True, SERVER_NAME="127.0.0.1")
    client.cookies = site.client_of(place.users["platform_admin"]).cookies
    # Providers' notices and answers, and the one click of a mail program (RFC 8058): each proves itself.
    exempt = ["pay_notice", "reminder_stop", "sms_replies", "mandate_push_ask", "mandate_push_cancel",
              "mandate_push_debit", "mandate_push_read", "court_push", "court_ask", "card_push"]
    all_routes, open_ = list(routes()), []
    assert [route.name for route in all_routes if getattr(route.view, "csrf_exempt", False)] == exempt
    asked = {route.name for route in sampled(all_routes, 8)} | set(exempt)
    for route in all_routes:
        if route.name not in asked:
            continue
        given = ARGUMENTS.get(route.name)
        path = reverse(route.name, kwargs=given(place, place.own) if given else {})
        answer = client.post(path)
        if answer.status_code != 403 or "2112" not in answer.content.decode():
            open_.append((route.name, answer.status_code))
    assert [name for name, _ in open_] == exempt, open_


@pytest.mark.parametrize(
    "target",
    ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)",
     "http://127.0.0.1/home/", "\x00//evil.example", " //evil.example"],
)  # fmt: skip
def test_nobody_is_sent_elsewhere_after_signing_in(person, target):
    from urllib.parse import quote

    answer = site.browser().post(
        f"/sign-in/?next={quote(target)}",
        {"username": person.login, "password": site.PASSWORD, "code": site.code_of(person)},
    )
    assert (answer.status_code, answer["Location"]) == (302, "/home/")
    for path in ("/theme/", "/language/"):
        data = {"theme": "dark", "language": "en", "next": target}
        there = site.browser().post(path, data)["Location"]
        assert there in ("/", "http://127.0.0.1/home/"), there


def test_a_foreign_host_is_not_answered():
    assert site.browser().get("/sign-in/", headers={"Host": "evil.example"}).status_code == 400


@pytest.mark.parametrize(
    ("proxies", "forwarded", "seen"),
    [
        (0, "6.6.6.6", "127.0.0.1"),
        (1, "6.6.6.6", "6.6.6.6"),
        (1, "1.1.1.1, 6.6.6.6", "6.6.6.6"),
        (2, "1.1.1.1, 6.6.6.6", "1.1.1.1"),
        (2, "6.6.6.6", "127.0.0.1"),
        (1, "", "127.0.0.1"),
        (1, "somebody", "127.0.0.1"),
        (1, "6.6.6.6:4444", "127.0.0.1"),
        (1, "2001:DB8::6", "2001:db8::6"),
        (1, "fe80::6%eth0", "fe80::6"),
    ],
)
def test_the_address_is_what_our_own_proxy_saw(settings_of, proxies, forwarded, seen):
    from django.test import RequestFactory

    from yifen.core.access.edge import address

    settings_of(YIFEN_WEB_PROXIES=proxies)
    request = RequestFactory().get("/", headers={"X-Forwarded-For": forwarded})
    assert address(request) == seen


@pytest.fixture
def settings_of(place):
    """Other settings for one test."""
    from django.test import override_settings

    changed = []

    def change(**values):
        changed.append(override_settings(**values))
        changed[-1].enable()

    yield change
    for one in changed:
        one.disable()


# --- what the trail says ---------------------------------------------------------------------------


def trail(since):
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT action, actor, address, subject_key FROM audit_entry"
                       " WHERE entry_no > %s AND action NOT IN ('insert', 'update', 'delete')"
                       " ORDER BY entry_no", [since])  # fmt: skip
        return cursor.fetchall()


def newest():
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT entry_no FROM audit_head")
        return cursor.fetchone()[0]


def test_failures_locks_and_unlocking_stand_in_the_trail(place, person):
    from django.test import RequestFactory

    from yifen.core.access.signin import check_person


    since = newest()
    request = RequestFactory().post("/", REMOTE_ADDR="127.0.0.1")
    with pytest.raises(Refused):
        check_person(request, person.login, WRONG, "000000")
    for _ in range(4):
        try_in(site.browser(), person.login, WRONG)
    admin = place.own.user
    site.client_of(admin).post(f"/console/users/{person.pk}/change/", {"act": "unlock"})
    assert trail(since) == [
        ("signature_failed", "", "", person.login),
        *[("sign_in_failed", "", "127.0.0.1", person.login)] * 4,
        ("locked", "", "127.0.0.1", person.login),
        ("unlocked", admin.login, "127.0.0.1", str(person.pk)),
    ]
