"""Late fees on the console: what a bill asks for today, waived and not counted by two people; rules of fees."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any, NamedTuple

import pytest

from tests.billing.late_proposals import ACCOUNT, late_bill
from tests.conftest import NewProvince
from tests.console.pages import Page
from tests.web import site
from tests.web.province import Province
from yifen.core.facts.days import ZONE

DUE = date(2026, 3, 1)
RULES = "/console/billing/late-rules/"


class Street(NamedTuple):
    """The county, and its late bill of 1,000.00 with its fee."""

    place: Province
    bill: int
    fee: int

    def client(self, user: str) -> Any:
        return site.client_of(self.place.users[user])

    @property
    def page(self) -> str:
        return f"/console/billing/bills/{self.bill}/late/"

    def fee_fen(self) -> int:
        """Of today: 2 permille a day of 2026, 3 of later years."""
        days = (datetime.now(ZONE).date() - DUE).days
        this_year = min(days, (date(2026, 12, 31) - DUE).days)
        return this_year * 200 + (days - this_year) * 300


@pytest.fixture(scope="module")
def street(new_province: NewProvince) -> Iterator[Street]:
    from django.db import transaction

    place = new_province()
    with site.on(place.database):
        with transaction.atomic():
            bill, fee = late_bill(place)
        yield Street(place, bill, fee)


def agreed(client: Any, proposal: str) -> Any:
    """The second person looks at it and says yes."""
    seen = Page(client, proposal).tree.xpath("//input[@name='seen']/@value")[0]
    return client.post(f"{proposal}decide/", {"word": "yes", "seen": seen}, follow=True)


def facts(page: Page) -> dict[str, str]:
    """Of the page of a late bill."""
    titles, texts = page.tree.xpath("//main//dl//dt"), page.tree.xpath("//main//dl//dd")
    return {title.text_content().strip(): " ".join(text.text_content().split())
            for title, text in zip(titles, texts, strict=True)}  # fmt: skip


def test_a_late_fee_is_shown_line_by_line_up_to_a_day(street: Street) -> None:
    """1,000.00 due on 1 March: 305 days of 2026 at 2 permille, 31 of 2027 at 3."""
    staff = street.client("auditor")
    assert [row[:5] + row[5:] for row in Page(staff, street.page, on="2027-01-31").table(0)][:2] == [
        ["2026-03-02 – 2026-12-31", "305", "2", "1,000.00", "61000", ""],
        ["2027-01-01 – 2027-01-31", "31", "3", "1,000.00", "9300", ""]]  # fmt: skip
    sums = {row[0]: row[-1] for row in Page(staff, street.page, on="2027-01-31").table(0)[2:]}
    assert sums == {"各段合计": "703.00", "违约金": "703.00", "其中未缴（元）": "703.00"}
    assert "到这一天没有违约金" in Page(staff, street.page, on="2026-03-01").text


def test_a_bill_tells_its_late_fee_of_today_and_two_people_waive_of_it(street: Street) -> None:
    staff, finance = street.client("biller_staff"), street.client("finance")
    whole = street.fee_fen()
    page = Page(staff, street.page)
    assert page.tree.xpath("//input[@name='from_on']/@value") == [str(datetime.now(ZONE).date())]
    found = facts(page)
    assert (found["账单本金（元）"], found["其中未缴（元）"]) == ("1,000.00", f"{whole / 100:,.2f}")
    refused = staff.post(f"{street.page}waive/", {"amount": "999999", "reason": "错账"})
    assert "8841" in refused.content.decode()
    proposal = staff.post(f"{street.page}waive/", {"amount": "5", "reason": "系统故障"}).url
    shown = Page(finance, proposal)
    assert ["减免违约金（元）", "—", "5.00"] in shown.table()
    assert facts(Page(staff, street.page))["其中未缴（元）"] == f"{whole / 100:,.2f}"
    agreed(finance, proposal)
    page = Page(finance, street.page)
    assert facts(page)["其中未缴（元）"] == f"{whole / 100 - 5:,.2f}"
    assert page.table(1)[0][0] == "减免"
    assert page.table(1)[0][2:4] == ["5.00", "系统故障"]
    rest = staff.post(f"{street.page}waive/", {"reason": "全部"}).url
    assert f"{whole / 100 - 5:,.2f}" in Page(finance, rest).text
    staff.post(f"{rest}decide/", {"word": "withdraw"})


def test_days_are_not_counted_once_two_people_say_so(street: Street) -> None:
    staff, finance = street.client("biller_staff"), street.client("finance")
    before = facts(Page(staff, street.page))["其中未缴（元）"]
    wrong = staff.post(f"{street.page}freeze/", {"from_on": "2026-03-05", "to_on": "2026-03-04", "reason": "争议"})
    assert "8842" in wrong.content.decode()
    asked = {"from_on": "2026-03-05", "to_on": "2026-03-08", "reason": "争议"}
    proposal = staff.post(f"{street.page}freeze/", asked).url
    assert Page(finance, proposal).table()[-3:] == [
        ["范围", "—", "仅此账单"], ["停计起日", "—", "2026-03-05"], ["停计止日", "—", "2026-03-08"]]  # fmt: skip
    agreed(finance, proposal)
    after = facts(Page(staff, street.page))["其中未缴（元）"]
    assert float(before.replace(",", "")) - float(after.replace(",", "")) == 8
    assert "停计" in Page(staff, street.page).text


def test_a_rule_is_put_before_a_second_person_and_stands_in_the_list(street: Street) -> None:
    admin, staff = street.client("institution_admin"), street.client("biller_staff")
    assert Page(admin, RULES).table()[0][2:6] == ["2020-01-01", "2", "3", "0"]
    asked = {"fee": str(street.fee), "class_": "", "valid_from": "2030-01-01", "rate": "1", "later_rate": "1.5",
             "grace_days": "5", "least": "1", "fee_first": "on", "reason": "新合同"}  # fmt: skip
    past = admin.post(f"{RULES}new/", asked | {"valid_from": "2026-01-01"})
    assert "8843" in past.content.decode()
    proposal = admin.post(f"{RULES}new/", asked).url
    assert ["到期当年每日（‰）", "2", "1"] in Page(staff, proposal).table()
    agreed(staff, proposal)
    assert Page(staff, RULES).table()[0][2:7] == ["2030-01-01", "1", "1.5", "5", "1.00"]


def test_others_see_nothing_of_it(street: Street) -> None:
    from tests.web.site import user

    stranger = site.client_of(user("otherstaff", street.place.foreign.branch, "finance"))
    assert stranger.get(street.page).status_code == 404
    assert stranger.post(f"{street.page}waive/", {"reason": "x"}).status_code == 404
    assert ACCOUNT not in stranger.get(RULES).content.decode()
    assert Page(stranger, RULES).tree.xpath("//main//table") == []
    auditor = street.client("auditor")
    assert auditor.get(street.page).status_code == 200
    assert auditor.post(f"{street.page}waive/", {"reason": "x"}).status_code == 403
    assert street.client("auditor").get("/console/billing/bills/77000/late/").status_code == 404
