"""Prices on the console: begun from a published tariff, tried, proposed, agreed to, looked at."""

from typing import Any

import pytest
from lxml import html

from tests.billing.price_proposals import a_fee, as_owner, billing_here
from tests.console.pages import Page
from tests.web import site
from tests.web.province import Province

LIST, NEW, FEES = "/console/billing/prices/", "/console/billing/prices/new/", "/console/billing/fees/"


@pytest.fixture
def staff(place: Province) -> Any:
    return site.client_of(place.users["biller_staff"])


def fields(page: Page) -> dict[str, str]:
    """What the editor's form would send, unchanged."""
    form: Any = page.tree.xpath("//form[@id='price_form']")[0]
    empty = {one.name: "" for one in form.inputs if one.name}
    return {**empty, **dict(form.form_values()), "csrfmiddlewaretoken": "", "try": "", "propose": ""}


def agree(place: Province, proposal: str) -> None:
    checker = site.client_of(place.users["institution_admin"])
    seen = Page(checker, proposal).tree.xpath("//input[@name='seen']/@value")[0]
    checker.post(f"{proposal}decide/", {"word": "yes", "seen": seen})


def posted(browser: Any, url: str, data: dict[str, str]) -> Page:
    """The page that a post answers."""
    page = Page.__new__(Page)
    answer = browser.post(url, {name: value for name, value in data.items() if value != ""})
    assert answer.status_code == 200, answer.headers
    page.client, page.answer, page.path = browser, answer, url
    page.tree = html.fromstring(answer.content.decode())
    return page


def test_a_price_is_begun_from_a_published_tariff_tried_and_agreed_to(place: Province, staff: Any) -> None:
    fee = a_fee(place.own.biller, "PAGE1")
    url = f"{NEW}?fee={fee}&tariff=bj-water"
    begun = fields(Page(staff, url))
    assert begun["parts-0-price"] == "2.07"
    assert (begun["limits-1-limit"], begun["limits-1-months"], begun["name"]) == ("260", "", "北京居民阶梯")
    asked = begun | {"valid_from": "2090-01-01", "quantity": "30", "used": "170", "try": "1"}
    tried = posted(staff, url, asked)
    assert [row[1:] for row in tried.table(2)] == [
        ["水费 1 档", "1", "10", "2.07", "20.70"], ["水费 2 档", "2", "20", "4.07", "81.40"],
        ["水资源费", "—", "30", "1.57", "47.10"], ["污水处理费", "—", "30", "1.36", "40.80"]]  # fmt: skip
    agreed = fields(tried) | {"propose": "1"}
    changed = posted(staff, url, agreed | {"parts-0-price": "2.08"})
    assert "8805" in changed.text  # not what was tried
    answer = staff.post(url, {name: value for name, value in agreed.items() if value != ""})
    proposal = Page(staff, answer.url)
    assert "水费 2 档 4.07 元/m³" in proposal.text
    assert "190.00" in proposal.text
    agree(place, answer.url)
    page = Page(staff, LIST, fee=str(fee))
    shown = [page.column(title) for title in ("状态", "生效日", "用户类别")]
    assert shown == [["待执行"], ["2090-01-01"], ["居民"]]
    assert page.column("单价（元）") == ["2.07 / 4.07 / 6.07 / 1.57 / 1.36"]


def test_a_tier_that_is_wrong_is_named_and_its_field_marked(place: Province, staff: Any) -> None:
    """Of six tiers the fifth ends where the fourth does; a line is left empty between them."""
    url = f"{NEW}?fee={a_fee(place.own.biller, 'PAGE3')}&tariff=bj-water"
    asked = fields(Page(staff, url)) | {"valid_from": "2090-01-01", "quantity": "30", "try": "1"}
    ends = [(0, 1, "100"), (1, 2, "200"), (3, 3, "300"), (4, 4, "400"), (5, 5, "400")]
    rows = {f"limits-{line}-{name}": value for line in range(6) for name, value in (
        ("tier", ""), ("limit", ""), ("months", ""), ("persons_over", ""), ("add", ""))}  # fmt: skip
    rows |= {f"limits-{line}-tier": str(tier) for line, tier, _ in ends} | {
        f"limits-{line}-limit": limit for line, _, limit in ends}
    page = posted(staff, url, asked | rows | {"limits-TOTAL_FORMS": "6"})
    ((field,),) = [one.xpath("preceding-sibling::input/@name") for one in page.tree.xpath("//table//ul[@class]")]
    assert field == "limits-5-limit"
    assert "第 5 档上限 400 须大于第 4 档的 400" in page.text
    staff.cookies["django_language"] = "en"
    page = posted(staff, url, asked | rows | {"limits-TOTAL_FORMS": "6"})
    assert "the limit of tier 5, 400, must be above that of tier 4, 400" in page.text
    page = posted(staff, url, asked | {"parts-1-price": "10000001"})
    assert "第 2 项" not in page.text
    assert "part 2 (水费 2 档): its price is from 0 to 10,000,000 yuan, of at most 8 decimals" in page.text


def test_a_versions_page_shows_parts_limits_and_the_picture(place: Province, staff: Any) -> None:
    fee = a_fee(place.own.biller, "PAGE2")
    price = as_owner("INSERT INTO billing_price (fee_id, class, name, valid_from) VALUES (%s, 'residential', '峰谷',"
                     " '2020-01-01') RETURNING price_id", [fee])  # fmt: skip
    as_owner("INSERT INTO billing_part VALUES (%s, 1, '峰', 'peak', 0, .568), (%s, 2, '谷', 'valley', 0, .288),"
             " (%s, 3, '加价', 'qty', 2, .05)", [price] * 3)  # fmt: skip
    as_owner("INSERT INTO billing_limit VALUES (%s, 1, 8190, 2760000, 4, 1200000, true)", [price])
    page = Page(staff, f"{LIST}{price}/")
    assert page.table(0)[0] == ["峰", "峰", "—", "0.568", "m³"]
    text = page.text
    for said in ("2,760", "超过 4 人，每多一人 +1,200", "执行中"):
        assert said in text
    option = page.tree.xpath("//script[@id='chart_price']/text()")[0]
    assert '"step": "end"' in option
    assert "[2760.0, 0.618]" in option
    assert f"{NEW}?fee={fee}&like={price}" in page.tree.xpath("//main//a/@href")
    as_owner("INSERT INTO billing_service (bucket, service_id, customer_id, fee_id, class, from_on)"
             " VALUES (0, 7777000, 7777000, %s, 'industrial', '2026-01-01')", [fee])  # fmt: skip
    begun = Page(staff, f"{NEW}?fee={fee}&like={price}")
    assert begun.tree.xpath("//input[@name='class_']/@list") == ["classes"]
    assert begun.tree.xpath("//datalist[@id='classes']/option/@value") == ["industrial", "residential"]
    again = fields(Page(staff, f"{NEW}?fee={fee}&like={price}"))
    assert (again["parts-2-tier"], again["limits-0-add"], again["limits-0-add_each"]) == ("2", "1200", "on")


def test_months_are_typed_and_shown_as_spans(place: Province, staff: Any) -> None:
    fee = a_fee(place.own.biller, "PAGE3", cycle="month")
    url = f"{NEW}?fee={fee}&tariff=gz-power"
    begun = fields(Page(staff, url))
    assert (begun["limits-0-months"], begun["limits-2-months"]) == ("5-10", "1-4,11-12")
    asked = begun | {"valid_from": "2090-01-01", "quantity": "600", "limits-0-months": "5-10", "try": "1"}
    assert [row[-1] for row in posted(staff, url, asked | {"month": "7"}).table(2)] == ["153.14", "217.26"]
    assert [row[-1] for row in posted(staff, url, asked | {"month": "1"}).table(2)] == ["117.80", "127.80", "177.80"]
    assert "月份如 5-10" in posted(staff, url, asked | {"limits-0-months": "13"}).text
    assert "8802" in posted(staff, url, asked | {"limits-0-months": "4-10"}).text  # April twice


def test_a_fee_is_proposed_and_changed(place: Province, staff: Any) -> None:
    billing_here(place.own.biller)
    asked = {"biller_id": place.own.biller, "code": "PAGE9", "name": "垃圾费", "unit": "月", "cycle": "none",
             "cycle_from": 1, "mode": "exact", "due_days": 15}  # fmt: skip
    answer = staff.post(f"{FEES}new/", asked)
    assert "垃圾费" in Page(staff, answer.url).text
    agree(place, answer.url)
    assert "垃圾费" in Page(staff, FEES).column("名称")
    url = f"{FEES}{as_owner('SELECT fee_id FROM billing_fee WHERE code = %s', ['PAGE9'])}/"
    changed = {name: value for name, value in asked.items() if name not in ("code", "biller_id")}
    answer = staff.post(url, changed | {"name": "清运费"})
    agree(place, answer.url)
    assert "清运费" in Page(staff, FEES).column("名称")
    wrong = posted(staff, f"{FEES}new/", asked | {"code": "kl ein"})
    assert "8807" in wrong.text


def test_staff_of_a_company_sees_no_others_prices(place: Province, staff: Any) -> None:
    far = a_fee(place.foreign.biller, "FAR1")
    price = as_owner("INSERT INTO billing_price (fee_id, class, name, valid_from) VALUES (%s, 'x', '白石价',"
                     " '2020-01-01') RETURNING price_id", [far])  # fmt: skip
    assert "白石价" not in Page(staff, LIST).text
    assert staff.get(f"{LIST}{price}/").status_code == 404
    assert staff.get(f"{FEES}{far}/").status_code == 404
    assert "parts-0-name" not in Page(staff, f"{NEW}?fee={far}").text
    own = a_fee(place.own.biller, "PAGE4")
    assert fields(Page(staff, f"{NEW}?fee={own}&like={price}"))["parts-0-name"] == ""


def test_who_may_only_look_gets_no_editor(place: Province) -> None:
    auditor = site.client_of(place.users["auditor"])
    assert auditor.get(LIST).status_code == 200
    assert auditor.get(NEW).status_code == 403
