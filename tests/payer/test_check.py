"""Anybody may check a receipt, learns nothing personal, and cannot guess one."""

import psycopg
import pytest

from tests.payer.phone import Phone, text_of
from tests.payer.rows import order, owe, world_on
from tests.web.province import Province


@pytest.fixture(scope="module")
def paid(place: Province) -> tuple[str, str]:
    """A booked order: its number, its receipt's number."""
    from django.test import override_settings

    from yifen.core.ring import key_ring
    from yifen.face.payments.receipts import number_of

    with override_settings(YIFEN_PAY_METHODS=("simulated",)):
        account_no, ref = owe(place, 98_765)
        phone = Phone()
        order_no = phone.start(place.own.biller_code, account_no, ref)
        phone.at_cashier(order_no, "pay")
        phone.look(order_no)
    return order_no, number_of(key_ring(), order(order_no).payment_id)


def check(number: str, address: str = "10.9.9.9"):
    return Phone(address=address).get(f"/check/{number}/")


def test_a_receipt_of_ours_is_valid_and_names_nobody(paid):
    page = text_of(check(paid[1]))
    assert "回单有效" in page
    assert "987.65" in page
    assert "青溪供电公司" in page
    assert not any(word in page for word in ("小明", order(paid[0]).account_no, paid[0]))


@pytest.mark.parametrize("change", [str.lower, lambda n: n.replace("-", ""), lambda n: f" {n} "])
def test_it_is_read_as_people_type_it(paid, change):
    typed = change(paid[1])
    answer = Phone().client.get("/check/", {"number": typed})
    assert "回单有效" in text_of(Phone().client.get(answer["Location"]))


def test_every_wrong_number_reads_the_same(paid):
    payment_id, code = paid[1].split("-", 1)
    last = "0" if code[-1] != "0" else "1"
    wrong = [f"{payment_id}-{code[:-1]}{last}", f"999999999000-{code}", "nonsense", "1-2",
             "9" * 200, "０" * 20]  # fmt: skip
    pages = [(answer := check(number)).status_code for number in wrong]
    assert pages == [404] * 6
    texts = {text_of(check(number)).replace(number, "") for number in wrong}
    assert len(texts) == 1
    assert "5131 查无此回单" in texts.pop()
    assert answer["Cache-Control"] == "no-store"


def test_a_payment_that_was_taken_back_voids_its_receipt(place: Province):
    account_no, ref = owe(place, 4321)
    phone = Phone()
    order_no = phone.start(place.own.biller_code, account_no, ref)
    phone.at_cashier(order_no, "pay")
    phone.look(order_no)
    with psycopg.connect(place.database.app_url) as conn:
        world = world_on(place, conn)
        back = world.call([world.return_work("reverse", f"V{ref}", order_no, 4321, channel="PAGE")])
    assert back[0].code == 0
    from yifen.core.ring import key_ring
    from yifen.face.payments.receipts import number_of

    number = number_of(key_ring(), order(order_no).payment_id)
    assert "已冲正，回单作废" in text_of(check(number))
    assert "这笔缴费已撤销" in phone.page(order_no)
    assert phone.get(f"/order/{order_no}/receipt.pdf").content[:5] == b"%PDF-"


def test_a_receipt_of_an_older_key_still_holds(paid):
    import base64
    import os

    from yifen.core.facts.secrets import KeyRing
    from yifen.face.payments.receipts import check as checked

    newest = "2:" + base64.b64encode(b"n" * 32).decode()
    ring = KeyRing.read(f"{newest},{os.environ['YIFEN_KEY_RING']}")
    assert checked(ring, paid[1]).amount_fen == 98_765


def test_numbers_cannot_be_tried_out(paid):
    codes = [check("1000-AAAA-AAAA-AA", "10.7.7.7").status_code for _ in range(31)]
    assert codes == [404] * 30 + [429]
    assert check(paid[1], "10.7.7.7").status_code == 429
    assert check(paid[1], "10.7.7.8").status_code == 200


def test_the_receipt_carries_the_address_of_its_check(paid):
    from tests.documents.reading import picture_of_png
    from yifen.core.documents.receipt import receipt
    from yifen.core.ring import key_ring
    from yifen.trades.orders.receipts import paper

    found = order(paid[0])
    url = f"http://127.0.0.1:8461/check/{paid[1]}/"
    png = receipt(paper(key_ring(), found, url, found.paid_at, found.account_no), "png")
    assert picture_of_png(png).codes() == [url]
