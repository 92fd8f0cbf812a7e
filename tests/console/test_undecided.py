"""The page on which two people end a payment that its biller never decided."""

import psycopg

from tests.console.pages import Page, words
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
    assert told["收费单位一侧"] == ["已登记，未发出", "收费单位已入账：确认销账"]
    assert told["对方文件中有无"] == ["渠道未对账，收费单位未对账"] * 2
    assert told["金额（元）"] == ["10.00", "10.00"]
    finance.post(f"{asked}decide/", {"word": "withdraw"})
    page = Page(finance, address)
    assert page.tree.xpath("//input[@name='word']/@value") == ["booked", "rejected"]
    for sent, code in (({"word": "booked", "reason": " "}, "2113"), ({"word": "reversed", "reason": "x"}, "8304")):
        assert code in finance.post(f"{address}end/", sent, follow=True).content.decode()
    sent = {"word": "rejected", "reason": "书面答复"}
    asked = finance.post(f"{address}end/", sent, follow=True).request["PATH_INFO"]
    seen = Page(other, asked).tree.xpath("//input[@name='seen']/@value")[0]
    finance.post(f"{asked}decide/", {"word": "yes", "seen": seen})
    assert "待复核" in Page(finance, asked).text  # not by who proposed it
    other.post(f"{asked}decide/", {"word": "yes", "seen": seen})
    assert "已同意" in Page(finance, asked).text
    assert "不需要由人定论" in Page(finance, address).text


def test_the_first_page_counts_them_and_leads_to_their_list(place):
    finance, checker = site.client_of(place.users["finance"]), site.client_of(place.users["supervisor"])

    def waits(client) -> list[tuple[str, str, str]]:
        lines = Page(client, "/console/today/").tree.xpath("//li[@class='wait']")
        return [(words(line.xpath("./a")[0]), words(line), line.xpath("./a/@href")[0]) for line in lines
                if "未决" in words(line)]  # fmt: skip

    address = "/console/differences/undecided/"
    before = Page(finance, address).tree.xpath("//main//tbody/tr")
    _, _, _, payment = undecided(place)
    row = Page(finance, address).table(-1)[-1]
    assert [row[0], *row[3:6]] == [str(payment), "WX01 单位WX01", "已登记", "10.00"]
    (title, told, link), *more = waits(finance)
    assert (title, link, more) == ("未决缴费待定论", address, [])
    number = len(before) + 1
    assert told.startswith(f"已逾期 未决缴费待定论{number}¥{number}0.00")
    assert Page(checker, address).table(-1)[-1][0] == str(payment)  # who may look is told as well
    assert waits(checker) == waits(finance)
    with psycopg.connect(place.database.super_url) as conn:
        conn.execute("SET session_replication_role = replica")
        conn.execute("UPDATE biller_call SET due_at = now() WHERE payment_id = %s", (payment,))  # asked about again
    assert [row[0] for row in Page(finance, address).table(-1) if row[0] == str(payment)] == []


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
