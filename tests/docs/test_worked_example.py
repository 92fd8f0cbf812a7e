"""The worked example of the concepts page is an executable book."""

import psycopg
import pytest

from tests.docs import pages
from tests.docs.book import Book, expected
from tests.world import World
from yifen.hub.payments.verify import verify

PAGE = "docs/concepts.md"


@pytest.fixture
def book(world: World) -> Book:
    """The book of the page, played to its end."""
    played = Book(world)
    played.run(scenario())
    return played


def scenario() -> str:
    return next(block.body for block in pages.blocks(PAGE) if block.mark == "book")


def test_every_step_is_answered_as_the_page_says(book):
    assert book.answers == expected(scenario())


@pytest.mark.parametrize("page", [PAGE, "docs/concepts.zh.md"])
def test_the_postings_are_those_of_the_page(book, page):
    assert book.postings() == pages.rows(page, "postings")


@pytest.mark.parametrize("page", [PAGE, "docs/concepts.zh.md"])
def test_the_balances_are_those_of_the_page(book, page):
    assert book.balances() == pages.rows(page, "balances")


def test_the_books_of_the_page_are_as_they_were_sealed(database):
    with psycopg.connect(database.app_url) as conn:
        Book(World(conn)).run(scenario())
        conn.commit()
        report = verify(conn)
    assert (report.transfers, report.problems) == (len(pages.rows(PAGE, "postings")), [])
