"""Sign-in: three things at once, one answer to every failure, five of them lock."""

import pytest

from tests.web import site
from tests.web.province import Province

FAILED = "2101"


@pytest.fixture
def teller(place: Province, request: pytest.FixtureRequest):
    return site.user(f"t{abs(hash(request.node.name)) % 10**8}", place.own.county, "finance")


def try_sign_in(client, name: str, password: str, code: str):
    return client.post("/sign-in/", {"username": name, "password": password, "code": code})


def test_the_right_three_let_in(teller):
    client = site.browser()
    answer = try_sign_in(client, teller.login, site.PASSWORD, site.code_of(teller))
    assert (answer.status_code, answer["Location"]) == (302, "/home/")
    assert client.get("/profile/").status_code == 200


@pytest.mark.parametrize("wrong", ["name", "password", "code", "no code", "nothing"])
def test_every_failure_reads_the_same(teller, wrong):
    name, password, code = teller.login, site.PASSWORD, site.code_of(teller)
    given = {
        "name": ("nobody", password, code),
        "password": (name, "wrong-password-1", code),
        "code": (name, password, f"{(int(code) + 1) % 10**6:06d}"),
        "no code": (name, password, ""),
        "nothing": ("nobody", "wrong-password-1", "000000"),
    }[wrong]
    answer = try_sign_in(site.browser(), *given)
    assert answer.status_code == 200
    text = answer.content.decode()
    assert text.count(FAILED) == 1
    assert text.count("账号、密码或动态码有误，或账号已锁定") == 1


@pytest.mark.parametrize("wrong", ["password", "code"])
def test_five_failures_lock_and_the_right_three_no_longer_help(teller, wrong):
    client = site.browser()
    for _ in range(5):
        password = "wrong-password-1" if wrong == "password" else site.PASSWORD
        try_sign_in(client, teller.login, password, "000000")
    answer = try_sign_in(client, teller.login, site.PASSWORD, site.code_of(teller))
    assert FAILED in answer.content.decode()
    assert client.get("/profile/").status_code == 302


def test_an_administrator_unlocks(place, teller):
    from yifen.core.access.edge import Access
    from yifen.core.access.operations import unlock

    for _ in range(5):
        try_sign_in(site.browser(), teller.login, "wrong-password-1", "000000")
    unlock(Access(place.own.user), teller)
    answer = try_sign_in(site.browser(), teller.login, site.PASSWORD, site.code_of(teller))
    assert answer.status_code == 302


def test_a_second_sign_in_ends_the_first(teller):
    first, second = site.client_of(teller), site.client_of(teller)
    assert second.get("/profile/").status_code == 200
    answer = first.get("/profile/")
    assert (answer.status_code, answer["Location"]) == (302, "/sign-in/?next=%2Fprofile%2F")


def test_without_a_click_for_fifteen_minutes_the_session_ends(teller):
    client = site.client_of(teller)
    session = client.session
    session["seen"] -= 901
    session.save()
    assert client.get("/profile/").status_code == 302


def test_after_twelve_hours_the_session_ends(teller):
    client = site.client_of(teller)
    session = client.session
    session["began"] -= 12 * 3600 + 1
    session.save()
    assert client.get("/profile/").status_code == 302


def test_a_page_that_refreshes_itself_is_no_click(teller):
    client = site.client_of(teller)
    session = client.session
    session["seen"] -= 600
    session.save()
    seen = session["seen"]
    client.get("/profile/", headers={"X-Yifen-Poll": "1"})
    assert client.session["seen"] == seen
    client.get("/profile/")
    assert client.session["seen"] > seen


def test_the_code_is_not_called_optional(place: Province):
    page = site.browser().get("/sign-in/").content.decode()
    assert "动态码" in page
    assert "选填" not in page
