"""Who only has an order's link (a code that anybody may scan) may pay; he sees no account number and
cancels nothing."""

import io

import pytest
from pypdf import PdfReader

from tests.payer.phone import Phone, text_of
from tests.payer.rows import order, owe
from tests.web.province import Province


@pytest.fixture
def phone() -> Phone:
    return Phone()


@pytest.fixture
def stranger() -> Phone:
    """Another browser, with a number of its own."""
    other = Phone(address="10.9.9.9")
    other.get("/")
    return other


def masked(account_no: str) -> str:
    return "*" * (len(account_no) - 4) + account_no[-4:]


def test_the_page_of_an_open_order_by_its_link(place: Province, phone: Phone, stranger: Phone):
    account_no, ref = owe(place, 12_345)
    order_no = phone.start(place.own.biller_code, account_no, ref)
    own, seen = (one.get(f"/order/{order_no}/").content.decode() for one in (phone, stranger))
    assert account_no in own
    assert "不缴了" in own
    assert account_no not in seen
    assert masked(account_no) in seen
    assert "不缴了" not in seen
    assert "继续付款" in seen


@pytest.mark.parametrize("kiosk", [False, True])
def test_the_link_alone_cancels_nothing(place: Province, phone: Phone, kiosk: bool):
    account_no, ref = owe(place)
    order_no = phone.start(place.own.biller_code, account_no, ref)
    for stranger in (Phone(kiosk), Phone(kiosk, address="10.9.9.9")):
        answer = stranger.post(f"/order/{order_no}/cancel/")
        assert answer.status_code == 403
        assert "5107" in text_of(answer)
        assert account_no not in answer.content.decode()
        assert order(order_no).state == "paying"
        stranger.get("/")  # and with a number of its own
        assert stranger.post(f"/order/{order_no}/cancel/").status_code == 403
    assert phone.post(f"/order/{order_no}/cancel/").status_code == 302
    assert order(order_no).state == "closed"


def test_an_order_without_a_browser_s_number_is_cancelled_by_nobody(place: Province):
    """A browser without cookies: its order's number proves nothing, for it is in the link."""
    account_no, ref = owe(place)
    bare = Phone()
    form = bare.form(place.own.biller_code, account_no, ref)
    bare.client.cookies.clear()
    order_no = bare.post("/pay/", **form)["Location"].split("/")[2]
    assert order(order_no).browser == order_no
    assert bare.post(f"/order/{order_no}/cancel/").status_code == 403
    assert order(order_no).state == "paying"


def test_the_operation_itself_asks_who_cancels(place: Province, phone: Phone):
    from yifen.core.access import edge
    from yifen.core.facts.refused import Refused
    from yifen.trades.orders import settle
    from yifen.trades.orders.methods.simulated import Simulated
    from yifen.trades.orders.rules import Caller

    account_no, ref = owe(place)
    found = order(phone.start(place.own.biller_code, account_no, ref))
    for caller in (Caller(), Caller("another", 7), Caller("", None), Caller(found.pk)):
        with pytest.raises(Refused) as refused:
            settle.cancel(Simulated(), found, caller, edge.now())
        assert refused.value.code == 5107
    assert settle.cancel(Simulated(), found, Caller(found.browser), edge.now()).state == "closed"


def test_the_cashier_gets_no_whole_number(place: Province, phone: Phone):
    account_no, ref = owe(place)
    order_no = phone.start(place.own.biller_code, account_no, ref)
    page = Phone().client.get(f"/cashier/{order_no}/").content.decode()
    assert account_no not in page
    assert masked(account_no) in page


def test_the_receipt_by_its_link(place: Province, phone: Phone, stranger: Phone):
    account_no, ref = owe(place)
    order_no = phone.start(place.own.biller_code, account_no, ref)
    phone.at_cashier(order_no, "pay")
    phone.look(order_no)

    def text(one: Phone) -> str:
        paper = one.get(f"/order/{order_no}/receipt.pdf").content
        return "".join(page.extract_text() for page in PdfReader(io.BytesIO(paper)).pages)

    assert account_no in text(phone)
    assert account_no not in text(stranger)
    assert account_no[-4:] in text(stranger)
    assert account_no not in stranger.get(f"/order/{order_no}/").content.decode()
