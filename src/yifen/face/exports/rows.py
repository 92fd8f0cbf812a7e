"""All rows of a list in bounded memory, however many there are, and without an old snapshot: while a
long file is written, charges must not walk over every version of the rows that they change."""

from collections.abc import Generator, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection

from yifen.face.lists.listing import ListAsk, Listing, Row
from yifen.face.lists.paging import statement_of
from yifen.face.lists.selecting import made, statement

ROWS_AT_ONCE = 2000
SECONDS_MAX = 900  # of one statement: all that it finds, and its sort


def every_row(listing: Listing, ask: ListAsk, most: int = 0) -> Generator[Row, None, None]:
    """In the order of the list, from its beginning; no more than `most`, if given. Use it up or close it.

    What the list's own statement finds is of one moment: the server keeps it aside until it is fetched.
    A list that goes its own way (`every`) reads page after page."""
    ask = ask._replace(key=None, back=False, limit=most)
    with _patient():
        own = listing.every(ask) if listing.every is not None else None
        yield from _kept(listing, ask) if own is None else own


def _kept(listing: Listing, ask: ListAsk) -> Iterator[Row]:
    found, params = statement_of(statement(listing, ask), ask)
    with connection.chunked_cursor() as cursor:  # WITH HOLD, where no transaction is open
        cursor.execute(found, params)
        while chunk := cursor.fetchmany(ROWS_AT_ONCE):
            yield from (made(listing, row) for row in chunk)


@contextmanager
def _patient() -> Generator[None, None, None]:
    with connection.cursor() as cursor:
        cursor.execute(f"SET statement_timeout = {SECONDS_MAX * 1000:d}")
    try:
        yield
    finally:
        if connection.is_usable():
            with connection.cursor() as cursor:
                cursor.execute("RESET statement_timeout")


def cells(listing: Listing, row: Row, ask: ListAsk) -> list[Any]:
    """What is written of a row."""
    return [column.value_of(row, ask.access) for column in listing.in_files]


def heads(listing: Listing) -> list[str]:
    """The titles of the columns, in the reader's language."""
    return [str(column.title) for column in listing.in_files]
