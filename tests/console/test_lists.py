"""What every list has in common: a question that is too large, hostile text, plain GET and htmx."""

import pytest

from tests.console.pages import Page
from tests.web import site

LISTS = ("payments", "accounts", "jobs", "jobs/files", "jobs/exports", "audit")

TEXTS = {"nul": "\x00", "sql": "'; DROP TABLE payment;--", "pattern": "%", "script": "<script>",
         "rare": "𫖯" * 40, "long": "a" * 5000}  # fmt: skip


@pytest.fixture
def auditor(place):
    return site.client_of(place.users["auditor"])


def test_a_question_that_takes_too_long_is_given_up_and_said_to_be_narrowed(
    auditor, monkeypatch: pytest.MonkeyPatch
):
    from yifen.face.lists import paging
    from yifen.face.lists.listing import Select

    whole = paging.statement

    def sleeps(listing, ask):
        found = whole(listing, ask)
        return Select(found.select, [*found.where, "pg_sleep(5) IS NOT NULL"], found.params)

    monkeypatch.setattr(paging, "statement", sleeps)
    monkeypatch.setattr(paging, "SECONDS_MAX", 1)
    page = Page(auditor, "/console/accounts/")
    assert "查询范围过大" in page.text
    assert page.tree.xpath("//main//table") == []
    assert page.tree.xpath("//form[contains(@class, 'filters')]")


@pytest.mark.parametrize("name", [*LISTS, "payables"])
@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_hostile_text_in_a_filter_is_no_more_than_text(auditor, name, text):
    asked = dict.fromkeys(("q", "account", "name", "amount_min", "since", "biller", "sort", "after"), text)
    answer = auditor.get(f"/console/{name}/", asked)
    assert answer.status_code in (200, 302)
    assert "<script>" not in answer.content.decode().replace('<script src', "")


@pytest.mark.parametrize("name", LISTS)
def test_a_list_swaps_itself_in_place_and_its_rows_open_as_pages(auditor, name):
    page = Page(auditor, f"/console/{name}/")
    [region] = page.tree.xpath("//main//*[@id='list']")
    assert (region.get("hx-boost"), region.get("hx-select")) == ("true", "#list")
    assert [body.get("hx-boost") for body in page.tree.xpath("//*[@id='list']//tbody")] == ["false"]
    assert all(form.get("hx-boost") == "false" for form in page.tree.xpath("//*[@id='list']//form[@method='post']"))


def test_the_filters_stay_in_the_address_of_every_link(auditor):
    page = Page(auditor, "/console/accounts/", q="2241", sort="-name")
    [by_code] = page.tree.xpath("//th/a[contains(text(), '科目账号')]/@href")
    assert by_code == "/console/accounts/?q=2241&sort=code"
    assert page.tree.xpath("//input[@name='q']/@value") == ["2241"]
    assert page.tree.xpath("//input[@name='sort']/@value") == ["-name"]
    codes = page.column("科目账号")
    assert codes == sorted(codes, reverse=True)
    assert len(codes) == 2
