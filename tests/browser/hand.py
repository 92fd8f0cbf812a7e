"""A person's hand at a page, counted: clicks, keys, and the seconds since the first page of the job."""

import time
from typing import Any, NamedTuple

from playwright.sync_api import Locator, Page


class Taken(NamedTuple):
    """What a job took."""

    clicks: int
    keys: int
    seconds: float


class Hand:
    """Counts from its making. No time is spent on reading: the seconds are the pages' own."""

    def __init__(self, place: Any, page: Page) -> None:
        self.place, self.page = place, page
        self.clicks = self.keys = 0
        self._began = time.monotonic()

    @property
    def taken(self) -> Taken:
        return Taken(self.clicks, self.keys, time.monotonic() - self._began)

    def click(self, what: str | Locator) -> None:
        """On what is found, and wait until the page that follows is there."""
        self.clicks += 1
        (self.page.locator(what).first if isinstance(what, str) else what).click()
        self.page.wait_for_load_state()

    def link(self, name: str) -> None:
        """On the link of the page (not of the menu) that is called so."""
        self.click(self.page.locator("main").get_by_role("link", name=name, exact=True).first)

    def menu(self, route: str) -> None:
        """On an entry of the menu."""
        self.click(f"nav a[href='{route}']")

    def press(self, *keys: str) -> None:
        """Each the name of a key."""
        for key in keys:
            self.keys += 1
            self.page.keyboard.press(key)

    def type(self, text: str) -> None:
        """Where the cursor stands, a key a letter (as an input method would not)."""
        self.keys += len(text)
        self.page.keyboard.type(text)

    def fill(self, name: str, text: str) -> None:
        """A click into a field, and its text."""
        self.click(f"main [name={name}]")
        self.type(text)

    def date(self, name: str, day: str) -> None:
        """A click into a field of a date, and its eight digits."""
        self.clicks, self.keys = self.clicks + 1, self.keys + 8
        self.page.locator(f"main [name={name}]").fill(day)

    def choose(self, name: str, value: str) -> None:
        """A click that opens the choices, and one that takes a choice."""
        self.clicks += 2
        self.page.locator(f"main select[name={name}]").select_option(value)
