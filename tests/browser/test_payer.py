"""A payer on a phone: pays, loses the network, clicks twice, comes back; always one payment (H11)."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Place

DUE = {"2026-10": "234.56", "2026-11": "345.67"}


@pytest.fixture
def phone(new_page) -> Page:
    return new_page(360, 740, phone=True)


def choose(place: Place, page: Page, bill: str) -> None:
    """From the first page to one bill ticked and the method's page."""
    own = place.province.own
    page.goto("/")
    page.get_by_role("link", name="电费").click()
    if re.search("/c/power/", page.url):
        page.get_by_role("link", name="青溪供电公司").click()
    page.fill("[name=account_no]", own.account_no)
    page.get_by_role("button", name="查询").click()
    for box in page.locator("input[name=payable]").all():
        box.set_checked(box.get_attribute("value") == bill)


def payments(place: Place, bill: str) -> list[tuple[object, ...]]:
    """What stands in the books for this bill."""
    return place.rows(
        "SELECT y.amount_fen, y.payer_state::text FROM payment y"
        " JOIN ledger_transfer t ON t.bucket = y.bucket AND t.reference_id = y.payment_id"
        " JOIN payable p ON p.bucket = t.bucket AND p.payable_id = t.detail_id"
        " WHERE p.ref = %s AND p.biller_id = %s AND t.reverses_no IS NULL",
        bill, place.province.own.biller,
    )  # fmt: skip


def test_a_bill_is_paid_on_a_phone_screen_and_its_receipt_checked(place, phone, new_page):
    choose(place, phone, "2026-10")
    expect(phone.locator("[data-total]")).to_have_text("¥234.56")
    phone.get_by_role("button", name="去缴费").click()
    expect(phone).to_have_url(re.compile("/cashier/"))
    phone.get_by_role("button", name="付款", exact=True).click()
    expect(phone.locator("h1")).to_have_text("缴费成功")
    assert payments(place, "2026-10") == [(23_456, "taken")]
    number = phone.locator("dl.facts div", has_text="回单编号").locator("dd").inner_text()
    stranger = new_page()
    stranger.goto(f"/check/{number}/")
    body = stranger.locator("main").inner_text()
    assert "有效" in body
    assert "234.56" in body
    assert place.province.own.account_no not in body
    assert "小明" not in body
    phone.goto("/history/")
    expect(phone.locator("main")).to_contain_text("234.56")
    assert phone.evaluate("document.documentElement.scrollWidth") <= 360


def test_twice_back_and_a_second_tab_are_one_payment(place, phone):
    choose(place, phone, "2026-11")
    shown = phone.url
    token = phone.locator("[name=token]").input_value()
    second = phone.context.new_page()
    second.goto(shown)
    phone.get_by_role("button", name="去缴费").dblclick()
    expect(phone).to_have_url(re.compile("/cashier/"))
    order = phone.url
    phone.go_back()
    phone.go_back()
    if phone.locator("[name=token]").count() and phone.locator("[name=token]").input_value() == token:
        for box in phone.locator("input[name=payable]").all():
            box.set_checked(box.get_attribute("value") == "2026-11")
        phone.get_by_role("button", name="去缴费").click()
    phone.goto(order)
    phone.get_by_role("button", name="付款", exact=True).click()
    expect(phone.locator("h1")).to_have_text("缴费成功")
    second.locator("input[value='2026-11']").set_checked(True)
    second.get_by_role("button", name="去缴费").click()
    expect(second.locator("main")).to_contain_text(re.compile("50\\d\\d|51\\d\\d|没有要缴"))
    assert payments(place, "2026-11") == [(34_567, "taken")]


def test_a_lost_network_in_mid_payment_is_found_again(place, phone):
    own = place.province.own
    phone.goto(f"/q/{own.biller_code}/{own.account_no}")
    for box in phone.locator("input[name=payable]").all():
        box.set_checked(box.get_attribute("value") == "TOPUP")
    phone.locator("[data-amount]").last.fill("77.07")
    phone.get_by_role("button", name="去缴费").click()
    expect(phone).to_have_url(re.compile("/cashier/"))
    order = phone.url.rstrip("/").rpartition("/")[2]
    phone.route("**/order/**", lambda route: route.abort())  # the way back is lost
    phone.get_by_role("button", name="付款", exact=True).click()
    phone.wait_for_timeout(500)
    phone.unroute("**/order/**")
    phone.goto(f"/order/{order}/")
    expect(phone.locator("h1")).to_have_text("缴费成功")
    assert place.rows("SELECT count(*)::int FROM payment WHERE serial = %s", order) == [(1,)]


def test_a_kiosk_asks_the_language_first_and_forgets(place, new_page):
    page = new_page(1080, 1920)
    page.goto("/kiosk/")
    expect(page.get_by_role("button", name="English").or_(page.get_by_role("link", name="English"))
           .first).to_be_visible()  # fmt: skip
    page.get_by_text("English").first.click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    assert page.locator("body").get_attribute("data-idle-s") is not None
