"""Reading the console's pages as a person does: tables, facts, links."""

from typing import Any
from urllib.parse import urljoin

from lxml import html

TABLES = "//main//table[contains(@class, 'data-table')]"


def words(element: Any) -> str:
    """The text of an element, blanks made one."""
    return " ".join(element.text_content().split())


class Page:
    """An answer of 200, parsed."""

    def __init__(self, client: Any, path: str, **asked: str) -> None:
        self.client = client
        self.answer = client.get(path, asked)
        assert self.answer.status_code == 200, (path, self.answer.status_code, self.answer.headers)
        self.path = self.answer.request["PATH_INFO"]
        self.tree = html.fromstring(self.answer.content.decode())

    def table(self, place: int = 0) -> list[list[str]]:
        """The cells of a table's body, as text."""
        return [
            [words(cell) for cell in row.xpath("./td|./th")]
            for row in self.tree.xpath(TABLES)[place].xpath(".//tbody/tr")
        ]

    def column(self, title: str, place: int = 0) -> list[str]:
        """One column of a table, by its head."""
        titles = [words(head) for head in self.tree.xpath(TABLES)[place].xpath(".//thead//th")]
        return [row[titles.index(title)] for row in self.table(place)]

    def facts(self) -> dict[str, str]:
        """Every fact of the page by its title."""
        return {
            words(fact.xpath("./dt")[0]): words(fact.xpath("./dd")[0])
            for fact in self.tree.xpath("//dl[contains(@class, 'facts')]/div")
        }

    def link(self, xpath: str) -> str:
        """The address of the only link there, or nothing."""
        found = self.tree.xpath(xpath)
        return urljoin(self.path, found[0].get("href")) if found else ""

    @property
    def older(self) -> str:
        return self.link("//nav[contains(@class, 'pager')]//a[@rel='next']")

    @property
    def newer(self) -> str:
        return self.link("//nav[contains(@class, 'pager')]//a[@rel='prev']")

    @property
    def text(self) -> str:
        return words(self.tree.xpath("//main")[0])

    def go(self, address: str) -> "Page":
        return Page(self.client, address)
