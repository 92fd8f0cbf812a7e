"""The page on which two people end a payment that its biller never decided."""

from tests.console.pages import Page
from tests.repair.proposals import undecided
from tests.web import site


def test_one_proposes_and_another_decides_and_the_page_says_so(place):
    proposal, checker, _, payment = undecided(place)
    finance, other = site.client_of(place.users["finance"]), site.client_of(checker)
    address = f"/console/differences/undecided/{payment}/"
    page = Page(finance, address)
    assert page.link("//main//a[contains(@href, '/proposals/')]") == f"/console/proposals/{proposal.pk}/"
    assert page.tree.xpath("//input[@name='word']") == []
    fact = Page(finance, f"/console/payments/{payment}/").link("//dd/a[contains(@href, '/undecided/')]")
    assert fact == address
    asked = f"/console/proposals/{proposal.pk}/"
    told = {row[0]: row[1:] for row in Page(other, asked).table(0)}
    assert told["收费单位一侧"] == [told["收费单位一侧"][0], "booked: 收费单位已入账：确认销账"]
    assert told["金额（元）"] == ["10.00", "10.00"]
    finance.post(f"{asked}decide/", {"word": "withdraw"})
    page = Page(finance, address)
    assert page.tree.xpath("//input[@name='word']/@value") == ["booked", "rejected"]
    for sent, code in (({"word": "booked", "reason": " "}, "2111"), ({"word": "reversed", "reason": "x"}, "8304")):
        assert code in finance.post(f"{address}end/", sent, follow=True).content.decode()
    sent = {"word": "rejected", "reason": "书面答复"}
    asked = finance.post(f"{address}end/", sent, follow=True).request["PATH_INFO"]
    seen = Page(other, asked).tree.xpath("//input[@name='seen']/@value")[0]
    finance.post(f"{asked}decide/", {"word": "yes", "seen": seen})
    assert "待复核" in Page(finance, asked).text  # not by who proposed it
    other.post(f"{asked}decide/", {"word": "yes", "seen": seen})
    assert "已同意" in Page(finance, asked).text
    assert "不需要由人定论" in Page(finance, address).text


def test_what_is_decided_or_elsewhere_has_no_end_to_give(place):
    finance = site.client_of(place.users["finance"])
    own = f"/console/differences/undecided/{place.own.payment_id}/"
    assert "不需要由人定论" in Page(finance, own).text
    sent = {"word": "rejected", "reason": "x"}
    assert "8304" in finance.post(f"{own}end/", sent, follow=True).content.decode()
    for number in (place.foreign.payment_id, 10**15, 2**63):
        address = f"/console/differences/undecided/{number}/"
        assert finance.get(address).status_code == 404
        assert finance.post(f"{address}end/", sent).status_code == 404
