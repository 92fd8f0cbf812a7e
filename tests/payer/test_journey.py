"""From an account number to a receipt, and every way to be interrupted on it."""

import pytest

from tests.payer.phone import Phone, hidden, text_of
from tests.web import site
from tests.web.province import Province


def owe(place: Province, ref: str, fen: int, account_no: str = "", **fields) -> str:
    """One more bill of the own county's biller; its account number."""
    import psycopg

    from tests.world import World

    account_no = account_no or f"A{ref}"
    with psycopg.connect(place.database.app_url) as conn:
        world = object.__new__(World)
        world.conn, world.buckets = conn, place.database.buckets
        world.ids = {place.own.biller_code: place.own.biller}
        world.owe(place.own.biller_code, account_no, ref, fen, **fields)
    return account_no


def order(order_no: str):
    from yifen.checkout.models import Order

    return Order.objects.get(pk=order_no)


def test_a_payer_finds_his_bill_pays_it_and_keeps_the_receipt(place: Province):
    phone, biller = Phone(), place.own.biller_code
    account_no = owe(place, "J1", 12_345)
    assert "电费" in text_of(phone.get("/"))
    assert phone.get("/c/power/?city=青溪县")["Location"] == f"/q/{biller}/"
    assert phone.post(f"/q/{biller}/", account_no=" ＡＪ1 ")["Location"] == f"/q/{biller}/AJ1"
    page = text_of(phone.bills(biller, account_no))
    assert "**小明" in page
    assert "欧阳" not in page
    order_no = phone.start(biller, account_no, "J1")
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
