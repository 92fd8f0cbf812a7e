"""Electronic invoices on pages: the desk's 4643, the list, a failure that is mended, sellers, a day compared."""

from typing import Any

import pytest

from tests.desk.standing import Desk, errors, text
from tests.invoices.tax_bench import FIRM_TAX_NO, GOODS, TaxBench
from tests.invoices.test_desk import pages_of
from tests.invoices.test_pages import proposal_of
from tests.payer.phone import Phone
from tests.payer.rows import order
from tests.web import site
from yifen.core.facts.codes import Code
from yifen.core.facts.refused import Refused

LIST = "/console/invoices/electronic/"


@pytest.fixture(scope="module")
def desk(bench: TaxBench) -> Desk:
    made = Desk(bench.place)
    made.open()
    return made


def shown(answer: Any) -> str:
    return " ".join(text(answer).split())


def test_the_desk_offers_it_asks_for_it_and_shows_its_number(tax: TaxBench, desk: Desk):
    entry = desk.paid()
    address, *_ = pages_of(desk.client.get(f"/desk/entry/{entry.pk}/"), "/desk/4643/[?]")
    asked = desk.client.get(address)
    assert ("第 2 步 · 购方" in shown(asked), 'name="buyer_tax_no"' in asked.content.decode()) == (True, True)
    wrong = desk.client.post(address, {"buyer_name": "青溪造纸厂", "buyer_tax_no": "91350100M000100Y44"})
    assert [error[:4] for error in errors(wrong)] == ["8927"]
    done = desk.client.post(address, {"buyer_name": "青溪造纸厂（集团）", "buyer_tax_no": FIRM_TAX_NO})
    assert done.status_code == 302, errors(done)
    assert "待发送" in shown(desk.client.get(done["Location"]))
    tax.clock.now = max(tax.clock(), tax.papers.read("SELECT max(look_at) FROM invoice_electronic")[0][0])
    tax.look()
    number = tax.value(f"E{entry.payment_id}-1", "number")
    assert number in shown(desk.client.get(done["Location"]))
    assert number in shown(desk.client.get(f"/desk/entry/{entry.pk}/"))  # as the payer is told
    assert desk.get("4653", number=number)["Location"] == f"/desk/entry/{entry.pk}/"
    assert desk.get("4653", number=entry.serial.lower())["Location"] == f"/desk/entry/{entry.pk}/"
    assert pages_of(desk.client.get(f"/desk/entry/{entry.pk}/"), "/desk/4643/[?]") == []
    again = desk.get("4643", number=entry.serial)
    assert [error[:4] for error in errors(again)] == ["8922"]
    found = site.client_of(tax.place.users["supervisor"]).get("/console/search/", {"find": number}, follow=True)
    assert f"E{entry.payment_id}-1" in shown(found)


def test_a_buyers_name_is_as_it_was_typed_and_a_number_in_its_one_form():
    from yifen.trades.invoices.pages.electronic_forms import BuyerDeskForm

    form = BuyerDeskForm({"buyer_name": "青溪建材（集团）Ⅲ", "buyer_tax_no": "９１３５"})
    assert form.is_valid()
    assert form.buyer()[:2] == ("青溪建材（集团）Ⅲ", "9135")


def test_a_failure_waits_on_today_and_is_mended_under_a_new_serial(tax: TaxBench):
    entry = tax.paid()
    order = tax.ask(entry)
    tax.look("bad_tax_no")
    clerk = site.client_of(tax.place.users["supervisor"])
    assert "数电票开具失败" in shown(clerk.get("/console/today/"))
    assert order in clerk.get(f"{LIST}?state=failed").content.decode()
    page = clerk.get(f"{LIST}{order}/")
    assert ("8928" in shown(page), "欧阳小明" in page.content.decode()) == (True, True)
    wrong = clerk.post(f"{LIST}{order}/", {"act": "again", "buyer_name": "青溪造纸厂", "buyer_tax_no": "123"})
    assert [error[:4] for error in errors(wrong)] == ["8927"]
    done = clerk.post(f"{LIST}{order}/", {"act": "again", "buyer_name": "青溪造纸厂", "buyer_tax_no": FIRM_TAX_NO})
    assert done["Location"] == f"{LIST}E{entry.payment_id}-2/"
    tax.until_rest()
    assert tax.states(entry) == [("blue", "replaced", 12_345), ("blue", "done", 12_345)]
    assert "欧阳小明" not in clerk.get(f"{LIST}{order}/").content.decode()
    auditor = site.client_of(tax.place.users["auditor"])
    assert auditor.post(f"{LIST}{order}/", {"act": "drop", "reason": "x"}).status_code == 200
    assert tax.value(order, "state") == "replaced"
    assert site.client_of(tax.place.foreign.user).get(f"{LIST}{order}/").status_code == 404


def test_a_failure_is_given_up_with_a_reason(tax: TaxBench):
    order = tax.ask(tax.paid())
    tax.look("quota")
    clerk = site.client_of(tax.place.users["supervisor"])
    assert "2" in shown(clerk.post(f"{LIST}{order}/", {"act": "drop", "reason": ""}))
    assert tax.value(order, "state") == "failed"
    assert clerk.post(f"{LIST}{order}/", {"act": "drop", "reason": "改开纸质发票"}).status_code == 302
    assert (tax.value(order, "state"), tax.value(order, "reason")) == ("dropped", "改开纸质发票")


def test_a_seller_is_proposed_on_one_page_and_decided_by_another_person(tax: TaxBench):
    head, rates = site.client_of(tax.place.own.user), f"电费,{GOODS},供电,13\n水费,1100301010000000000,水,3"
    form = {"biller_id": tax.biller, "seller": "青溪供电公司", "tax_no": FIRM_TAX_NO, "platform": "TAX01",
            "endpoint": tax.endpoint, "secret": "", "rates": "电费,11,供电,13", "enabled": "on"}  # fmt: skip
    wrong = head.post(f"{LIST}issuers/", form)
    assert ["2111 输入有误 (编码和税率第 1 行：商品编码须为 19 位数字)" in error for error in errors(wrong)] == [True]
    answer = head.post(f"{LIST}issuers/", form | {"rates": rates})
    assert answer.status_code == 302, errors(answer)
    assert tax.papers.read("SELECT count(*) FROM invoice_rate WHERE biller_id = %s", tax.biller) == [(1,)]
    site.agree(tax.place.users["platform_admin"], proposal_of(answer), tax.clock())
    assert tax.papers.read("SELECT fee, rate_permille FROM invoice_rate WHERE biller_id = %s ORDER BY 1",
                           tax.biller) == [("水费", 30), ("电费", 130)]  # fmt: skip
    assert "水费,1100301010000000000,水,3" in head.get(f"{LIST}issuers/?biller={tax.biller}").content.decode()
    entry = tax.paid()
    tax.ask(entry)
    tax.look()
    assert tax.states(entry) == [("blue", "done", 12_345)]
    assert site.client_of(tax.papers.teller).get(f"{LIST}issuers/").status_code == 403


def test_a_day_is_compared_on_a_page_number_by_number(tax: TaxBench, monkeypatch):
    from yifen.trades.invoices.pages import electronic_views

    order = tax.ask(tax.paid(4_321))
    tax.look()
    monkeypatch.setattr(electronic_views, "port_of", lambda *_: tax.port())
    clerk, day = site.client_of(tax.place.users["finance"]), tax.clock().date().isoformat()
    page = clerk.post(f"{LIST}day/", {"biller": tax.biller, "day": day})
    assert "双方都有 1" in shown(page)
    del tax.books.invoices[order]
    page = clerk.post(f"{LIST}day/", {"biller": tax.biller, "day": day})
    assert f"{tax.value(order, 'number')} 蓝票 ¥43.21" in shown(page)


@pytest.fixture
def own_order(tax: TaxBench) -> tuple[Phone, str, int]:
    """A payer's own paid order: his phone, its number, its payment."""
    from django.test import override_settings

    tax.papers.counter.owe(W1=12_345)
    phone = Phone()
    with override_settings(YIFEN_PAY_METHODS=("simulated",)):
        number = phone.start(tax.place.own.biller_code, tax.papers.counter.account_no, "W1")
        phone.at_cashier(number, "pay")
        phone.look(number)
    return phone, number, order(number).payment_id


def test_who_paid_asks_for_it_on_his_own_page_once_and_reads_its_number_there(tax: TaxBench, own_order: Any):
    phone, number, payment = own_order
    page = f"/order/{number}/"
    [link] = pages_of(phone.client.get(page), "/invoice/")
    assert pages_of(Phone().client.get(page), "/invoice/") == []  # who only has the order's link
    asked = {"kind": "firm", "buyer_name": "青溪造纸厂", "buyer_tax_no": ""}
    assert errors(phone.client.post(link, asked)) == ["8927 单位须填纳税人识别号"]
    assert [error[:4] for error in errors(phone.client.post(link, asked | {"buyer_tax_no": "123"}))] == ["8927"]
    done = phone.client.post(link, asked | {"buyer_tax_no": FIRM_TAX_NO})
    assert (done.status_code, done["Location"]) == (302, page)
    assert "正在开具，请稍后再看" in shown(phone.client.get(page))
    assert pages_of(phone.client.get(page), "/invoice/") == []
    again = phone.client.post(link, {"kind": "person", "buyer_name": "李四"})
    assert ("8922" in shown(again), again.status_code) == (True, 409)
    tax.until_rest()
    blue = tax.value(f"E{payment}-1", "number")
    assert blue in shown(phone.client.get(page))
    assert tax.papers.read("SELECT asked_by, institution_id, buyer_shown FROM invoice_electronic WHERE payment_id = %s",
                           payment) == [(0, tax.place.own.county, "**造纸厂")]  # fmt: skip
    assert blue in shown(site.client_of(tax.place.users["supervisor"]).get(f"{LIST}E{payment}-1/"))


def test_a_payment_without_a_payers_order_is_nobodys_to_ask_for(tax: TaxBench):
    from yifen.trades.invoices.electronic import issuing
    from yifen.trades.invoices.electronic.rules import Buyer

    entry = tax.paid()
    with pytest.raises(Refused) as caught:
        tax._web(issuing.ask_own, entry.payment_id, Buyer("李四"))
    assert caught.value.code is Code.OUT_OF_SCOPE
    assert tax.states(entry) == []
    assert Phone().client.get("/invoice/0/").status_code == 404
