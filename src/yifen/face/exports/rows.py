"""All rows of a list, out of a server-side cursor: bounded memory however many there are."""

from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction
from psycopg import IsolationLevel

from yifen.face.lists.listing import ListAsk, Listing, Row
from yifen.face.lists.paging import statement_of
from yifen.face.lists.selecting import made, statement

ROWS_AT_ONCE = 2000
SECONDS_MAX = 900  # of one statement: the sort before the first row


def every_row(listing: Listing, ask: ListAsk) -> Generator[Row, None, None]:
    """In the order of the list, from its beginning, in one snapshot. Use it up or close it."""
    ask = ask._replace(key=None, back=False, limit=0)
    with snapshot():
        with connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL statement_timeout = {SECONDS_MAX * 1000:d}")
        own = listing.every(ask) if listing.every is not None else None
        if own is not None:
            yield from own
            return
        found, params = statement_of(statement(listing, ask), ask)
        with connection.chunked_cursor() as cursor:
            cursor.execute(found, params)
            while chunk := cursor.fetchmany(ROWS_AT_ONCE):
                yield from (made(listing, row) for row in chunk)


@contextmanager
def snapshot() -> Generator[None, None, None]:
    """A transaction all of whose statements see the same rows."""
    connection.ensure_connection()
    raw = connection.connection
    before, raw.isolation_level = raw.isolation_level, IsolationLevel.REPEATABLE_READ
    try:
        with transaction.atomic():
            yield
    finally:
        raw.isolation_level = before


def cells(listing: Listing, row: Row, ask: ListAsk) -> list[Any]:
    """What is written of a row."""
    return [column.value_of(row, ask.access) for column in listing.in_files]


def heads(listing: Listing) -> list[str]:
    """The titles of the columns, in the reader's language."""
    return [str(column.title) for column in listing.in_files]
