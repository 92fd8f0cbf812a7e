"""Papers in the console: kinds, stock-in of two people, hand-overs, stock as a picture, the register, both books."""

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.desk.standing import errors, text
from tests.invoices.standing import FIRST, Papers
from tests.web import site

NUMBERS = "00012345-00012444"


def browser(user: Any) -> Any:
    return site.client_of(user)


def proposal_of(answer: Any) -> Any:
    from yifen.core.access.models import Authorisation

    return Authorisation.objects.get(pk=answer["Location"].rstrip("/").rsplit("/", 1)[1])


def test_a_head_registers_a_kind_once(papers: Papers):
    client = browser(papers.head)
    fields = {"biller": papers.place.own.biller, "name": "新发票", "paper_prefix": f"99{papers.number:04d}",
              "digits": "8", "layout": "a4"}  # fmt: skip
    assert client.post("/console/invoices/kinds/new/", fields).status_code == 302
    again = client.post("/console/invoices/kinds/new/", fields)
    assert [error[:4] for error in errors(again)] == ["8920"]
    assert browser(papers.keepers[0]).post("/console/invoices/kinds/new/", fields).status_code == 403


def test_stock_in_is_proposed_on_one_page_and_counted_by_another_person(papers: Papers):
    from tests.counter.standing import NOW

    answer = browser(papers.keepers[0]).post("/console/invoices/receive/", {
        "kind": papers.kind, "numbers": NUMBERS, "faulty": "00012350", "reason": ""})  # fmt: skip
    assert answer.status_code == 302, errors(answer)
    assert papers.states() == []
    proposal = proposal_of(answer)
    page = text(browser(papers.keepers[1]).get(answer["Location"]))
    assert "00012345–00012444" in page
    assert "00012350" in page
    site.agree(papers.keepers[1], proposal, NOW)
    assert papers.states() == [
        (FIRST, FIRST + 4, "hand"), (FIRST + 5, FIRST + 5, "void"), (FIRST + 6, FIRST + 99, "hand"),
    ]  # fmt: skip


def test_a_hand_over_waits_on_the_receivers_today_until_he_types_the_same_numbers(papers: Papers):
    papers.receive()
    giver, taker = browser(papers.keepers[0]), browser(papers.keepers[2])
    given = giver.post("/console/invoices/give/", {"kind": papers.kind, "numbers": NUMBERS, "source": "store",
                                                   "to": f"i{papers.place.own.branch}"})  # fmt: skip
    assert given.status_code == 302, errors(given)
    assert "凭证待我接收" in text(taker.get("/console/today/"))
    assert "凭证待我接收" not in text(giver.get("/console/today/"))
    address, mine = given["Location"], "/console/invoices/transfers/?whose=mine"
    assert address in taker.get(mine).content.decode()
    assert address not in giver.get(mine).content.decode()
    wrong = taker.post(address, {"act": "take", "numbers": "00012345-00012443"})
    assert [error[:4] for error in errors(wrong)] == ["8907"]
    assert taker.post(address, {"act": "take", "numbers": NUMBERS}).status_code == 302
    assert address not in taker.get(mine).content.decode()
    register = text(taker.get("/console/invoices/register/"))
    assert papers.keepers[0].login in register
    assert papers.keepers[2].login in register


@pytest.mark.parametrize("word", ["refuse", "withdraw"])
def test_a_hand_over_is_refused_with_a_reason_or_taken_back(papers: Papers, word):
    papers.receive()
    transfer = papers.give(papers.keepers[0], papers.place.own.branch, FIRST, FIRST + 99)
    who = browser(papers.keepers[2 if word == "refuse" else 0])
    who.post(f"/console/invoices/transfers/{transfer}/", {"act": word, "reason": ""})
    assert papers.states() == [(FIRST, FIRST + 99, "transit" if word == "refuse" else "hand")]
    who.post(f"/console/invoices/transfers/{transfer}/", {"act": word, "reason": "少一本"})
    assert papers.states() == [(FIRST, FIRST + 99, "hand")]


def test_stock_is_a_bar_of_numbers_by_state_for_each_holder(papers: Papers):
    papers.roll()
    papers.mark("void", papers.teller, FIRST, FIRST + 9, papers.teller)
    page = browser(papers.keepers[2]).get(f"/console/invoices/stock/?kind={papers.kind}").content.decode()
    assert '<rect x="0.00" y="0" width="100.00" height="10"' in page
    assert "作废 00012345–00012354 (10)" in page
    assert "在手 00012355–00012444 (90)" in page
    foreign = browser(papers.place.foreign.user).get("/console/invoices/stock/").content.decode()
    assert "00012345" not in foreign


def test_another_county_sees_no_range_no_transfer_no_act(papers: Papers):
    papers.receive()
    transfer = papers.give(papers.keepers[0], papers.place.own.branch, FIRST, FIRST + 99)
    client = browser(papers.place.foreign.user)
    for page in ("ranges", "transfers", "register", "counts"):
        assert "00012345" not in text(client.get(f"/console/invoices/{page}/"))
    assert client.get(f"/console/invoices/transfers/{transfer}/").status_code == 404


def test_an_invoice_is_found_by_its_number(papers: Papers):
    papers.roll()
    papers.counter.open()
    papers.print(papers.counter.collect().payment_id, FIRST)
    client = browser(papers.keepers[2])
    assert "00012345" in text(client.get("/console/invoices/", {"text": "00012345"}))
    assert "没有符合条件的记录" in text(client.get("/console/invoices/", {"text": "00099999"}))


def test_lost_papers_and_a_count_that_differs_are_marked_on_the_page(papers: Papers):
    papers.roll()
    keeper = browser(papers.keepers[2])
    lost = keeper.post("/console/invoices/mark/", {"act": "lost", "kind": papers.kind, "numbers": "00012345",
                                                   "holder": papers.teller.pk, "reason": "遗失"})  # fmt: skip
    assert lost.status_code == 302, errors(lost)
    counted = keeper.post("/console/invoices/count/", {
        "cadence": "week", "holder": papers.teller.pk, "kind": papers.kind, "numbers": "00012346-00012443",
    })  # fmt: skip
    assert counted.status_code == 302, errors(counted)
    today = text(keeper.get("/console/today/"))
    assert "挂失停用的凭证" in today
    assert "凭证盘点不符" in today
    assert "00012444" in text(keeper.get("/console/invoices/counts/"))
    keeper.post("/console/invoices/count/", {"cadence": "week", "holder": papers.teller.pk, "kind": papers.kind,
                                             "numbers": "00012346-00012444"})  # fmt: skip
    assert "凭证盘点不符" not in text(keeper.get("/console/today/"))  # a later count agrees


def test_the_companys_book_and_ours_are_compared_number_by_number(papers: Papers):
    papers.roll()
    papers.counter.open()
    papers.print(papers.counter.collect().payment_id, FIRST)
    file = SimpleUploadedFile("used.csv", "号码\n00012346-00012347\n".encode())
    page = text(browser(papers.keepers[2]).post("/console/invoices/compare/", {"kind": papers.kind, "file": file}))
    said = " ".join(page.split())
    assert "只有银行登记 1 00012345" in said
    assert "只有收费单位登记 2 00012346–00012347" in said


def test_a_teller_voids_his_torn_paper_and_destroying_takes_two(papers: Papers):
    papers.receive(faulty=[(FIRST, FIRST)])
    answer = browser(papers.keepers[0]).post("/console/invoices/destroy/", {"kind": papers.kind, "numbers": "00012345",
                                                                           "reason": "年度销毁"})  # fmt: skip
    assert answer.status_code == 302
    assert papers.states()[0] == (FIRST, FIRST, "void")


def test_each_side_is_offered_only_what_it_may_do(papers: Papers):
    papers.roll()
    teller, keeper = browser(papers.teller), browser(papers.keepers[2])
    mark, count, give = (f"/console/invoices/{page}/" for page in ("mark", "count", "give"))
    his, all_of = choices(teller.get(mark)), choices(keeper.get(mark))
    assert (his["act"], all_of["act"]) == (["void", "lost"], ["void", "lost", "found"])
    assert his["holder"] == [str(papers.teller.pk)]
    assert {"", str(papers.teller.pk)} <= {*all_of["holder"]}
    assert (choices(teller.get(count))["cadence"], choices(keeper.get(count))["cadence"]) == (["day"], ["week"])
    given = choices(teller.get(give))
    assert (given["source"], [one for one in given["to"] if one.endswith(f":{papers.teller.pk}")]) == (["own"], [])
    transfer = papers.give(papers.teller, papers.place.own.branch, FIRST, FIRST, own=True)
    address = f"/console/invoices/transfers/{transfer}/"
    sides = [[word in text(who.get(address)) for word in ("核对无误，接收", "交出人撤回")] for who in (teller, keeper)]
    assert sides == [[False, True], [True, False]]


def choices(page: Any) -> dict[str, list[Any]]:
    """What each select of a form offers."""
    return {name: re.findall(r'<option value="([^"]*)"', options) for name, options
            in re.findall(r'<select name="(\w+)".*?>(.*?)</select>', page.content.decode(), re.DOTALL)}  # fmt: skip
