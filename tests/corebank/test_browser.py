"""4623 by a personal card in a real browser: the account, the PIN pad by mouse and by keys, one posting at the core."""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from tests.browser import people
from tests.browser.conftest import browser as browser
from tests.browser.conftest import new_page as new_page
from tests.browser.conftest import place as place
from tests.browser.looking import AXE, faults
from tests.corebank.bench import CARD, TRANSIT
from tests.corebank.core_desk import CoreSide
from tests.settlement.bank_side import Serving

PIN = "135790"


@pytest.fixture(scope="module")
def side(place: Any) -> Iterator[CoreSide]:
    serving = Serving()
    made = CoreSide(place.province, serving)
    yield made
    made.close()
    serving.stop()


def test_a_card_pays_by_the_pin_pad(place: Any, side: CoreSide, new_page: Any):
    teller = place.province.own.teller.login
    page = new_page()
    page.context.add_init_script(AXE)
    people.sign_in(place, page, teller)
    page.goto("/desk/4640/")
    if page.locator("[name=opening]").count():
        page.fill("[name=opening]", "0")  # or what others left: nothing
        page.keyboard.press("F5")
        expect(page.locator("main")).to_contain_text("已开班")
    page.goto("/desk/")
    page.keyboard.type("4623")
    page.keyboard.press("Enter")
    page.keyboard.type(place.province.own.account_no)  # ahead of its page
    page.keyboard.press("Enter")
    expect(page.locator("[data-bill]").first).to_be_visible()
    expect(page.locator("[data-cheque]")).to_be_hidden()
    page.select_option("[name=pay_kind]", "cheque")
    expect(page.locator("[name=cheque_no]")).to_be_visible()
    page.select_option("[name=pay_kind]", "personal")
    expect(page.locator("[name=cheque_no]")).to_be_hidden()
    page.fill("[name=from_account]", CARD)
    page.keyboard.press("F5")
    expect(page).to_have_url(re.compile("/desk/entry/[0-9]+/$"))
    draft = urlsplit(page.url).path
    assert faults(page, draft, colours=True) == []
    page.set_viewport_size({"width": 1366, "height": 768})
    page.goto(draft)
    pin = page.locator("[name=pin]")
    expect(pin).to_be_focused()
    assert (pin.get_attribute("type"), pin.get_attribute("autocomplete")) == ("password", "off")
    for key in ("9", "clear", "1", "3", "5"):
        page.locator(f"[data-pin-key='{key}']").click()
    expect(pin).to_be_focused()
    page.keyboard.type("790")
    assert pin.input_value() == PIN
    expect(page.locator("[data-pin-count]")).to_have_text("●" * 6)
    assert PIN not in page.locator("main").inner_text()
    pin.fill("999999")
    page.wait_for_timeout(600)
    page.keyboard.press("F4")
    expect(page.locator("#no-paper")).to_be_visible()
    page.keyboard.press("F5")
    expect(page.locator("main")).to_contain_text("8939 密码错误")
    expect(pin).to_be_focused()
    assert (pin.input_value(), urlsplit(page.url).path == draft) == ("", False)
    page.keyboard.type(PIN)
    page.wait_for_timeout(600)
    page.keyboard.press("F5")
    expect(page).to_have_url(re.compile("/desk/entry/[0-9]+/$"))
    expect(page.locator("main")).to_contain_text("收款成功")
    expect(page.locator("main")).to_contain_text("核心记账")
    [(serial, fen)] = place.rows("SELECT serial, amount_fen FROM core_move WHERE state = 'done'")
    assert side.posted(serial) == [(CARD, -fen), (TRANSIT, fen)]
    page.go_back()
    page.wait_for_load_state()
    if page.locator("[name=pin]").count():
        assert page.locator("[name=pin]").input_value() == ""
        page.locator("[name=pin]").fill(PIN)
        page.keyboard.press("F5")
        page.wait_for_load_state()
    assert len(side.posted(serial)) == 2
    assert place.rows("SELECT state, count(*) FROM core_move GROUP BY 1 ORDER BY 1") == [("done", 1), ("refused", 1)]
