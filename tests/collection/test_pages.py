"""A contract is signed, a demand made, told, answered and paid on its pages, by whom it concerns; the payer answers by
his link."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.collection.bench import MONDAY, PAYER, PDF, Collect
from tests.console.pages import Page
from tests.corebank.bench import COMPANY
from tests.documents.reading import joined
from tests.web import site


def text(answer) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


@pytest.fixture(scope="module")
def real(collect: Collect) -> Collect:
    """By the clock of the wall: the pages know no other."""
    return collect


@pytest.fixture(autouse=True)
def _now(collect: Collect, _in_the_morning: None) -> None:
    from yifen.core.access import edge

    collect.to(edge.now())


def settled(real: Collect) -> None:
    from yifen.core.access import edge

    real.to(edge.now())
    real.settle()


def decided(real: Collect, checker) -> None:
    from yifen.core.access import edge
    from yifen.core.access.models import Authorisation

    site.agree(checker, Authorisation.objects.order_by("-pk").first(), edge.now())


def test_from_the_contract_to_the_payers_answer(real: Collect):
    bank, staff = site.client_of(real.finance), site.client_of(real.staff)
    account = real.owe(G1=128_000, G2=2_050)
    real.owe(account, "open", TOPUP=0)
    form = {
        "biller": real.biller,
        "number": "HT-PAGE-1",
        "account_no": account,
        "payer": PAYER,
        "bank_account": COMPANY,
        "kind": "check",
        "medium": "sms",
        "to": "13800001234",
        "valid_from": f"{MONDAY}",
    }
    new = "/console/collection/contracts/new/"
    assert bank.get(new).status_code == 200
    wrong = bank.post(new, form | {"payer": "别厂", "paper": SimpleUploadedFile("a.pdf", PDF)})
    assert (wrong.status_code, "8943" in text(wrong) or "户名" in text(wrong)) == (400, True)
    assert bank.post(new, form | {"paper": SimpleUploadedFile("a.pdf", PDF)}).status_code == 302
    decided(real, real.second)
    assert "HT-PAGE-1" in Page(bank, "/console/collection/contracts/").text
    (contract,) = real.rows("SELECT contract_id FROM collection_contract WHERE number = 'HT-PAGE-1'")[0]
    assert Page(bank, f"/console/collection/contracts/{contract}/").facts()["付款账号"] == "9010********0001"
    assert bank.get(f"/console/collection/contracts/{contract}/paper/").content == PDF
    # The biller's clerk picks two bills, and an amount on what takes any.
    page = Page(staff, "/console/collection/new/", contract=str(contract))
    assert ("G1" in page.text, PAYER in page.text) == (True, True)
    bills = real.bills(contract)
    post = {
        "contract": contract,
        "bill": [bills[ref].payable_id for ref in ("G1", "G2", "TOPUP")],
        f"fen.{bills['G1'].payable_id}": "128000",
        f"fen.{bills['G2'].payable_id}": "2050",
        f"fen.{bills['TOPUP'].payable_id}": "99.50",
    }
    assert staff.post("/console/collection/new/", post).status_code == 302
    decided(real, real.finance)
    (order, number) = real.rows("SELECT order_id, number FROM collection_order ORDER BY order_id DESC LIMIT 1")[0]
    address = f"/console/collection/{order}/"
    for client in (bank, staff):
        assert "¥1,400.00" in Page(client, address).text
    assert "托收通知待送达付款人" in Page(bank, "/console/today/").text
    assert staff.post(f"{address}told/", {"day": "2026-11-23", "note": "x"}).status_code == 403
    paper = bank.post(f"{address}pdf/")
    assert (paper["Content-Type"], paper.content[:5]) == ("application/pdf", b"%PDF-")
    # Who has the link answers for the payer: the bank hands it over, and who demands the money never sees it.
    shown = ["同意或拒付" in joined(client.post(f"{address}pdf/").content) for client in (bank, staff)]
    assert shown == [True, False]
    settled(real)
    assert "承付期内" in Page(bank, address).text
    # The payer refuses one bill by his link, and agrees to the rest.
    payer, link = site.browser(), f"/collect/{real.token(order)}/"
    assert number in text(payer.get(link))
    assert payer.get("/collect/1-2/").status_code == 404
    place = real.rows("SELECT place FROM collection_line WHERE order_id = %s AND ref = 'G2'", order)[0][0]
    assert (
        "2118" in text(payer.post(link, {"answer": "no", "place": place}))
        or payer.post(link, {"answer": "no"}).status_code == 400
    )
    assert "已登记拒付" in text(
        payer.post(link, {"answer": "no", "place": place, "reason": "不是我厂的表"}, follow=True)
    )
    assert "已同意付款" in text(payer.post(link, {"answer": "yes"}, follow=True))
    settled(real)
    page = Page(staff, address)
    for part in ("已收妥", "不是我厂的表", "¥1,379.50", "付款人链接"):
        assert part in page.text, part
    assert number in Page(staff, "/console/collection/", state="booked").text
    assert site.client_of(real.place.foreign.user).get(address).status_code == 404
    for path in ("kinds/", "contracts/", ""):
        assert Page(site.client_of(real.union_admin), f"/console/collection/{path}")


def test_an_answer_on_paper_and_a_withdrawal_on_their_pages(real: Collect):
    bank, staff = site.client_of(real.finance), site.client_of(real.staff)
    contract = real.contract(real.owe(H1=700, H2=800), medium="")
    first, second = real.demand(contract, "H1"), real.demand(contract, "H2")
    address = f"/console/collection/{first}/"
    day = real.one(first, "made_at").astimezone(__import__("zoneinfo").ZoneInfo("Asia/Shanghai")).date()
    assert "已登记送达" in text(bank.post(f"{address}told/", {"day": f"{day}", "note": "王会计"}, follow=True))
    form = {"agrees": "no", "reason": "货未到", "paper": SimpleUploadedFile("b.pdf", PDF + b"b")}
    assert bank.post(f"{address}answer/", form).status_code == 302
    assert "待复核的提议" in Page(bank, address).text
    decided(real, real.second)
    page = Page(bank, address)
    assert ("已退回" in page.text, "货未到" in page.text, "9647" in page.text) == (True, True, True)
    assert bank.get(page.link("//main//a[contains(@href, '/papers/')]")).content == PDF + b"b"
    assert bank.post(f"{address}pdf/").status_code == 200
    gone = staff.post(f"/console/collection/{second}/withdraw/", {"reason": "开错了"}, follow=True)
    assert "已撤回" in text(gone)
    assert real.altered() == []
