"""Views that people keep of lists, and periods as links."""

import pytest

from tests.console.busy import Busy
from tests.console.pages import Page
from tests.web import site

LIST = "/console/payments/"
QUERY = "since=2026-11-23&until=2026-11-23&biller_state=booked"


@pytest.fixture
def finance(busy: Busy):
    return site.client_of(busy.place.users["finance"])


def keep(client, **changed: str):
    return client.post("/console/views/save/", {"path": LIST, "name": "已销账", "query": QUERY} | changed)


def kept() -> list[tuple[str, str, str]]:
    from yifen.face.models import SavedView

    return list(SavedView.objects.order_by("pk").values_list("listing", "name", "query"))


@pytest.fixture(autouse=True)
def none_kept(busy: Busy):
    from yifen.face.models import SavedView

    SavedView.objects.all().delete()


def test_a_view_is_kept_shown_and_removed_again(finance):
    assert keep(finance)["Location"] == f"{LIST}?{QUERY}"
    page = Page(finance, LIST)
    assert page.link("//a[text()='已销账']").endswith(f"?{QUERY}")
    assert Page(finance, f"{LIST}?{QUERY}").tree.xpath("//a[text()='已销账']/@aria-current") == ["true"]
    remove = page.tree.xpath("//form[contains(@action, '/views/')]/@action")[0]
    assert finance.post(remove, {"path": LIST})["Location"] == LIST
    assert kept() == []


def test_a_name_that_is_there_already_gets_the_new_query(finance):
    keep(finance)
    keep(finance, query="since=2026-11-01")
    assert kept() == [("payments", "已销账", "since=2026-11-01")]


@pytest.mark.parametrize("changed", [{"name": " \x00"}, {"name": ""}])
def test_a_view_without_a_name_is_not_kept(finance, changed):
    keep(finance, **changed)
    assert kept() == []


@pytest.mark.parametrize("path", ["https://elsewhere/", "/console/", "//x", "/console/audit/1/", "x"])
def test_only_the_page_of_a_list_has_views(finance, path):
    assert keep(finance, path=path).status_code == 404
    assert kept() == []


def test_anothers_view_is_neither_shown_nor_removed(finance, busy):
    from yifen.face.models import SavedView

    keep(finance)
    other = site.client_of(busy.place.users["auditor"])
    assert "已销账" not in [tag.text for tag in Page(other, LIST).tree.xpath("//nav//a")]
    number = SavedView.objects.get().pk
    assert other.post(f"/console/views/{number}/remove/", {"path": LIST}).status_code == 404
    assert len(kept()) == 1


def test_so_many_views_and_no_more(finance, monkeypatch: pytest.MonkeyPatch):
    from yifen.face.lists import saved

    monkeypatch.setattr(saved, "VIEWS_MAX", 2)
    for name in "abc":
        keep(finance, name=name)
    assert [name for _, name, _ in kept()] == ["a", "b"]


def test_periods_are_links_that_keep_the_other_filters(finance):
    page = Page(finance, LIST, biller_state="booked", after="x")
    links = page.tree.xpath("//nav[@aria-label='日期']/a")
    assert [link.text for link in links] == ["今天", "昨天", "本周", "本月", "上月", "今年以来"]
    assert [link.get("aria-current") for link in links][:3] == ["true", None, None]
    assert links[4].get("href") == (
        f"{LIST}?biller_state=booked&since=2026-10-01&until=2026-10-31"
    )


def test_a_period_may_be_asked_by_its_first_day_alone(finance):
    """It keeps the other filters, and ends as the list does by itself: with today's business day."""
    form = "//nav[@aria-label='日期']/form"
    page = Page(finance, LIST, biller_state="booked", since="2026-11-23", until="2026-11-23", after="x")
    fields = {one.get("name"): one.get("value") for one in page.tree.xpath(f"{form}//input")}
    assert fields == {"biller_state": "booked", "since": ""}
    since = page.go(f"{LIST}?biller_state=booked&since=2026-11-20")
    assert since.tree.xpath(f"{form}//input[@name='since']")[0].get("value") == "2026-11-20"
    assert since.tree.xpath("//input[@id='filter_until']")[0].get("value") == "2026-11-23"
    assert since.column("缴费号") == page.column("缴费号")
    assert "止日早于起日" in page.go(f"{LIST}?biller_state=booked&since=2026-11-24").text


def test_a_list_without_a_period_asks_for_no_first_day(finance):
    assert Page(finance, "/console/accounts/").tree.xpath("//form[@class='list-since']") == []


def test_the_pager_says_newer_and_older_by_time_and_next_by_anything_else(finance):
    words = "//nav[contains(@class, 'pager')]//a/text()"
    by_time = Page(finance, LIST, since="2026-11-23", until="2026-11-23")
    by_amount = Page(finance, LIST, since="2026-11-23", until="2026-11-23", sort="-amount")
    assert "".join(by_time.tree.xpath(words)).split() == ["较早"]
    assert "".join(by_amount.tree.xpath(words)).split() == ["下一页"]


def test_an_empty_list_says_what_to_do_and_clears_its_filters(finance):
    page = Page(finance, LIST, since="2020-01-01", until="2020-01-01")
    assert "没有符合条件的记录" in page.text
    assert page.link("//*[@class='empty-actions']/a") == LIST


def test_a_list_that_the_reader_may_not_see_keeps_no_view_of_his(busy: Busy) -> None:
    """Neither way: none is kept, and one that was kept before the right was taken is out of reach."""
    from yifen.face.models import SavedView

    teller = busy.place.own.teller
    client = site.client_of(teller)
    asked = {"path": "/console/audit/", "name": "全部", "query": ""}
    assert client.post("/console/views/save/", asked).status_code == 403
    assert not SavedView.objects.filter(user=teller).exists()
    kept = SavedView.objects.create(user=teller, listing="audit", name="全部", query="")
    assert client.post(f"/console/views/{kept.pk}/remove/", {"path": "/console/audit/"}).status_code == 403
    assert SavedView.objects.filter(pk=kept.pk).exists()
    kept.delete()
