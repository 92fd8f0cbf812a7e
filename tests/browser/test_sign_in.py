"""Arriving, as a person does it: first password, second factor, recovery code, lock."""

import re
from base64 import b32decode

import pytest
from playwright.sync_api import expect

from tests.browser import people
from tests.web import site


def test_a_new_user_sets_a_password_and_an_authenticator_and_is_in(place, new_page):
    admin = new_page()
    people.sign_in(place, admin, place.province.users["platform_admin"].login)
    admin.goto("/console/users/new/")
    admin.fill("[name=login]", "newcomer")
    admin.fill("[name=name]", "㐂𫖯<script>alert(1)</script>")
    admin.fill("[name=person]", "90001")
    admin.select_option("[name=institution]", str(place.province.own.county))
    admin.check("[name=roles][value=finance]")
    admin.click("main button.button-primary")
    first = admin.locator("main code, main [data-copy]").first.inner_text().strip()
    proposal = admin.locator("main a.button-primary").get_attribute("href")
    checker = new_page()
    people.sign_in(place, checker, "checker96")
    checker.goto(str(proposal))
    checker.click("button[name=word][value=yes]")
    expect(checker.locator("main .badge").first).to_have_text("已同意")

    page = new_page()
    page.goto("/sign-in/")
    people.fill_in(page, "newcomer", first, "")
    expect(page).to_have_url(re.compile("/password/$"))
    page.goto("/console/payments/")
    expect(page).to_have_url(re.compile("/password/$"))
    page.fill("[name=old]", first)
    page.fill("[name=new]", "an-own-passphrase")
    page.fill("[name=again]", "an-own-passphrase")
    page.press("[name=again]", "Enter")
    expect(page).to_have_url(re.compile("/enrol/$"))
    secret = page.locator("main code").first.inner_text().replace(" ", "")
    key = b32decode(secret + "=" * (-len(secret) % 8)).hex()
    page.fill("[name=code]", "000000")
    page.press("[name=code]", "Enter")
    expect(page.locator("main")).to_contain_text("2110")
    page.fill("[name=code]", people.digits(key))
    page.press("[name=code]", "Enter")
    codes = page.locator(".codes code").all_inner_texts()
    assert len(codes) == 8
    page.goto("/profile/")
    expect(page.locator("h1")).to_have_text("㐂𫖯<script>alert(1)</script>")

    other = new_page()
    other.goto("/sign-in/")
    people.fill_in(other, "newcomer", "an-own-passphrase", codes[0])
    other.goto("/profile/")
    expect(other.locator("h1")).to_contain_text("㐂𫖯")
    page.goto("/profile/")  # the first session ended with the second's beginning
    expect(page).to_have_url(re.compile("/sign-in/"))
    expect(page.locator("body")).to_contain_text("账号已在别处登录")


def test_five_wrong_codes_lock_and_nothing_tells_which_field_was_wrong(place, new_page):
    page = new_page()
    login = place.province.foreign.teller.login
    said = set()
    for _ in range(5):
        page.goto("/sign-in/")
        people.fill_in(page, login, site.PASSWORD, "000000")
        said.add(page.locator("main form").inner_text())
    page.goto("/sign-in/")
    people.fill_in(page, login, site.PASSWORD, people.digits(people.key_of(place, login)))
    said.add(page.locator("main form").inner_text())
    page.goto("/sign-in/")
    people.fill_in(page, "nobody-at-all", "whatever-password", "123456")
    said.add(page.locator("main form").inner_text())
    assert len(said) == 1
    assert "2101" in said.pop()


def test_the_language_is_chinese_until_the_reader_says_english(place, new_page):
    page = new_page()
    page.goto("/sign-in/")
    expect(page.locator("h1")).to_have_text("登录")
    page.get_by_role("button", name="English").click()
    expect(page.locator("h1")).to_have_text("Sign in")
    expect(page.locator("html")).to_have_attribute("lang", "en")


@pytest.mark.parametrize(
    ("role", "path"),
    [
        ("platform_admin", "/console/audit/"), ("institution_admin", "/console/settings/"),
        ("teller", "/console/users/"), ("supervisor", "/desk/"), ("finance", "/console/users/new/"),
        ("biller_staff", "/console/accounts/"), ("developer", "/console/outages/"),
        ("auditor", "/console/partners/new/"),
    ],
)  # fmt: skip
def test_what_a_role_may_not_is_refused_with_a_number_and_not_in_the_menu(
    place, new_page, role, path
):
    page = new_page()
    people.sign_in(place, page, place.province.users[role].login)
    answer = page.goto(path)
    assert answer is not None
    assert answer.status == 403
    expect(page.locator("main")).to_contain_text("2102")
    page.goto("/profile/")
    assert page.locator(f"nav a[href='{path}']").count() == 0


def test_a_slash_and_a_number_lead_to_the_thing_and_the_menu_says_what_waits(place, new_page):
    """By the keyboard alone; a slash that is typed into a field is a slash."""
    page, own = new_page(), place.province.own
    people.sign_in(place, page, place.province.users["finance"].login)
    page.goto("/console/today/")
    expect(page.locator("#waits_today")).to_have_text(re.compile("^[1-9]"))
    page.keyboard.press("/")
    page.keyboard.type("1/")
    expect(page.locator("#search")).to_have_value("1/")
    page.keyboard.press("Control+A")
    page.keyboard.type(str(own.payment_id))
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(f"/console/payments/{own.payment_id}/$"))


def test_what_was_typed_stays_when_the_language_changes_but_no_secret(place, new_page):
    page = new_page()
    page.goto("/sign-in/")
    page.fill("[name=username]", "somebody")
    page.fill("[name=password]", "geheim")
    page.fill("[name=code]", "123456")
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("button", name="中文")).to_be_visible()
    page.wait_for_load_state()
    said = [page.input_value(f"[name={name}]") for name in ("username", "password", "code")]
    assert said == ["somebody", "", ""]
    people.sign_in(place, page, place.province.users["platform_admin"].login)
    page.goto("/console/pipes/new/?kind=sftp")
    page.fill("[name=address]", "sftp://yifen@sftp.example.cn/in")
    page.fill("[name=host_key]", "ssh-ed25519 AAAA\nsecond line")
    page.fill("[name=private_key]", "-----BEGIN")
    page.check("[name=wants][value='file.ready']")
    page.select_option("[name=after]", "move")

    def shown() -> list[str]:
        ticked = page.locator("[name=wants]:checked").evaluate_all("them => them.map(one => one.value)")
        names = ("address", "host_key", "private_key", "after")
        return [*(page.input_value(f"[name={name}]") for name in names), *ticked]

    kept = ["sftp://yifen@sftp.example.cn/in", "ssh-ed25519 AAAA\nsecond line", "", "move", "file.ready"]
    page.get_by_role("button", name="中文").click()
    expect(page.locator("h1")).to_have_text("新建推送通道")
    page.wait_for_load_state()
    assert shown() == kept
    page.locator("main button.button-primary").click()  # without a partner: the browser stops it
    page.locator("main form").evaluate("form => { form.noValidate = true; form.requestSubmit(); }")
    expect(page.locator("main [aria-invalid=true]").first).to_be_visible()  # the answer to a POST
    page.wait_for_load_state()  # with its script
    page.get_by_role("button", name="English").click()
    expect(page.locator("h1")).to_have_text("New pipe")
    page.wait_for_load_state()
    assert shown() == kept
    page.goto("/console/pipes/new/?kind=sftp")  # and nothing is left of it for the next page
    assert shown() == ["", "", "", "leave"]
    assert page.evaluate("sessionStorage.getItem('yifen.typed')") is None
