"""Papers at the teller's desk: offered after a collection, 4627, 4642, the paper itself, the end of the shift."""

import re
from typing import Any

import pytest

from tests.desk.standing import Desk, errors, text
from tests.invoices.standing import FIRST, Papers
from tests.web import site


@pytest.fixture
def rolled(papers: Papers) -> Papers:
    """A roll in the teller's hand, his shift open by the pages, at a desk of his own."""
    desk = Desk(papers.place)
    papers.desk, papers.counter, papers.teller = desk, desk, desk.teller  # type: ignore[attr-defined]
    papers.roll()
    desk.open()
    return papers


def pages_of(answer: Any, name: str) -> list[str]:
    return re.findall(rf'href="({name}[^"]*)"', answer.content.decode().replace("&amp;", "&"))


def signed(papers: Papers, act: str) -> list[Any]:
    """Who signed such lines of the register."""
    asked = "SELECT signed_by, second_by FROM invoice_act WHERE act = %s AND kind_id = %s"
    return papers.read(asked, act, papers.kind)


def html_after(answer: Any, name: str) -> str:
    """The page behind the field of this name."""
    return str(answer.content.decode().partition(f'name="{name}"')[2])


def test_the_result_offers_the_print_with_the_next_number_and_prints_after_it_was_confirmed(rolled: Any):
    desk = rolled.desk
    entry = desk.paid()
    result = desk.client.get(f"/desk/entry/{entry.pk}/")
    assert "打印发票 00012345" in " ".join(text(result).split())
    (address, *_) = pages_of(result, "/desk/4627/")
    asked = desk.client.get(address)
    assert 'value="00012345"' in asked.content.decode()
    wrong = desk.client.post(address, {"paper": "00012346"})
    assert [error[:4] for error in errors(wrong)] == ["8909"]
    assert "00012345" in errors(wrong)[0]
    done = desk.client.post(address, {"paper": "00012345"})
    assert done.status_code == 302
    page = desk.client.get(done["Location"])
    assert "号码已登记 00012345" in " ".join(text(page).split())
    assert rolled.read("SELECT payment_id, what FROM invoice_print WHERE kind_id = %s", rolled.kind) == [
        (entry.payment_id, "first")]


def test_the_paper_is_a_pdf_for_who_printed_it_and_for_nobody_else(rolled: Any):
    desk = rolled.desk
    entry = desk.paid()
    done = desk.client.post(f"/desk/4627/?number={entry.payment_id}&what=first", {"paper": "00012345"})
    (address,) = set(pages_of(desk.client.get(done["Location"]), "/desk/invoice/"))
    paper = desk.client.get(address)
    assert (paper["Content-Type"], paper.content[:5]) == ("application/pdf", b"%PDF-")
    assert site.client_of(rolled.place.own.teller).get(address).status_code == 404


def test_a_paper_is_not_to_be_had_later(rolled: Any):
    entry = rolled.desk.paid()
    print_id = rolled.print(entry.payment_id, FIRST)  # on an earlier day, as the pages' clock has it
    assert rolled.desk.client.get(f"/desk/invoice/{print_id}/").status_code == 404


def test_a_reprint_wants_a_supervisor_and_then_4625_is_refused(rolled: Any):
    desk = rolled.desk
    entry = desk.paid()
    desk.client.post(f"/desk/4627/?number={entry.payment_id}&what=first", {"paper": "00012345"})
    address = f"/desk/4627/?number={entry.serial}&what=reprint"
    assert "supervisor_password" in desk.client.get(address).content.decode()
    assert [error[:4] for error in errors(desk.client.post(address, {"paper": "00012346"}))] == ["2111"] * 4
    typed = desk.signed(reason="卡纸；换纸")
    wrong = desk.client.post(address, typed | {"paper": "00012399"})
    assert [error[:4] for error in errors(wrong)] == ["8909"]  # before the code, which serves once
    done = desk.client.post(address, typed | {"paper": "00012346"})
    assert done.status_code == 302, errors(done)
    assert rolled.read("SELECT reason FROM access_authorisation ORDER BY id DESC LIMIT 1") == [("卡纸；换纸",)]
    again = desk.client.post(f"/desk/4627/?number={entry.serial}&what=reprint", typed | {"paper": "00012347"})
    assert "2105" in html_after(again, "supervisor")
    page = desk.get("4625", number=entry.serial)
    assert [error[:4] for error in errors(page)] == ["7012"]
    assert rolled.states()[:2] == [(FIRST, FIRST, "void"), (FIRST + 1, FIRST + 1, "used")]
    assert signed(rolled, "void") == [(desk.teller.pk, desk.supervisor.pk)]


def test_4625_asks_for_the_number_of_the_paper_that_comes_back(rolled: Any):
    desk = rolled.desk
    entry = desk.paid()
    desk.client.post(f"/desk/4627/?number={entry.payment_id}&what=first", {"paper": "00012345"})
    page = desk.get("4625", number=entry.serial)
    assert 'name="papers"' in page.content.decode()
    refused = desk.take_back(entry, **desk.signed())
    assert [error[:4] for error in errors(refused)] == ["3114"]
    assert desk.payments() == [(12_345, "taken", "booked")]
    done = desk.take_back(entry, **desk.signed(), papers="00012345")
    assert desk.entry(done).state == "booked"
    assert rolled.states()[0] == (FIRST, FIRST, "void")
    assert signed(rolled, "undo") == [(desk.teller.pk, desk.supervisor.pk)]


def test_a_payment_of_another_channel_is_found_by_its_number_and_printed_after_the_event(rolled: Any):
    payment = rolled.place.own.payment_id
    page = rolled.desk.client.get(f"/desk/4627/?number={payment}&what=supplementary")
    assert rolled.place.own.account_no in text(page)
    assert [error[:4] for error in errors(rolled.desk.get("4627", number="1", what="supplementary"))] == ["2103"]
    foreign = rolled.desk.get("4627", number=str(rolled.place.foreign.payment_id), what="supplementary")
    assert [error[:4] for error in errors(foreign)] == ["2103"]


def test_a_shift_is_balanced_only_after_the_papers_were_counted(rolled: Any):
    desk = rolled.desk
    entry = desk.paid()
    desk.client.post(f"/desk/4627/?number={entry.payment_id}&what=first", {"paper": "00012345"})
    cash = {"pieces_10000": "6", "pieces_2000": "1", "pieces_100": "3", "pieces_10": "4", "pieces_5": "1"}
    refused = desk.post("4641", **cash)
    assert [error[:4] for error in errors(refused)] == ["8918"]
    typed = {f"kind_{rolled.kind}": "00012346-00012443"}
    seen = text(desk.post("4642", **typed))
    assert ("98" in seen, "00012444" in seen) == (True, False)
    other = text(desk.post("4642", **{f"kind_{rolled.kind}": "00012346-00012442"}, shown="00012346–00012443"))
    assert ("97" in other, rolled.read("SELECT count(*) FROM invoice_count")) == (True, [(0,)])
    counted = desk.post("4642", **typed, shown="00012346–00012443")
    assert "账实不符" in text(counted)
    assert "00012444" in text(counted)
    asked = text(desk.post("4641", **cash))  # the cash is right, a paper is missing: that is its supervisor's word
    assert "3106" in asked
    assert "00012444" in asked
    closed = desk.post("4641", **cash, reason="重空短缺", supervisor=desk.supervisor.login,
                       supervisor_password=site.PASSWORD, supervisor_code=site.code_of(desk.supervisor))  # fmt: skip
    assert closed.status_code == 302
    assert "00012444" in text(desk.client.get(closed["Location"]))


def test_a_shift_opens_and_closes_only_without_an_open_hand_over(papers: Papers):
    papers.receive()
    branch = papers.place.own.branch
    papers.take(papers.keepers[2], papers.give(papers.keepers[0], branch, FIRST, FIRST + 99), FIRST, FIRST + 99)
    transfer = papers.give(papers.keepers[2], branch, FIRST, FIRST + 9, papers.teller)
    from yifen.core.facts.refused import Refused

    with pytest.raises(Refused) as caught:
        papers.counter.open()
    assert caught.value.code == 8917
    papers.take(papers.teller, transfer, FIRST, FIRST + 9)
    papers.counter.open()
    papers.give(papers.teller, branch, FIRST + 9, FIRST + 9, own=True)
    with pytest.raises(Refused) as caught:
        papers.counter.close({10_000: 5})
    assert caught.value.code == 8917
