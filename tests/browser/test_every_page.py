"""Every page of a busy province: accessible to WCAG 2.1 A and AA in both themes, and no wider than a phone (X1)."""

import pytest
from playwright.sync_api import Browser, expect

from tests.browser import looking
from tests.browser.conftest import Place
from tests.sampling import ALL, stride
from tests.web import site
from tests.web.walking import Walk, walks
from tests.web.worked import worked

EVERY = 32
"""In a run of everything one address of so many is opened."""


@pytest.fixture(scope="module")
def people(place: Place) -> list[Walk]:
    """Who opens which page; asked for before the browser."""
    with site.on(place.province.database):
        return walks(worked(place.province), EVERY)


@pytest.mark.timeout(600)  # some ninety pages in two themes and two widths: seconds, where the machine is not busy
def test_every_page_is_accessible_in_both_themes_and_fits_a_phone(
    place: Place, people: list[Walk], browser: Browser
) -> None:
    assert sum(len(walk.addresses) for walk in people) > (80 if ALL else 4)
    found: list[str] = []
    for walk in people:
        with looking.opened(place, browser, walk) as page:
            for place_of, address in enumerate(walk.addresses):  # colours are few
                found += looking.faults(page, address, place_of % stride(3) == 0)
    assert found == []


def test_on_a_phone_rows_are_cards_filters_fold_and_the_calendar_is_a_week(
    place: Place, people: list[Walk], browser: Browser
) -> None:
    finance = next(walk for walk in people if walk.role == "finance")
    with looking.opened(place, browser, finance) as page:
        page.set_viewport_size({"width": 599, "height": 844})
        page.goto("/console/differences/")
        cell = page.locator("tbody td").nth(2)
        title = cell.evaluate("one => getComputedStyle(one, '::before').content")
        assert (title, cell.evaluate("one => getComputedStyle(one).display")) == ('"合作方"', "flow-root")
        expect(page.locator(".filters-title .badge")).to_have_text("1")  # those that are open
        expect(page.locator(".filters .field").first).to_be_hidden()
        expect(page.locator(".filters-actions")).to_be_hidden()
        page.locator(".filters-title").click()
        expect(page.locator(".filters .field").first).to_be_visible()
        page.goto("/console/reconciliation-rules/POWER01/")  # a table written by hand
        assert page.locator("tbody td[data-label='处理办法'] select").count() == 6
        page.goto("/console/calendar/?month=2026-11&week=2026-11-25")
        expect(page.locator(".month td:visible .mono")).to_have_text(["23", "24", "25", "26", "27", "28", "29"])
        page.get_by_role("link", name="下一周").click()
        expect(page.locator(".month td:visible .mono")).to_have_text(["30", "1", "2", "3", "4", "5", "6"])
        page.set_viewport_size({"width": 600, "height": 844})
        expect(page.locator(".month tbody tr:visible")).to_have_count(6)
        page.goto("/console/differences/")
        expect(page.locator(".filters .field").first).to_be_visible()
        expect(page.locator(".filters-title")).to_be_hidden()
        assert page.locator("tbody td").nth(2).evaluate("one => getComputedStyle(one).display") == "table-cell"
        page.set_viewport_size({"width": 1366, "height": 844})
        tops = {round(box["y"]) for one in page.locator(".filters .field").all() if (box := one.bounding_box())}
        assert len(tops) < page.locator(".filters .field").count()  # side by side where there is room
        table = page.locator(".table-scroll")
        assert table.evaluate("one => one.scrollWidth <= one.clientWidth")
