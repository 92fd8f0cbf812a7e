"""A real browser on the real pages: Debian's Chromium, driven by playwright.

Where no Chromium is found the tests are skipped, and pytest's summary says so. Nothing leaves the
machine: every request to another host is stopped and fails the test.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, sync_playwright

from tests.browser import people
from tests.conftest import NewProvince
from tests.running import Web
from tests.web.province import Province
from yifen.core.facts.processes import WEB

NAMES = ("chromium", "chromium-browser", "google-chrome")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking",
         "--disable-component-update", "--disable-sync", "--no-first-run"]  # fmt: skip
PATIENCE_MS = 15_000
PHONE = ("Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko)"
         " Chrome/126.0.0.0 Mobile Safari/537.36")  # fmt: skip


def chromium() -> str | None:
    """Where the machine's Chromium is, or the one that YIFEN_CHROMIUM names."""
    return os.environ.get("YIFEN_CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)


@dataclass
class Place:
    """A province, its pages as a process, and what its browsers asked of other hosts."""

    province: Province
    web: Web
    strayed: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        return self.web.url

    def rows(self, statement: str, *params: Any) -> list[tuple[Any, ...]]:
        """What the database says; the ORM is not at home in a browser's event loop."""
        with psycopg.connect(self.province.database.super_url) as conn:
            return conn.execute(statement, params).fetchall()


@pytest.fixture(scope="module")
def place(new_province: NewProvince) -> Iterator[Place]:
    """The pages' small province, served."""
    if chromium() is None:
        pytest.skip(f"no Chromium here (looked for {', '.join(NAMES)} and YIFEN_CHROMIUM)")
    with served(new_province, "127.0.0.1") as place:
        yield place


@contextmanager
def served(new_province: NewProvince, host: str) -> Iterator[Place]:
    """A province of its own, whose pages answer to this name."""
    made = new_province()
    people.forget_codes()
    web = Web(made.database.environment(WEB, YIFEN_PAY_METHODS="simulated"))
    web.url = f"http://{host}:{web.port}"
    web.env |= {"YIFEN_WEB_ORIGIN": web.url, "YIFEN_WEB_PORT": str(web.port)}
    with web:
        yield Place(made, web)


@pytest.fixture(scope="module")
def browser(place: Place) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def new_page(place: Place, browser: Browser) -> Iterator[Any]:
    """Opens a page in a browser of its own: `new_page(width=1366, height=768, phone=False)`.
    Fails the test if a script failed, or anything was asked of another host."""
    contexts: list[BrowserContext] = []
    faults: list[str] = []

    def stop_strays(route: Route) -> None:
        to = urlsplit(route.request.url)
        if to.netloc == urlsplit(place.url).netloc:
            route.continue_()
        else:
            place.strayed += [route.request.url] if to.scheme != "chrome" else []  # the browser's own viewer of papers
            route.abort()

    def open_page(width: int = 1366, height: int = 768, phone: bool = False) -> Page:
        context = browser.new_context(
            base_url=place.url, viewport={"width": width, "height": height}, has_touch=phone,
            is_mobile=phone, user_agent=PHONE if phone else None, locale="zh-CN",
        )  # fmt: skip
        context.set_default_timeout(PATIENCE_MS)
        context.route("**/*", stop_strays)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda said: faults.append(said.text)
                if "Content Security Policy" in said.text else None)  # fmt: skip
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert place.strayed == []
    assert faults == []
