"""The small scripts in a real browser, under the strict content policy: nothing refused, nothing fetched elsewhere."""

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("playwright")
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.sampling import stride

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = shutil.which("chromium")
pytestmark = pytest.mark.skipif(not CHROMIUM, reason="no chromium on this machine")
Open = Callable[..., Page]


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """The sample pages, served by a process of their own: its Django is none of the others' business."""
    command = [sys.executable, "-m", "tests.web.look"]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as server:
        assert server.stdout
        yield server.stdout.readline().strip()
        server.communicate()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def open_page(browser: Browser, address: str) -> Iterator[Open]:
    """Opens a page; at the end nothing was refused, and nothing was asked of another machine."""
    context = browser.new_context(viewport={"width": 1366, "height": 768}, locale="zh-CN")
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    said: list[str] = []
    asked: list[str] = []

    def opened(path: str, **more: Any) -> Page:
        page = context.new_page()
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("request", lambda request: asked.append(request.url))
        if more.get("clock"):
            page.clock.install()
        page.goto(f"{address}/{path}")
        return page

    yield opened
    context.close()
    assert said == []
    assert [url for url in asked if not url.startswith((address, "data:"))] == []


def test_the_theme_switch_goes_round_and_is_remembered(open_page: Open) -> None:
    page = open_page("list?theme=light")
    ground = "getComputedStyle(document.documentElement).backgroundColor"
    assert page.evaluate(ground) == "rgb(246, 247, 244)"
    page.click("[data-theme-switch]")
    assert page.locator("html").get_attribute("data-theme") == "dark"
    assert page.evaluate(ground) == "rgb(14, 20, 22)"
    assert [c["value"] for c in page.context.cookies() if c["name"] == "theme"] == ["dark"]
    page.click("[data-theme-switch]")
    assert page.locator("html").get_attribute("data-theme") == "auto"


def test_auto_follows_the_device(open_page: Open) -> None:
    page = open_page("list?theme=auto")
    page.emulate_media(color_scheme="dark")
    colour = "getComputedStyle(document.body).color"
    assert page.evaluate(colour) == "rgb(229, 235, 232)"
    page.emulate_media(color_scheme="light")
    assert page.evaluate(colour) == "rgb(20, 32, 31)"


def test_a_dialog_opens_closes_and_takes_the_keys(open_page: Open) -> None:
    page = open_page("detail")
    dialog = page.locator("#d")
    assert not dialog.is_visible()
    page.click("[data-opens=d]")
    assert dialog.is_visible()
    page.click("#d .dialog-actions [data-closes]")
    assert not dialog.is_visible()
    page.click("[data-opens=d]")
    page.keyboard.press("Escape")
    assert not dialog.is_visible()


def test_function_keys_press_and_focus(open_page: Open) -> None:
    page = open_page("desk")
    page.evaluate(
        "document.addEventListener('submit', (e) => { e.preventDefault(); window.sent = e.target.id })"
    )
    page.keyboard.press("F2")
    assert page.evaluate("document.activeElement.id") == "code"
    assert page.evaluate("getSelection().toString()") == "4623"
    page.keyboard.press("F5")
    assert page.evaluate("window.sent") == "pay"


def test_enter_goes_on_to_the_next_field_and_sends_at_the_last(open_page: Open) -> None:
    page = open_page("keys")
    page.focus("#first")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "second"
    assert page.evaluate("window.sent ?? 0") == 0
    page.evaluate(
        "document.addEventListener('submit', (e) => { e.preventDefault(); window.sent = 1 })"
    )
    page.keyboard.press("Enter")
    assert page.evaluate("window.sent") == 1


def test_a_form_rests_while_it_is_sent_and_wakes_when_the_page_comes_back(open_page: Open) -> None:
    page = open_page("keys")
    page.route("**/set_theme/", lambda route: route.fulfill(status=204))  # the page stays
    button = page.locator("#send")
    button.click()
    expect(button).to_be_disabled()
    expect(button).to_have_attribute("aria-busy", "true")
    expect(page.locator("#kept button")).to_be_enabled()
    page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow'))")
    assert button.is_enabled()


def test_copying_puts_the_whole_text_on_the_clipboard(open_page: Open) -> None:
    page = open_page("detail")
    page.click("[data-copy]")
    page.wait_for_selector("[data-copy-icon=done]:not([hidden])")
    assert page.evaluate("navigator.clipboard.readText()") == "WX2026112310210700128"


def test_a_kiosk_goes_home_when_nobody_touches_it(open_page: Open) -> None:
    page = open_page("payer_home?kiosk=1", clock=True)
    page.clock.run_for(80_000)
    page.mouse.click(5, 5)
    page.clock.run_for(80_000)
    assert page.url.endswith("kiosk=1")
    with page.expect_navigation():
        page.clock.run_for(20_000)
    assert page.url.endswith("/payer_home")


def drawn(page: Page) -> list[str]:
    """What the two charts look like now, once both are there."""
    expect(page.locator("[data-chart] canvas")).to_have_count(2)
    page.wait_for_timeout(500)  # they are drawn in 300 ms
    return page.evaluate(
        "[...document.querySelectorAll('[data-chart] canvas')].map((canvas) => canvas.toDataURL())"
    )


def test_charts_are_drawn_and_follow_the_theme(open_page: Open) -> None:
    page = open_page("console?theme=light")
    light = drawn(page)
    assert min(map(len, light)) > 4000
    page.hover("[data-chart=guide_bar]")  # the tooltip breaks no policy
    page.mouse.move(0, 0)
    page.click("[data-theme-switch]")
    dark = drawn(page)
    assert all(one != other for one, other in zip(light, dark, strict=True))
    assert page.locator("#guide_bar_table tr").count() == 12


def test_a_chart_that_is_swapped_in_is_drawn(open_page: Open) -> None:
    page = open_page("console")
    drawn(page)
    page.evaluate(
        "htmx.ajax('GET', '/console', {target: '#main', select: '#main', swap: 'outerHTML'})"
    )
    expect(page.locator("[data-chart] canvas")).to_have_count(2)
    assert min(map(len, drawn(page))) > 4000


def test_no_page_is_wider_than_a_phone(open_page: Open) -> None:
    for name in ("styleguide", "console", "payer", "payer_home", "payer_done", "error"):
        for language in ("en", "zh-hans")[:: stride(2)]:  # English words are the longer ones
            page = open_page(f"{name}?language={language}")
            page.set_viewport_size({"width": 360, "height": 740})
            page.wait_for_timeout(50)
            assert page.evaluate("document.documentElement.scrollWidth") <= 360, (name, language)


def test_a_thumb_can_hit_every_control_of_a_payers_page(open_page: Open) -> None:
    page = open_page("payer")
    page.set_viewport_size({"width": 360, "height": 740})
    heights = page.eval_on_selector_all(
        "button, a:not(.brand):not(.skip), .choice, input:not([type=checkbox], [type=hidden])",
        "(all) => all.map((e) => [e.className || e.id, e.getBoundingClientRect().height])",
    )
    assert len(heights) > 6
    assert [name for name, height in heights if height < 44] == []
