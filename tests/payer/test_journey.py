"""From an account number to a receipt, and every way to be interrupted on it."""

import re
from datetime import timedelta
from html import escape

import psycopg
import pytest

from tests.payer.phone import Phone, text_of
from tests.payer.rows import order, orders_of, owe, payments_of, world_on
from tests.web import site
from tests.web.province import Province


@pytest.fixture
def phone() -> Phone:
    return Phone()


def test_a_payer_finds_his_bill_pays_it_and_keeps_the_receipt(place: Province, phone: Phone):
    biller = place.own.biller_code
    account_no, ref = owe(place, 12_345)
    assert "电费" in text_of(phone.get("/"))
    assert phone.get("/c/power/?city=青溪县")["Location"] == f"/q/{biller}/"
    typed = f" Ｐ{account_no[1:]} "
    assert phone.post(f"/q/{biller}/", account_no=typed)["Location"] == f"/q/{biller}/{account_no}"
    page = text_of(phone.bills(biller, account_no))
    assert "**小明" in page
    assert "欧阳" not in page
    order_no = phone.start(biller, account_no, ref)
    assert "等待付款" in phone.page(order_no)
    assert "123.45" in text_of(phone.client.get(f"/cashier/{order_no}/"))
    phone.at_cashier(order_no, "pay")
    assert "已付款，正在销账" in phone.page(order_no)
    phone.look(order_no)
    page = phone.page(order_no)
    assert "缴费成功" in page
    booked = order(order_no)
    assert (booked.state, booked.received_fen, booked.code) == ("booked", 12_345, 0)
    pdf = phone.get(f"/order/{order_no}/receipt.pdf")
    assert (pdf["Content-Type"], pdf.content[:5]) == ("application/pdf", b"%PDF-")
    assert "没有要缴的费用" in text_of(phone.bills(biller, account_no))
    assert account_no in text_of(phone.get("/history/"))
    assert account_no in text_of(phone.get("/"))


def test_several_bills_and_a_top_up_are_one_payment(place: Province, phone: Phone):
    account_no, one = owe(place, 100)
    _, two = owe(place, 250, account_no=account_no)
    _, more = owe(place, 0, account_no=account_no, mode="open", min_fen=1000, max_fen=50_000)
    order_no = phone.start(place.own.biller_code, account_no, one, two, more, **{more: "12.5"})
    phone.at_cashier(order_no, "pay")
    phone.look(order_no)
    assert payments_of(place, account_no) == [(1600, "taken")]


def test_a_double_click_is_one_order(place: Province, phone: Phone):
    account_no, ref = owe(place)
    form = phone.form(place.own.biller_code, account_no, ref)
    first, second = phone.post("/pay/", **form), phone.post("/pay/", **form)
    assert first["Location"] == second["Location"]
    assert len(orders_of(account_no)) == 1


def test_two_tabs_are_one_order(place: Province, phone: Phone):
    account_no, ref = owe(place)
    forms = [phone.form(place.own.biller_code, account_no, ref) for _ in range(2)]
    assert forms[0]["token"] != forms[1]["token"]
    assert len({phone.post("/pay/", **form)["Location"] for form in forms}) == 1


def test_another_amount_than_the_open_order_s_is_told_and_not_paid(place: Province, phone: Phone):
    account_no, ref = owe(place, 0, mode="open", min_fen=1000, max_fen=50_000)
    order_no = phone.start(place.own.biller_code, account_no, ref, **{ref: "12.5"})
    same = phone.post("/pay/", **phone.form(place.own.biller_code, account_no, ref, **{ref: "12.50元"}))
    assert order_no in same["Location"]
    other = phone.post("/pay/", **phone.form(place.own.biller_code, account_no, ref, **{ref: "33"}))
    assert "5109" in text_of(other)
    assert "12.50" in text_of(other)
    wrong = phone.post("/pay/", **phone.form(place.own.biller_code, account_no, ref, **{ref: "1.234,50"}))
    assert "5011" in text_of(wrong)
    [order] = orders_of(account_no)
    assert order.amount_fen == 1250


def test_the_back_button_after_paying_finds_the_payment(place: Province, phone: Phone):
    account_no, ref = owe(place)
    form = phone.form(place.own.biller_code, account_no, ref)
    order_no = re.search(r"/order/(\w+)/", phone.post("/pay/", **form)["Location"])[1]
    phone.at_cashier(order_no, "pay")
    phone.look(order_no)
    again = phone.post("/pay/", **form)
    assert again["Location"] == f"/order/{order_no}/"
    assert payments_of(place, account_no) == [(12_345, "taken")]


def test_a_lost_notice_is_asked_for(place: Province, phone: Phone):
    account_no, ref = owe(place)
    order_no = phone.start(place.own.biller_code, account_no, ref)
    phone.at_cashier(order_no, "silent")
    assert order(order_no).state == "paying"
    assert "有一笔缴费尚未完成" in text_of(phone.get("/"))
    phone.look(order_no)
    assert order(order_no).state == "booked"


def test_asking_too_often_asks_nobody(place: Province, phone: Phone):
    account_no, ref = owe(place)
    order_no = phone.start(place.own.biller_code, account_no, ref)
    phone.look(order_no)
    asked_at = order(order_no).asked_at
    phone.at_cashier(order_no, "silent")
    phone.look(order_no)
    assert (order(order_no).state, order(order_no).asked_at) == ("paying", asked_at)


def test_the_waiting_page_is_told_to_read_itself_again(place: Province, phone: Phone):
    account_no, ref = owe(place)
    order_no = phone.start(place.own.biller_code, account_no, ref)
    send = {"HTTP_HX_REQUEST": "true"}
    quiet = phone.client.post(f"/order/{order_no}/look/", {"state": "paying"}, **send)
    assert (quiet.status_code, quiet.get("HX-Refresh")) == (204, None)
    phone.at_cashier(order_no, "pay")
    news = phone.client.post(f"/order/{order_no}/look/", {"state": "paying"}, **send)
    assert news["HX-Refresh"] == "true"


@pytest.mark.parametrize("way", ["cancel", "refuse"])
def test_who_does_not_pay_is_charged_nothing(place: Province, phone: Phone, way):
    account_no, ref = owe(place)
    order_no = phone.start(place.own.biller_code, account_no, ref)
    if way == "cancel":
        phone.post(f"/order/{order_no}/cancel/")
    else:
        phone.at_cashier(order_no, "refuse")
        phone.look(order_no)
    assert "没有付款，订单已关闭" in phone.page(order_no)
    phone.at_cashier(order_no, "pay")  # too late
    assert order(order_no).state == "closed"
    assert payments_of(place, account_no) == []
    assert phone.start(place.own.biller_code, account_no, ref) != order_no


def test_paid_elsewhere_meanwhile_the_money_comes_back_and_says_why(place, phone: Phone):
    account_no, ref = owe(place)
    order_no = phone.start(place.own.biller_code, account_no, ref)
    with psycopg.connect(place.database.app_url) as conn:
        booked = world_on(place, conn).charge(
            f"X{ref}", {ref: 12_345}, channel=place.own.channel_code, biller=place.own.biller_code,
            account_no=account_no,
        )  # fmt: skip
    assert booked.code == 0
    phone.at_cashier(order_no, "pay")
    phone.look(order_no)
    page = phone.page(order_no)
    assert "已原路退款" in page
    assert "5005 应缴项已缴清" in page
    assert payments_of(place, account_no) == [(12_345, "taken")]


def test_amounts_that_changed_are_shown_and_asked_again(place: Province, phone: Phone):
    account_no, ref = owe(place, 5000)
    form = phone.form(place.own.biller_code, account_no, ref)
    owe_again(place, account_no, ref, 5100)
    answer = phone.post("/pay/", **form)
    assert answer.status_code == 409
    assert "5103 应缴金额已更新" in text_of(answer)
    assert "51.00" in text_of(answer)
    assert orders_of(account_no) == []


def owe_again(place: Province, account_no: str, ref: str, fen: int) -> None:
    """A late fee came on top at midnight."""
    with psycopg.connect(place.database.super_url) as conn:
        conn.execute("UPDATE payable SET due_fen = %s, min_fen = least(min_fen, %s)"
                     " WHERE account_no = %s AND ref = %s", (fen, fen, account_no, ref))  # fmt: skip


def test_a_quote_that_ends_ends_the_order_before_it(place: Province, phone: Phone):
    with psycopg.connect(place.database.app_url) as conn:
        world = world_on(place, conn)
        biller = world.biller("HEAT01", category="heat", quote_ttl_s=600)
        world.admit("PAGE", "HEAT01")
    account_no, ref = owe(place, 4000, "HEAT01")
    settle_roster()
    order_no = phone.start("HEAT01", account_no, ref)
    made = order(order_no)
    assert (made.biller_id, len(made.quote)) == (biller, 16)
    assert timedelta(minutes=8) < made.expires_at - made.created_at < timedelta(minutes=9.5)
    phone.at_cashier(order_no, "pay")
    phone.look(order_no)
    assert order(order_no).state == "booked"


def settle_roster() -> None:
    """The hub of the pages starts anew with what was just added."""
    from yifen.face.shell.hub import local_hub

    local_hub().stop()


@pytest.mark.parametrize("amount", ["-5", "0", "0.01", "1e9", "99999999999999999", "<b>1</b>", "１０00.001"])
def test_an_amount_that_cannot_be_paid_is_refused_beside_the_form(place, phone: Phone, amount):
    account_no, ref = owe(place, 0, mode="open", min_fen=1000, max_fen=2_000_000)
    answer = phone.post("/pay/", **phone.form(place.own.biller_code, account_no, ref, **{ref: amount}))
    assert answer.status_code == 409
    assert "5011" in text_of(answer)
    assert f'value="{escape(amount)}"' in answer.content.decode()
    assert orders_of(account_no) == []


def test_nothing_ticked_is_a_word_not_an_error(place: Province, phone: Phone):
    account_no, _ = owe(place)
    answer = phone.post("/pay/", **phone.form(place.own.biller_code, account_no))
    assert (answer.status_code, "5101 请选择要缴的项目" in text_of(answer)) == (400, True)


@pytest.mark.parametrize("token", ["", "forged", "eyJhIjoxfQ:1abc:def"])
def test_a_form_that_is_not_ours_makes_no_order(place: Province, phone: Phone, token):
    answer = phone.post("/pay/", token=token, method="simulated", payable="X")
    assert (answer.status_code, "2112" in text_of(answer)) == (403, True)


def test_a_form_of_two_hours_ago_is_stale(place: Province, phone: Phone):
    from django.core import signing

    account_no, ref = owe(place)
    form = phone.form(place.own.biller_code, account_no, ref)
    value, _, _ = form["token"].rpartition(":")
    payload, _, _ = value.rpartition(":")
    old = signing.b62_encode(int(signing.b62_decode(value.rpartition(":")[2])) - 7201)
    signer = signing.TimestampSigner(salt="checkout.form")
    form["token"] = super(signing.TimestampSigner, signer).sign(f"{payload}:{old}")
    assert phone.post("/pay/", **form).status_code == 403


def test_an_order_whose_time_is_over_is_closed_and_not_paid(place: Province, phone: Phone):
    from yifen.trades.orders.models import Order

    account_no, ref = owe(place)
    order_no = phone.start(place.own.biller_code, account_no, ref)
    made = order(order_no)
    Order.objects.filter(pk=order_no).update(expires_at=made.created_at)
    phone.post(f"/order/{order_no}/again/")
    assert "没有付款，订单已关闭" in phone.page(order_no)
    assert phone.start(place.own.biller_code, account_no, ref) != order_no


def test_a_way_of_paying_that_is_not_offered_is_refused(place: Province, phone: Phone):
    account_no, ref = owe(place)
    form = phone.form(place.own.biller_code, account_no, ref) | {"method": "wechat"}
    assert "5111" in text_of(phone.post("/pay/", **form))


def test_without_a_token_of_the_page_nothing_is_posted(place: Province):
    from django.test import Client

    client = Client(SERVER_NAME="127.0.0.1", enforce_csrf_checks=True)
    for path in ("/pay/", f"/q/{place.own.biller_code}/", "/mine/", "/cashier/0/"):
        assert client.post(path, {"token": "x"}).status_code == 403


@pytest.mark.parametrize("name", ["㐀𠮷龘", "<script>alert(1)</script>", "很长的名字" * 40])
def test_names_are_text_whatever_they_hold(place: Province, phone: Phone, name):
    account_no, ref = owe(place, name=name)
    order_no = phone.start(place.own.biller_code, account_no, ref)
    html = phone.get(f"/order/{order_no}/").content.decode()
    assert "<script>alert" not in html
    assert name[-2:] in html or escape(name[-4:]) in html
    assert len(order(order_no).payer_name) <= 16


def test_an_order_that_is_nobody_s_is_not_there(place: Province, phone: Phone):
    for path in ("", "go/", "receipt.pdf"):
        assert phone.get(f"/order/{'0' * 30}/{path}").status_code == 404


def test_no_method_no_button(place: Province, phone: Phone):
    from django.test import override_settings

    account_no, _ = owe(place)
    with override_settings(YIFEN_PAY_METHODS=()):
        page = text_of(phone.bills(place.own.biller_code, account_no))
        assert phone.client.get(f"/cashier/{'0' * 30}/").status_code == 404
    assert "暂未开通在线支付" in page


def test_a_browser_without_cookies_pays_all_the_same(place: Province):
    account_no, ref = owe(place)
    phone = Phone()
    form = phone.form(place.own.biller_code, account_no, ref)
    phone.client.cookies.clear()
    order_no = re.search(r"/order/(\w+)/", phone.post("/pay/", **form)["Location"])[1]
    phone.at_cashier(order_no, "pay")
    phone.look(order_no)
    assert order(order_no).state == "booked"


def test_accounts_cannot_be_tried_out(place: Province):
    thief = Phone(address="10.66.6.6")
    biller = place.own.biller_code
    codes = [thief.bills(biller, f"99{n:04d}").status_code for n in range(21)]
    assert codes == [404] * 20 + [429]
    account_no, _ = owe(place)
    assert "5121 操作过于频繁" in text_of(thief.bills(biller, account_no))
    assert Phone(address="10.66.6.7").bills(biller, account_no).status_code == 200


def test_an_account_number_that_no_biller_can_have_is_unknown(place: Province, phone: Phone):
    for account_no in ("x" * 41, "a\x01b"):
        answer = phone.bills(place.own.biller_code, account_no)
        assert (answer.status_code, "5001" in text_of(answer)) == (404, True)


def test_a_page_in_english_is_in_english(place: Province, phone: Phone):
    account_no, ref = owe(place)
    phone.client.cookies["django_language"] = "en"
    page = text_of(phone.bills(place.own.biller_code, account_no))
    assert "Account number" in page
    order_no = phone.start(place.own.biller_code, account_no, ref)
    assert "Waiting for payment" in phone.page(order_no)


def test_only_billers_that_the_pages_may_collect_for_are_there(place: Province, phone: Phone):
    from yifen.core.partners.models import Partner

    foreign = place.foreign.biller_code
    assert phone.get(f"/q/{foreign}/").status_code == 200
    Partner.objects.filter(code=foreign).update(suspended=True)
    try:
        assert phone.get(f"/q/{foreign}/").status_code == 404
    finally:
        Partner.objects.filter(code=foreign).update(suspended=False)
    assert phone.get("/q/NOBODY/").status_code == 404
    assert site.browser().get("/c/nothing/").status_code == 404
