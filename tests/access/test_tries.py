"""Tries are counted before the password is looked at: bursts, addresses, devices, memory."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest
from django.test import Client

from tests.web import site
from yifen.core.access.hashers import Argon2Proof
from yifen.core.facts.codes import Code
from yifen.core.facts.refused import Refused

WRONG = "wrong-password-1"


@pytest.fixture
def person(place, request):
    return site.user(f"r{abs(hash(request.node.name)) % 10**9}", place.own.branch, "teller")


def client_at(address="127.0.0.1"):
    return Client(SERVER_NAME="127.0.0.1", REMOTE_ADDR=address)


def attempt(client, name, password=WRONG, code="000000"):
    answer = client.post("/sign-in/", {"username": name, "password": password, "code": code})
    return answer.status_code == 302


def arrive(client, user):
    """The right three; his authenticator's codes are as good as new."""
    from yifen.core.access.models import Authenticator

    Authenticator.objects.filter(user=user).update(last_t=-1, drift=0)
    return attempt(client, user.login, site.PASSWORD, site.code_of(user))


def entries(action, key):
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM audit_entry WHERE action = %s AND subject_key = %s",
                       [action, str(key)])  # fmt: skip
        return cursor.fetchone()[0]


def at_once(count, call):
    """So many threads, each with a connection of its own, let go together."""
    from django.db import connection

    ready = threading.Barrier(count)

    def one(number):
        ready.wait()
        with closing(connection):
            return call(number)

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(one, range(count)))


def test_a_burst_of_48_wrong_passwords_has_five_tries(person, monkeypatch):
    from django.contrib.auth import authenticate

    from yifen.core.access import hashers, signin

    looked = []

    def looking(**given):
        looked.append(given["username"])
        return authenticate(**given)

    monkeypatch.setattr(signin, "authenticate", looking)
    monkeypatch.setattr(hashers, "WAIT_S", 60)
    assert at_once(48, lambda _: attempt(client_at(), person.login)) == [False] * 48
    assert looked == [person.login] * 5
    assert (entries("sign_in_failed", person.login), entries("locked", person.login)) == (5, 1)


def test_a_burst_of_wrong_codes_has_five_tries(person):
    from yifen.core.access import tries

    made = [one for one in at_once(24, lambda _: tries.begin(person.login, "", "")) if one]
    assert sorted(one.last for one in made) == [False] * 4 + [True]


def test_who_succeeds_has_his_try_back_however_many_arrive_at_once(place):
    from yifen.core.access import tries
    from yifen.core.access.models import Tries

    for _ in range(3):
        coming = at_once(20, lambda _: tries.may_come("10.50.0.1"))
        assert coming == [True] * 20
        for made in at_once(20, lambda number: tries.begin(f"many{number}", "", "10.50.0.1")):
            assert made is not None
            tries.succeeded(made)
    assert Tries.objects.get(login="", place="10.50.0.1").tries == 0
    assert not Tries.objects.filter(login__startswith="many").exists()


def test_a_window_begins_anew_when_it_is_over_and_a_lock_lasts_from_the_last_try(place):
    from django.utils import timezone

    from yifen.core.access import tries
    from yifen.core.access.models import Tries

    def age(minutes):
        ago = timezone.now() - timezone.timedelta(minutes=minutes)
        Tries.objects.filter(login="aging").update(since=ago)

    for _ in range(4):
        assert tries.begin("aging", "", "")
    age(29)
    assert tries.begin("aging", "", "").last
    assert tries.begin("aging", "", "") is None
    age(29)
    assert tries.begin("aging", "", "") is None
    age(31)
    assert tries.begin("aging", "", "") == ("aging", "", "", False)


# --- by address -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "counted"),
    [("10.1.2.3", "10.1.2.3"), ("::ffff:10.1.2.3", "10.1.2.3"),
     ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"), ("2001:DB8:1:2::", "2001:db8:1:2::/64"),
     ("2001:db8:1:3::6", "2001:db8:1:3::/64"), ("", ""), ("unix", "unix")],
)  # fmt: skip
def test_of_ipv6_the_64_is_counted(address, counted):
    from yifen.core.access.rules import counted_from

    assert counted_from(address) == counted


def test_one_ipv6_subscriber_is_one_address(person):
    for number in range(100):
        attempt(client_at(f"2001:db8:7:7::{number:x}"), f"nobody{number}")
    assert not arrive(client_at("2001:db8:7:7:ffff::1"), person)
    assert arrive(client_at("2001:db8:7:8::1"), person)


def test_an_address_that_had_its_hundred_costs_no_hash(person, monkeypatch):
    """Else it could keep everybody else from being hashed."""
    for number in range(100):
        attempt(client_at("10.51.0.1"), f"nobody{number}")
    hashed = []
    monkeypatch.setattr(Argon2Proof, "encode", lambda *given: hashed.append(given))
    monkeypatch.setattr(Argon2Proof, "hashed", lambda *given: hashed.append(given))
    assert not arrive(client_at("10.51.0.1"), person)
    assert hashed == []


def test_payers_are_counted_by_the_64_too(place):
    from django.utils import timezone

    from yifen.trades.orders import rates
    from yifen.trades.orders.codes import OrderCode
    from yifen.trades.orders.rates import Limit

    now = timezone.now()
    for number in range(Limit.SMS_ADDRESS.value.most):
        rates.count(Limit.SMS_ADDRESS, f"2001:db8:9:9::{number:x}", now)
    with pytest.raises(Refused) as refused:
        rates.count(Limit.SMS_ADDRESS, "2001:db8:9:9:abcd::1", now)
    assert refused.value.code is OrderCode.TOO_MANY_TRIES
    rates.count(Limit.SMS_ADDRESS, "2001:db8:9:8::1", now)


# --- by device --------------------------------------------------------------------------------------


def test_nobody_locks_a_teller_out_of_his_own_device(place, person):
    """From anywhere, as often as he likes: the teller goes on where he signed in before."""
    from yifen.core.access.edge import Access
    from yifen.core.access.operations import unlock

    own = client_at()
    assert arrive(own, person)
    for number in range(12):
        attempt(client_at(f"10.66.0.{number}"), person.login)
    for _ in range(2):
        own.post("/sign-out/")
        assert arrive(own, person)
    assert not arrive(client_at(), person)  # a device that he never used stays shut
    unlock(Access(place.own.user), person)
    assert arrive(client_at(), person)


def test_success_at_his_device_gives_the_attacker_no_new_tries(person):
    own = client_at()
    assert arrive(own, person)
    for _ in range(5):
        attempt(client_at("10.66.1.1"), person.login)
    assert arrive(own, person)
    assert not arrive(client_at("10.66.1.2"), person)


def test_his_own_device_locks_after_five_too_and_others_do_not(person):
    own, other = client_at(), client_at()
    assert arrive(own, person)
    assert arrive(other, person)
    for _ in range(5):
        attempt(own, person.login)
    assert not arrive(own, person)
    assert arrive(other, person)


def test_a_device_is_known_for_those_who_signed_in_on_it_only(place, person):
    """A colleague's machine, or an attacker's own account, is no place for another login."""
    colleague = site.user(f"{person.login}c", place.own.branch, "teller")
    theirs = client_at()
    assert arrive(theirs, colleague)
    for _ in range(5):
        attempt(client_at(), person.login)
    theirs.post("/sign-out/")
    assert not arrive(theirs, person)


def test_several_tellers_of_one_machine_are_each_known_on_it(place, person):
    colleague = site.user(f"{person.login}c", place.own.branch, "teller")
    machine = client_at()
    for user in (person, colleague):
        assert arrive(machine, user)
        for _ in range(5):
            attempt(client_at(), user.login)
    for user in (person, colleague):
        machine.post("/sign-out/")
        assert arrive(machine, user)


def test_a_cookie_that_is_not_ours_is_an_unknown_device(person):
    own = client_at()
    assert arrive(own, person)
    good = own.cookies["yifen_device"].value
    assert person.login not in good
    attributes = own.cookies["yifen_device"]
    assert (attributes["httponly"], attributes["samesite"]) == (True, "Strict")
    for _ in range(5):
        attempt(client_at(), person.login)
    for bent in (good[:-1] + ("a" if good[-1] != "a" else "b"), good.split(":")[0], "x", ""):
        thief = client_at()
        thief.cookies["yifen_device"] = bent
        assert not arrive(thief, person)


def test_half_a_sign_in_makes_no_known_device(person):
    client = client_at()
    attempt(client, person.login, site.PASSWORD, "000000")
    assert "yifen_device" not in client.cookies


def test_who_signs_at_a_colleagues_screen_is_not_kept_from_it_from_outside(place, person):
    """Nor does whoever sits there have more than five tries."""
    from yifen.core.access.authorise import sign_here

    boss = site.user(f"{person.login}s", place.own.county, "supervisor")
    for number in range(6):
        attempt(client_at(f"10.66.2.{number}"), boss.login)
    client = site.client_of(person)
    request = client.get("/profile/").wsgi_request
    given = (request, person, boss.login, site.PASSWORD)
    assert sign_here(*given, site.code_of(boss), "desk.authorise") == boss
    for _ in range(5):
        with pytest.raises(Refused):
            sign_here(*given, "000000", "desk.authorise")
    with pytest.raises(Refused):
        sign_here(*given, site.code_of(boss), "desk.authorise")


# --- hashing ----------------------------------------------------------------------------------------


def test_two_passwords_are_hashed_at_a_time_and_all_get_their_turn(person, monkeypatch):
    from yifen.core.access import hashers

    running, most = [0], [0]
    lock = threading.Lock()

    def slow(*given, **costs):
        with lock:
            running[0] += 1
            most[0] = max(most[0], running[0])
        time.sleep(0.05)
        with lock:
            running[0] -= 1
        return b"$another$hash"

    monkeypatch.setattr(hashers, "hash_secret", slow)
    at_once(12, lambda _: person.check_password(WRONG))
    assert most == [2]


def test_who_finds_no_place_is_told_to_try_again_and_has_lost_no_try(person, monkeypatch):
    from yifen.core.access import hashers
    from yifen.core.access.models import Tries

    monkeypatch.setattr(hashers, "WAIT_S", 0.01)
    with hashers._place(), hashers._place():
        answer = site.browser().post("/sign-in/", {"username": person.login,
                                                   "password": site.PASSWORD, "code": "1"})  # fmt: skip
        assert "2133 登录请求过多，请稍候再试" in " ".join(answer.content.decode().split())
        with pytest.raises(Refused) as refused:
            person.set_password(WRONG)
    assert refused.value.code is Code.SIGN_IN_BUSY
    assert Tries.objects.get(login=person.login, place="").tries == 0
    assert entries("sign_in_failed", person.login) == 0


def test_what_no_longer_counts_is_forgotten(place):
    from django.utils import timezone

    from yifen.core.access import forgetting, tries
    from yifen.core.access.models import Tries

    for name in ("past", "fresh"):
        tries.begin(name, "", "")
    Tries.objects.filter(login="past").update(since=timezone.now() - timezone.timedelta(hours=1))
    forgetting.forget(lambda: False)
    names = Tries.objects.filter(login__in=("past", "fresh")).values_list("login", flat=True)
    assert list(names) == ["fresh"]
