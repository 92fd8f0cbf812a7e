"""WeChat Pay and Alipay through the pages: begun, noticed, booked; a forged notice does nothing."""

from collections.abc import Iterator

import pytest

from tests.checkout.alipay_side import AlipaySide
from tests.checkout.serving import serving
from tests.checkout.till import forget_methods
from tests.checkout.wechat_side import WeChatSide
from tests.payer.phone import Phone, text_of
from tests.payer.rows import order, owe, payments_of
from tests.web.province import Province


@pytest.fixture(scope="module")
def sides(place: Province) -> Iterator[dict[str, object]]:
    from tests.checkout.kept import set_method
    from tests.web import site
    from yifen.core.ring import key_ring

    wechat, alipay = WeChatSide(), AlipaySide()
    with serving(wechat) as one, serving(alipay) as two:
        with site.as_owner(place.database):
            set_method(key_ring(), "wechat", wechat.credentials(), one, True)
            set_method(key_ring(), "alipay", alipay.credentials(), f"{two}/gateway.do", True)
        yield {"wechat": wechat, "alipay": alipay}
        forget_methods(place.database)


@pytest.fixture(autouse=True)
def offered(sides) -> Iterator[None]:
    from django.test import override_settings

    with override_settings(YIFEN_PAY_METHODS=("wechat", "alipay")):
        yield


def start(place: Province, method: str, screen: bool = True) -> tuple[Phone, str, str]:
    account_no, ref = owe(place)
    phone = Phone(agent="Mozilla/5.0 (X11; Linux x86_64)") if screen else Phone()
    form = phone.form(place.own.biller_code, account_no, ref) | {"method": method}
    answer = phone.post("/pay/", **form)
    return phone, answer["Location"].split("/")[2], account_no


def send(method: str, body: bytes, headers: dict[str, str] | None = None, kind: str = "") -> int:
    from tests.web import site

    kind = kind or ("application/json" if method == "wechat" else "application/x-www-form-urlencoded")
    answer = site.browser().post(f"/notice/{method}/", body, content_type=kind, headers=headers)
    return answer.status_code if method == "wechat" else answer.content.decode()


def test_wechat_tells_and_the_job_books(place: Province, sides):
    phone, order_no, account_no = start(place, "wechat")
    assert "请用手机扫码付款" in phone.page(order_no)
    body, headers = sides["wechat"].pays(order_no)
    assert send("wechat", body, headers) == 200
    assert (order(order_no).state, order(order_no).trade_no[:4]) == ("paid", "4200")
    phone.look(order_no)
    assert (order(order_no).state, payments_of(place, account_no)) == (
        "booked", [(12_345, "taken")])  # fmt: skip
    assert send("wechat", body, headers) == 200  # told again
    assert payments_of(place, account_no) == [(12_345, "taken")]


def test_alipay_tells_and_the_job_books(place: Province, sides):
    phone, order_no, account_no = start(place, "alipay")
    assert send("alipay", sides["alipay"].pays(order_no)) == "success"
    phone.look(order_no)
    assert payments_of(place, account_no) == [(12_345, "taken")]


def test_a_phone_is_led_to_the_provider_by_a_page_of_ours(place: Province, sides):
    phone, order_no, _ = start(place, "wechat", screen=False)
    page = phone.get(f"/order/{order_no}/go/").content.decode()
    assert 'http-equiv="refresh" content="0;url=https://wx.tenpay.com/' in page
    phone, order_no, _ = start(place, "alipay", screen=False)
    assert "alipay.trade.wap.pay" in phone.get(f"/order/{order_no}/go/").content.decode()


def test_inside_wechat_the_payer_is_asked_for_and_pays_there(place: Province, sides):
    account_no, ref = owe(place)
    phone = Phone(agent="Mozilla/5.0 (iPhone) MicroMessenger/8.0")
    form = phone.form(place.own.biller_code, account_no, ref) | {"method": "wechat"}
    order_no = phone.post("/pay/", **form)["Location"].split("/")[2]
    assert "/connect/oauth2/authorize?" in phone.get(f"/order/{order_no}/go/").content.decode()
    page = phone.get(f"/order/{order_no}/go/?code=good&state=pay").content.decode()
    assert "prepay_id=wx201410272009395522657a690389285100" in page
    assert "data-bridge=" in page
    assert "5112" in text_of(phone.get(f"/order/{order_no}/go/?code=bad&state=pay"))


def test_a_forged_notice_books_nothing(place: Province, sides):
    _, order_no, account_no = start(place, "wechat")
    body, headers = sides["wechat"].pays(order_no)
    forged = headers | {"Wechatpay-Signature": "AAAA" + headers["Wechatpay-Signature"][4:]}
    assert send("wechat", body, forged) == 500
    assert send("wechat", b"{}", None) == 500
    assert order(order_no).state == "paying"
    _, order_no, account_no = start(place, "alipay")
    notice = sides["alipay"].pays(order_no).replace(b"123.45", b"1.00")
    assert send("alipay", notice) == "failure"
    assert (order(order_no).state, payments_of(place, account_no)) == ("paying", [])


def test_a_notice_of_one_provider_about_another_s_order_is_refused(place: Province, sides):
    _, order_no, _ = start(place, "wechat")
    sides["alipay"].orders[order_no] = {"out_trade_no": order_no, "total_amount": "123.45"}
    assert send("alipay", sides["alipay"].pays(order_no)) == "failure"
    assert order(order_no).state == "paying"


def test_a_notice_about_nobody_s_order_is_refused(place: Province, sides):
    sides["alipay"].orders["x"] = {"out_trade_no": "x", "total_amount": "1.00"}
    assert send("alipay", sides["alipay"].pays("x")) == "failure"
    from tests.web import site

    assert site.browser().post("/notice/nobody/").status_code == 404


def test_when_the_provider_is_away_the_order_waits_and_says_so(place: Province, sides):
    sides["alipay"].ill = True
    try:
        account_no, ref = owe(place)
        phone = Phone()
        phone.client.defaults["HTTP_USER_AGENT"] = "Mozilla/5.0 (X11; Linux x86_64)"
        form = phone.form(place.own.biller_code, account_no, ref) | {"method": "alipay"}
        answer = phone.post("/pay/", **form)
    finally:
        sides["alipay"].ill = False
    assert (answer.status_code, "5112 支付机构暂无应答" in text_of(answer)) == (503, True)
    from yifen.trades.orders.models import Order

    order_no = Order.objects.get(account_no=account_no).pk
    assert phone.post(f"/order/{order_no}/again/").status_code == 302
    assert "请用手机扫码付款" in phone.page(order_no)


def test_credentials_are_sealed(place: Province, sides):
    from yifen.trades.orders.models import PayMethod

    for row in PayMethod.objects.all():
        assert b"PRIVATE" not in bytes(row.sealed)
        assert b"app" not in bytes(row.sealed)
