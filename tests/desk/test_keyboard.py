"""A teller's day by keyboard alone, in a real browser: no mouse, no address typed but the first."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser import people
from tests.browser.conftest import browser as browser
from tests.browser.conftest import new_page as new_page
from tests.browser.conftest import place as place
from tests.sampling import sampled
from yifen.core.facts.capitals import capitals
from yifen.core.facts.money import MAX_FEN

ASKED = {
    "4623": ["account_no"], "4600": ["account_no"], "4625": ["number"], "4626": ["number"], "4630": ["number"],
    "4640": ["opening"], "4650": ["text"], "4627": ["what", "number"], "4628": ["unit", "number", "means"],
    "4629": ["number"], "1078": ["unit", "month"],
}  # fmt: skip
"""The first screen of a code: its fields, in the order of the union's own."""
PAYMENTS = "SELECT amount_fen FROM payment WHERE channel_id = (SELECT id FROM partner WHERE code = 'DESK')"
Press = Callable[..., None]
HELD = """if (sessionStorage.held) {
    const real = setTimeout;
    window.setTimeout = (work, ms, ...more) => ms === 500 ? void (window.later = work) : real(work, ms, ...more);
}"""
"""The moment in which a confirmation rests lasts until `later()`."""


@pytest.fixture(scope="module")
def page(place: Any, browser: Any) -> Any:
    """The teller, signed in, at the menu. A page of the module's: a day goes on."""
    context = browser.new_context(base_url=place.url, viewport={"width": 1366, "height": 768},
                                  locale="zh-CN")  # fmt: skip
    faults: list[str] = []
    context.add_init_script("window.print = () => { top.printed = (top.printed ?? 0) + 1; };")  # headless prints not
    page = context.new_page()
    page.on("pageerror", lambda error: faults.append(str(error)))
    people.sign_in(place, page, place.province.own.teller.login)
    page.goto("/desk/")
    yield page
    context.close()
    assert faults == []


def keys(page: Page, *pressed: str) -> None:
    """Each a key's name, or digits to type."""
    for one in pressed:
        if one.isdigit() or "." in one:
            page.keyboard.type(one)
        else:
            page.keyboard.press(one)


def to(page: Page, path: str) -> None:
    expect(page).to_have_url(re.compile(path))


def paid(place: Any) -> list[int]:
    return [fen for (fen,) in place.rows(PAYMENTS + " ORDER BY payment_id")]


def leave(page: Page) -> None:
    keys(page, "Escape")
    to(page, "/desk/$")
    expect(page.locator("#code")).to_be_focused()


def to_bills(page: Page, account_no: str) -> None:
    """From the menu or a result, by 4623."""
    keys(page, "4623", "Enter")
    to(page, "/desk/4623/$")
    expect(page.locator("[name=account_no]")).to_be_focused()
    keys(page, account_no, "Enter")
    expect(page.locator("[data-bill]").first).to_be_visible()


def test_the_day_begins_at_the_code_box(page: Page):
    expect(page.locator("#code")).to_be_focused()
    keys(page, "9999", "Enter")
    expect(page.locator("#code_error")).to_contain_text("3101")
    expect(page.locator("#code")).to_be_focused()
    keys(page, "4623", "Enter")  # what was typed before is replaced
    expect(page.locator("main")).to_contain_text("3103")
    keys(page, "Enter")
    to(page, "/desk/4640/")
    keys(page, "0", "F5")
    to(page, "/desk/$")
    expect(page.locator("main")).to_contain_text("已开班")


def fields(page: Page) -> list[str]:
    """What is to be filled in, in its order."""
    found = page.locator("main form :is(input, select, textarea)[name]:visible").evaluate_all(
        "rows => rows.map(row => row.name)")  # fmt: skip
    return [name for name in found if name != "code"]


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_code_of_the_menu_opens_by_typing_it_and_escape_leaves(page: Page, language: str):
    """Its fields in the order in which the union's own screens ask; a run of everything has a twelfth of them in
    Chinese and another in English."""
    address = page.url.split("/desk/")[0]
    page.context.add_cookies([{"name": "django_language", "value": language, "url": address}])
    page.goto("/desk/")
    codes = page.locator(".desk-menu-item .mono").all_inner_texts()
    assert set(codes) >= set(ASKED)
    for code in sampled(codes if language == "zh-hans" else [*codes[6:], *codes[:6]], 12):
        title = page.locator(f".desk-menu-item[href='/desk/{code}/'] span").last.inner_text()
        keys(page, code, "Enter")
        to(page, f"/desk/{code}/$")
        expect(page.locator("h1")).to_contain_text(title)
        assert (title.isascii(), fields(page)) == (language == "en", ASKED.get(code, fields(page))), code
        leave(page)
    page.context.clear_cookies(name="django_language")
    page.goto("/desk/")


def test_one_customer_from_code_to_change_and_the_next(page: Page, place: Any):
    account = place.province.own.account_no
    to_bills(page, account)
    tendered = page.locator("[name=tendered]")
    expect(tendered).to_be_focused()
    expect(page.locator("#total")).to_have_text("580.23")
    keys(page, "ArrowUp", "ArrowUp", "ArrowUp", "ArrowUp")
    expect(page.locator("[name=take_1]")).to_be_focused()
    keys(page, "Space")
    expect(page.locator("#total")).to_have_text("234.56")
    expect(page.locator("#capital")).to_have_text("人民币贰佰叁拾肆元伍角陆分")
    keys(page, "Enter", "ArrowDown", "Enter", "Enter")
    expect(tendered).to_be_focused()
    keys(page, "300")
    expect(page.locator("#change")).to_have_text("65.44")
    page.add_init_script(HELD)
    page.evaluate("sessionStorage.held = 1")
    keys(page, "Enter")
    to(page, r"/desk/entry/\d+/$")
    expect(page.locator("main")).to_contain_text("人民币贰佰叁拾肆元伍角陆分")
    expect(page.locator("#too-soon")).to_be_hidden()
    keys(page, "F5")  # too early: said, and nothing is done
    expect(page.locator("#too-soon")).to_be_visible()
    assert paid(place) == []
    page.evaluate("sessionStorage.removeItem('held'); later()")
    calm(page)
    keys(page, "F5")
    expect(page.locator(".desk-result")).to_contain_text("收款成功")
    expect(page.locator(".desk-change")).to_contain_text("65.44")
    assert paid(place) == [23_456]
    expect(page.locator("#code")).to_be_focused()
    keys(page, "Enter")
    to(page, "/desk/4623/$")
    expect(page.locator("[name=account_no]")).to_be_focused()


def calm(page: Page) -> None:
    """The confirmation rests for a moment when it appears."""
    expect(page.locator("main [data-calm]")).to_have_count(0)


def test_escape_clear_and_help(page: Page):
    keys(page, "12345")
    keys(page, "F8")
    expect(page.locator("[name=account_no]")).to_have_value("")
    expect(page.locator("[name=account_no]")).to_be_focused()
    keys(page, "F1")
    expect(page.locator("#help")).to_be_visible()
    expect(page.locator("#help")).to_contain_text("空格勾选账单")
    keys(page, "Escape")
    expect(page.locator("#help")).to_be_hidden()
    to(page, "/desk/4623/$")
    leave(page)


def test_digits_typed_nowhere_go_to_the_code_box(page: Page):
    page.evaluate("document.activeElement.blur()")
    keys(page, "4650")
    expect(page.locator("#code")).to_have_value("4650")
    keys(page, "Enter")
    to(page, "/desk/4650/")
    leave(page)


def test_how_it_is_paid_is_chosen_by_its_digit_or_from_the_list(page: Page, place: Any):
    to_bills(page, place.province.own.account_no)
    keys(page, "Shift+Tab", "2")
    expect(page.locator("[name=pay_kind]")).to_have_value("personal")
    expect(page.locator("[name=tendered]")).to_be_hidden()
    expect(page.locator("[name=from_account]")).to_be_visible()
    keys(page, "F2")
    page.wait_for_timeout(300)  # the browser's own list, of which the page knows nothing
    keys(page, "ArrowUp", "Enter")
    expect(page.locator("[name=pay_kind]")).to_have_value("cash")
    leave(page)


def test_a_double_enter_pays_once(page: Page, place: Any):
    before = len(paid(place))
    to_bills(page, place.province.own.account_no)
    keys(page, "345.67", "Enter", "Enter")  # the second one meets no confirmation
    to(page, r"/desk/entry/\d+/$")
    calm(page)
    assert len(paid(place)) == before
    keys(page, "Enter", "Enter")
    expect(page.locator(".desk-result, [name=account_no]").first).to_be_visible()
    assert paid(place)[before:] == [34_567]
    leave(page)


def test_a_confirmation_that_has_just_appeared_takes_no_key(page: Page, place: Any):
    before = len(paid(place))
    to_bills(page, place.province.own.account_no)
    keys(page, "10.00", "Enter", "Enter", "10.00", "F5")
    to(page, r"/desk/entry/\d+/$")
    tab = page.context.new_page()
    tab.clock.install()
    tab.clock.pause_at(datetime.now(UTC) + timedelta(hours=1))  # it rests on a slow machine too
    tab.goto(page.url)
    expect(tab.locator("main button[data-calm]")).to_be_focused()
    keys(tab, "Enter", "F5")
    assert len(paid(place)) == before
    tab.clock.run_for(1_000)
    keys(tab, "F5")
    expect(tab.locator(".desk-result")).to_contain_text("收款成功")
    tab.close()
    page.clock.resume()  # the tabs share it
    calm(page)
    keys(page, "F5")  # the first tab still asks to confirm: it is the same payment
    expect(page.locator(".desk-result")).to_contain_text("收款成功")
    assert paid(place)[before:] == [1_000]
    leave(page)


def test_back_and_f5_again_pay_once(page: Page, place: Any):
    before = len(paid(place))
    to_bills(page, place.province.own.account_no)  # only the open bill is left
    expect(page.locator("[name=amount_0]")).to_be_focused()
    keys(page, "20.00", "Enter", "Enter", "20.00", "F5")
    to(page, r"/desk/entry/\d+/$")
    calm(page)
    keys(page, "F5")
    expect(page.locator(".desk-result")).to_contain_text("收款成功")
    page.go_back()  # the page that asked to confirm says what became of it
    to(page, r"/desk/entry/\d+/$")
    expect(page.locator(".desk-result")).to_contain_text("收款成功")
    keys(page, "F5")
    to(page, "/desk/4623/$")
    assert paid(place)[before:] == [2_000]
    page.go_back()
    page.go_back()  # the bills are looked up anew
    to(page, "account_no=")
    keys(page, "F5")
    expect(page.locator(".field-errors").first).to_be_visible()
    assert paid(place)[before:] == [2_000]
    leave(page)


def test_the_sums_on_the_screen_are_the_servers(page: Page):
    amounts = [1, 10, 99, 100, 105, 140_950, 10_000_000_000, 168_032, 10_700_053, 325, 16_409_02,
               1_000_00, 100_000_000_00, 101_000_010_05, MAX_FEN]  # fmt: skip
    script = """async (amounts) => {
        const { capitalsOf } = await import("/static/desk/money.js");
        return amounts.map(capitalsOf);
    }"""
    assert page.evaluate(script, amounts) == [capitals(fen) for fen in amounts]


def test_what_is_typed_is_read_as_the_server_reads_it(page: Page):
    typed = ["1", "１２．３", "1,234.56", "0.05", "-1", "1.234", "1.230", "", "x", "1e3", "1,23", "99999999999999",
             "60,000元", "¥ 100", "人民币5元整"]
    script = """async (typed) => {
        const { fenOf } = await import("/static/desk/money.js");
        return typed.map(fenOf);
    }"""
    assert page.evaluate(script, typed) == [
        100, 1_230, 123_456, 5, None, None, 123, None, None, None, None, None, 6_000_000, 10_000, 500,
    ]  # fmt: skip


def test_a_receipt_is_printed_by_f4_and_the_day_ends_by_counting(page: Page, place: Any):
    page.goto("/desk/")
    keys(page, "F4")
    to(page, "/desk/4630/")
    keys(page, "F5")
    to(page, r"/desk/entry/\d+/$")
    keys(page, "F4")
    expect(page.locator("#sent-to-print")).to_be_visible()
    assert (len(page.context.pages), page.evaluate("window.printed")) == (1, 1)
    expect(page.locator(".desk-result")).to_contain_text("收款成功")
    keys(page, "4641", "Enter")
    to(page, "/desk/4641/")
    expect(page.locator("#nothing-yet")).to_be_hidden()
    keys(page, "F4")
    expect(page.locator("#nothing-yet")).to_be_visible()
    drawer = sum(paid(place))
    for value in (10_000, 5_000, 2_000, 1_000, 500, 100, 50, 10, 5, 2, 1):
        keys(page, str(drawer // value), "ArrowDown")
        drawer %= value
    expect(page.locator("#counted")).to_have_text(f"{sum(paid(place)) / 100:,.2f}")
    keys(page, "F5")
    to(page, r"/desk/shift/\d+/$")
    expect(page.locator(".desk-result")).to_contain_text("已轧账")
    assert place.rows("SELECT difference_fen FROM counter_shift WHERE teller_id ="
                      " (SELECT id FROM access_user WHERE login = %s) ORDER BY id DESC LIMIT 1",
                      place.province.own.teller.login) == [(0,)]  # fmt: skip
