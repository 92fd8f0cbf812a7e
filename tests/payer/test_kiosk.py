"""The machine in the hall: language first, huge keys, nobody's history, and back by itself."""

import pytest

from tests.payer.phone import Phone, text_of
from tests.payer.rows import order, owe
from tests.web.province import Province


@pytest.fixture
def kiosk() -> Phone:
    machine = Phone(kiosk=True, agent="Mozilla/5.0 (X11; Linux x86_64) Chrome/130")
    machine.get("/")
    return machine


def test_it_asks_for_the_language_first(kiosk: Phone):
    page = kiosk.get("/")
    assert {"中文", "English"} <= set(text_of(page).split())
    answer = kiosk.client.post("/language/", {"language": "en", "next": "/kiosk/home/"})
    assert answer["Location"] == "/kiosk/home/"
    assert "Pay a bill" in text_of(kiosk.get("/home/"))


def test_a_person_pays_by_the_code_on_the_screen(place: Province, kiosk: Phone):
    account_no, ref = owe(place)
    order_no = kiosk.start(place.own.biller_code, account_no, ref)
    page = kiosk.get(f"/order/{order_no}/")
    assert "请用手机扫码付款" in text_of(page)
    assert b'<svg xmlns="http://www.w3.org/2000/svg"' in page.content
    kiosk.at_cashier(order_no, "pay")
    kiosk.look(order_no)
    assert "缴费成功" in kiosk.page(order_no)
    assert (order(order_no).state, order(order_no).device) == ("booked", "screen")


@pytest.mark.parametrize("path", ["/home/", "/q/{biller}/", "/q/{biller}/{account}"])
def test_every_page_goes_back_by_itself_and_has_no_history(place: Province, kiosk: Phone, path):
    account_no, _ = owe(place)
    page = kiosk.get(path.format(biller=place.own.biller_code, account=account_no))
    html = page.content.decode()
    assert 'data-idle-s="60" data-idle-url="/kiosk/"' in html
    assert not any(href in html for href in ("/history/", "/mine/", "/bind/", "/poster/"))
    assert 'href="/q/' not in html


def test_there_are_keys_on_the_screen(place: Province, kiosk: Phone):
    html = kiosk.get(f"/q/{place.own.biller_code}/").content.decode()
    assert [html.count(f'data-type="{key}"') for key in "0123456789AZ-"] == [1] * 13
    assert 'data-pad="account_no"' in html


def test_the_next_person_does_not_meet_the_last_one_s_account(place: Province, kiosk: Phone):
    account_no, ref = owe(place)
    first = kiosk.start(place.own.biller_code, account_no, ref)
    assert account_no not in text_of(kiosk.get("/home/"))
    assert account_no not in kiosk.get(f"/q/{place.own.biller_code}/").content.decode()
    kiosk.get("/")  # the idle reset
    second = kiosk.start(place.own.biller_code, account_no, ref)
    assert first != second


def test_the_kiosk_knows_no_holder(place: Province, kiosk: Phone):
    account_no, ref = owe(place)
    order_no = kiosk.start(place.own.biller_code, account_no, ref)
    assert order(order_no).holder_id is None
