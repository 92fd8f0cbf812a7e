"""Passkeys in a real browser, whose own virtual authenticator answers; and confirming that it is you."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser import people
from tests.browser.conftest import Place, chromium, served
from tests.conftest import NewProvince
from tests.web import site

KEY = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True,
       "hasUserVerification": True, "isUserVerified": True, "automaticPresenceSimulation": True}  # fmt: skip


@pytest.fixture(scope="module")
def place(new_province: NewProvince) -> Iterator[Place]:
    """Under a name: browsers know no passkeys of an address."""
    if chromium() is None:
        pytest.skip("no Chromium here")
    with served(new_province, "localhost") as place:
        yield place


class Device:
    """The authenticator of one page, as DevTools has it."""

    def __init__(self, page: Page, **more: Any) -> None:
        self.session = page.context.new_cdp_session(page)
        self.session.send("WebAuthn.enable")
        made = self.session.send("WebAuthn.addVirtualAuthenticator", {"options": KEY | more})
        self.number = {"authenticatorId": made["authenticatorId"]}

    def credentials(self) -> list[dict[str, Any]]:
        return self.session.send("WebAuthn.getCredentials", self.number)["credentials"]

    def verified(self, yes: bool) -> None:
        """Does it know its owner when it asks him?"""
        self.session.send("WebAuthn.setUserVerified", self.number | {"isUserVerified": yes})


def sign_in_by_passkey(page: Page, login: str) -> None:
    page.goto("/sign-in/")
    page.fill("[name=username]", login)
    page.fill("[name=password]", site.PASSWORD)
    page.click("[data-passkey-ask]")


def test_enrol_sign_in_confirm_and_remove(place: Place, new_page):
    admin = place.province.users["platform_admin"]
    page = new_page()
    device = Device(page)
    people.sign_in(place, page, admin.login)
    page.goto("/passkeys/")
    page.get_by_role("button", name="添加", exact=True).click()
    page.fill("[name=name]", "办公桌电脑")
    page.click("[data-passkey-make]")
    expect(page.locator("main")).to_contain_text("通行密钥已添加")
    expect(page.locator("tbody")).to_contain_text("办公桌电脑")
    (kept,) = device.credentials()
    assert (kept["rpId"], kept["signCount"]) == ("localhost", 1)

    page.get_by_role("button", name="退出").first.click()
    expect(page).to_have_url(re.compile("/sign-in/"))
    sign_in_by_passkey(page, admin.login)
    expect(page).to_have_url(re.compile("/console/"))
    assert device.credentials()[0]["signCount"] == 2
    rows = "SELECT p.sign_count FROM access_passkey p JOIN access_user u ON u.id = p.user_id WHERE login = %s"
    assert place.rows(rows, admin.login) == [(2,)]

    stale(place)
    page.goto(f"/console/users/{place.province.foreign.teller.pk}/")
    page.click("[data-opens=reset_dialog]")
    page.fill("#reset_dialog [name=reason]", "换手机")
    page.click("#reset_dialog button[value=reset]")
    expect(page.locator("h1")).to_have_text("确认是您本人")
    expect(page.locator("main")).to_contain_text("2131")
    page.fill("[name=confirm-password]", site.PASSWORD)
    page.click("[data-passkey-ask]")
    expect(page.locator("main code").first).to_be_visible()  # the first password: it was done
    assert device.credentials()[0]["signCount"] == 3

    page.goto("/passkeys/")
    page.get_by_role("button", name="移除").click()
    expect(page.locator("main")).to_contain_text("还没有通行密钥")
    assert place.rows(rows, admin.login) == []


def stale(place: Place) -> None:
    """Every session's proof is older than five minutes: the browser's clock cannot be turned, so the
    database is told what it would say then."""
    import psycopg

    from yifen.core.access.sessions import SessionStore

    with psycopg.connect(place.province.database.super_url, autocommit=True) as conn:
        for key, data in conn.execute("SELECT session_key, session_data FROM django_session").fetchall():
            store = SessionStore()
            told = store.encode(store.decode(data) | {"proved": 0})
            conn.execute("UPDATE django_session SET session_data = %s WHERE session_key = %s", [told, key])


def test_what_was_typed_survives_the_question(place: Place, new_page):
    admin = place.province.users["institution_admin"]
    page = new_page(390, 844, phone=True)
    people.sign_in(place, page, admin.login)
    page.goto("/console/users/new/")
    stale(place)
    page.fill("[name=login]", "kept.one")
    page.fill("[name=name]", "张<三>\"")
    page.fill("[name=person]", "K1")
    page.select_option("[name=institution]", str(place.province.own.branch))
    page.check("[name=roles][value=teller]")
    page.click("main button.button-primary")
    expect(page.locator("h1")).to_have_text("确认是您本人")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.fill("[name=confirm-password]", site.PASSWORD)
    page.fill("[name=confirm-code]", people.digits(people.key_of(place, admin.login)))
    page.click("main button.button-primary")
    expect(page.locator("main code").first).to_be_visible()
    asked = "SELECT content->'rows'->'access_user'->>'name' FROM access_authorisation WHERE subject_key = %s"
    assert place.rows(asked, "kept.one") == [("张<三>\"",)]


@pytest.mark.parametrize("why", ["of nobody here", "owner not known"])
def test_a_device_that_cannot_answer_is_told_and_the_digits_still_work(place: Place, new_page, why):
    boss = place.province.users["supervisor"]
    page = new_page()
    device = Device(page)
    if why == "owner not known":
        people.sign_in(place, page, boss.login)
        page.goto("/passkeys/")
        page.get_by_role("button", name="添加", exact=True).click()
        page.fill("[name=name]", "x")
        page.click("[data-passkey-make]")
        expect(page.locator("main")).to_contain_text("通行密钥已添加")
        page.get_by_role("button", name="退出").first.click()
        device.verified(False)
    page.context.set_default_timeout(90_000)
    sign_in_by_passkey(page, boss.login)
    expect(page.locator("[data-passkey-failed]")).to_be_visible(timeout=90_000)
    expect(page).to_have_url(re.compile("/sign-in/"))
    page.fill("[name=code]", people.digits(people.key_of(place, boss.login)))
    page.press("[name=code]", "Enter")
    expect(page).to_have_url(re.compile("/console/"))


def test_a_teller_is_not_offered_passkeys(place: Place, new_page):
    page = new_page()
    people.sign_in(place, page, place.province.users["teller"].login)
    page.goto("/profile/")
    assert page.locator("a[href='/passkeys/']").count() == 0
    answer = page.goto("/passkeys/")
    assert answer is not None
    assert answer.status == 403
