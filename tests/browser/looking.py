"""What a browser tells of a page: whether all can use it, and whether it fits a phone."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page

from tests.browser.conftest import PATIENCE_MS, Place
from tests.web.walking import Walk

AXE = (Path(__file__).parent / "axe" / "axe.min.js").read_text()
_CHECK = """async ([rules, without]) => (await axe.run(document, {
    runOnly: rules, rules: Object.fromEntries(without.map(one => [one, {enabled: false}])),
    resultTypes: ["violations"], preload: false, iframes: false,
})).violations.flatMap(found => found.nodes.map(node => `${found.id}: ${node.target} ${node.html.slice(0, 120)}`))"""
_DARK = """() => {
    document.documentElement.dataset.theme = "dark";
    document.getAnimations().forEach(one => one.finish());
}"""
_WIDE = "() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]"
_DRAWN = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 0))))"
_STICKS_OUT = """() => [...document.querySelectorAll("body *")]
    .filter(one => one.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
    .filter(one => !one.closest(".table-scroll, .tabs, .steps, pre, .visually-hidden, svg"))
    .slice(0, 3).map(one => `${one.tagName}.${one.className}`)"""
LEVELS = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}
CONTRAST = "color-contrast"


@contextmanager
def opened(place: Place, browser: Browser, walk: Walk) -> Iterator[Page]:
    """A page of this person's, with axe in it."""
    context = browser.new_context(base_url=place.url, locale="zh-CN", reduced_motion="reduce")
    context.set_default_timeout(PATIENCE_MS)
    if walk.session:
        context.add_cookies([{"name": "yifen_session", "value": walk.session, "url": place.url}])
    context.add_init_script(AXE)
    yield context.new_page()
    context.close()


def faults(page: Page, address: str, colours: bool) -> list[str]:
    """What is wrong with the page, on a phone too; its colours in both themes, if that is asked for."""
    page.set_viewport_size({"width": 1366, "height": 768})
    page.goto(address, wait_until="load")
    found = [f"light {fault}" for fault in page.evaluate(_CHECK, [LEVELS, [] if colours else [CONTRAST]])]
    if colours:
        page.evaluate(_DARK)
        only = {"type": "rule", "values": [CONTRAST]}
        found += [f"dark {fault}" for fault in page.evaluate(_CHECK, [only, []])]
    found += [f"1366 {fault}" for fault in wide(page)]
    page.set_viewport_size({"width": 390, "height": 844})
    found += [f"390 {fault}" for fault in wide(page)]
    return [f"{address} {fault}" for fault in found]


def wide(page: Page) -> list[Any]:
    """What sticks out of the window, if it can be scrolled to the side."""
    page.evaluate(_DRAWN)
    content, window = page.evaluate(_WIDE)
    return [] if content <= window else [f"{content} > {window}: {page.evaluate(_STICKS_OUT)}"]
