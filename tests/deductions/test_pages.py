"""A clerk asks a bank to deduct, and sees what became of it."""

from collections.abc import Iterator

import psycopg
import pytest

from tests.console.pages import Page
from tests.deductions import proposals
from tests.deductions.counter_of_bank import CARD, NAME, SECRET
from tests.settlement.bank_side import Serving
from tests.web import site
from tests.world import sealed_key
from yifen.core.facts.codes import Code
from yifen.core.wire.keys import Key
from yifen.hub.simulators.bank import SimulatedBank
from yifen.hub.simulators.bank_books import BankBooks
from yifen.hub.simulators.bank_deductions import BankCustomer, BankDeductions


@pytest.fixture(scope="module")
def books(place) -> Iterator[BankDeductions]:
    """The county's channel has a bank's port."""
    from yifen.core.access.edge import now

    made, serving, code = BankDeductions([BankCustomer(CARD, NAME, 10**8)]), Serving(), place.own.channel_code
    bank = SimulatedBank(Key(partner=code, version=9, algorithm="hmac-sha256", secret=SECRET), BankBooks("1", "x"), now,
                         deductions=made)  # fmt: skip
    with psycopg.connect(place.database.super_url) as conn:
        conn.execute("INSERT INTO partner_key (partner_id, version, algorithm, secret, valid_from) VALUES (%s, 9,"
                     " 'hmac-sha256', %s, now() - interval '1 day')", (place.own.channel, sealed_key(code, 9, SECRET)))
        conn.execute("INSERT INTO deduction_port VALUES (%s, %s, true)",
                     (place.own.channel, f"http://127.0.0.1:{serving.open(bank)}"))  # fmt: skip
    yield made
    serving.close(bank)
    serving.stop()


def test_what_a_bank_does_not_give_back_ends_by_its_paper_and_two_people(place):
    number = proposals.stuck(place)
    from yifen.core.access.edge import now
    from yifen.core.access.models import Authorisation
    from yifen.trades.deductions.proof import altered

    maker, address = site.client_of(place.users["finance"]), f"/console/deductions/{number}/"
    assert number in Page(maker, "/console/deductions/", state="stuck").text
    assert "卡扣久无结果" in Page(maker, "/console/today/").text
    staff = site.client_of(place.users["biller_staff"])
    assert (staff.get(address).status_code, staff.post(f"{address}outside/").status_code) == (200, 403)
    there = site.client_of(site.user("fi-there", place.foreign.county, "finance"))
    asked = {"back": f"R{number}", "reference": "函 12 号"}
    assert there.post(f"{address}outside/", asked).status_code == 404
    assert maker.post(f"{address}outside/", asked | {"back": "R"}).status_code == 404
    refused = maker.post(f"{address}outside/", asked | {"reference": " "}, follow=True)
    assert refused.request["PATH_INFO"] == address
    proposal = maker.post(f"{address}outside/", asked, follow=True)
    assert proposal.request["PATH_INFO"].startswith("/console/proposals/")
    assert "待复核的提议" in Page(maker, address).text
    row = Authorisation.objects.get(subject_key=f"R{number}")
    site.agree(place.users["supervisor"], row, now())
    page = Page(maker, address).text
    assert [word in page for word in ("已退回账户", "凭银行书面答复 函 12 号", "登记其编号")] == [True, True, False]
    with psycopg.connect(place.database.super_url) as conn:
        asked_again = conn.execute("SELECT settle_at FROM deduction WHERE deduction_no = %s", (number,)).fetchone()
        assert asked_again == (None,)
        told = [one for one in altered(conn) if number in one]
        assert told == [f"deduction {number} says that the bank took 700, of which no answer is kept"]  # made by rows
        conn.execute("SET session_replication_role = replica")
        conn.execute("UPDATE deduction_back SET reference = '函 13 号' WHERE deduction_no = %s", (number,))
        assert f"deduction_back R{number} is back by a paper to which no two people agreed" in altered(conn)
        conn.rollback()


def test_a_clerk_asks_and_the_page_shows_how_it_went_with_the_account_masked(place, books):
    clerk, own = site.client_of(place.users["finance"]), place.own
    pair = f"{own.channel}-{own.biller}"
    page = Page(clerk, "/console/deductions/new/", pair=pair, account_no=own.account_no)
    assert page.tree.xpath("//input[@name='bill']/@value") == ["2026-10", "2026-11"]
    sent = {"pair": pair, "account_no": own.account_no, "number": page.tree.xpath("//input[@name='number']/@value")[0],
            "bill": ["2026-10", "2026-11"], "due.2026-10": "23456", "due.2026-11": "34567", "debtor_no": CARD,
            "debtor_name": NAME, "consent": "paper", "consent_note": "授权书 7 号"}  # fmt: skip
    for wrong, code in (({"debtor_no": "1"}, "8704"), ({"due.2026-10": "1"}, "8703"),
                        ({"bill": []}, f"{Code.NOTHING_CHOSEN:04d}"), ({"consent": ""}, "必填")):  # fmt: skip
        answer = clerk.post("/console/deductions/new/", sent | wrong).content.decode()
        assert code in answer
        assert books.held_fen() == {}
    done = clerk.post("/console/deductions/new/", sent, follow=True)
    assert done.request["PATH_INFO"] == f"/console/deductions/{sent['number']}/"
    shown = Page(clerk, done.request["PATH_INFO"])
    assert "已销账" in shown.text
    assert shown.facts()["扣款账户"] == "6222********7890 **小明"
    assert CARD not in done.content.decode()
    assert books.held_fen() == {sent["number"]: 58_023}
    assert "已销账" in Page(clerk, "/console/deductions/", state="booked").text
    payment = shown.link("//main//a[contains(@href, '/payments/')]")
    assert Page(clerk, payment).facts()["卡扣"] == "已销账"
    again = clerk.post("/console/deductions/new/", sent, follow=True)  # the back button
    assert again.request["PATH_INFO"] == done.request["PATH_INFO"]
    assert books.held_fen() == {sent["number"]: 58_023}


def test_who_may_not_ask_or_see_does_not(place, books):
    auditor, foreign = site.client_of(place.users["supervisor"]), site.client_of(place.foreign.user)
    assert auditor.get("/console/deductions/new/").status_code == 403
    with psycopg.connect(place.database.super_url) as conn:
        number = conn.execute("SELECT deduction_no FROM deduction").fetchone()[0]
    assert auditor.get(f"/console/deductions/{number}/").status_code == 200
    assert foreign.get(f"/console/deductions/{number}/").status_code == 404


def test_a_port_is_put_before_another_person(place):
    admin = site.client_of(place.own.user)
    page = "/console/deductions/ports/"
    assert "接口地址" in Page(admin, page).text
    sent = {"channel": place.own.channel_code, "endpoint": "https://bank.example/port", "enabled": "on"}
    asked = admin.post(page, sent, follow=True).request["PATH_INFO"]
    told = {row[0]: row[1:] for row in Page(admin, asked).table(0)}
    assert told["接口地址"][-1] == "https://bank.example/port"
    assert "1" in admin.post(page, sent | {"endpoint": "ftp://x"}).content.decode()
