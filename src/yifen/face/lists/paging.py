"""Pages by key: what follows a row in an order, in either direction, without counting or skipping."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import OperationalError, connection, transaction
from psycopg.errors import QueryCanceled

from yifen.face.lists.listing import ListAsk, Listing, ListPage, Row, Select
from yifen.face.lists.selecting import made, statement

SECONDS_MAX = 5  # a list that takes longer is asked too much
COUNT_SECONDS_MAX = 2  # and is shown without a count


class TooMuch(Exception):
    """The statement was given up: the question has to be narrowed."""


def page(listing: Listing, ask: ListAsk) -> ListPage:
    """One page of at most `ask.limit` rows. TooMuch."""
    with bounded(SECONDS_MAX):
        own = listing.pages(ask) if listing.pages else None
        return own if own is not None else by_key(listing, ask)


def by_key(listing: Listing, ask: ListAsk) -> ListPage:
    """A page of the list's own statement."""
    found = rows(listing, ask._replace(limit=ask.limit + 1))
    more, kept = len(found) > ask.limit, found[: ask.limit]
    if ask.back and not more:  # the first page, whole
        return by_key(listing, ask._replace(key=None, back=False))
    if ask.back:
        kept.reverse()
    if not kept:
        return ListPage([], None, None)
    first, last = ask.order.key(kept[0]), ask.order.key(kept[-1])
    return ListPage(
        kept,
        newer=first if ask.key is not None else None,
        older=last if more or ask.back else None,
    )


def rows(listing: Listing, ask: ListAsk) -> list[Row]:
    """The rows that the list's own statement finds beyond the key, nearest first."""
    found, params = statement_of(statement(listing, ask), ask)
    with connection.cursor() as cursor:
        cursor.execute(found, params)
        return [made(listing, row) for row in cursor.fetchall()]


def statement_of(select: Select, ask: ListAsk, in_order: bool = True) -> tuple[str, dict[str, Any]]:
    """The statement with key, order and limit."""
    where, params = list(select.where), dict(select.params)
    if ask.key is not None:
        names = [f"key_{place}" for place in range(len(ask.key))]
        sign = "<" if ask.walks_down else ">"
        marks = ", ".join(f"%({name})s" for name in names)
        where.append(f"({', '.join(ask.order.by)}) {sign} ({marks})")
        params |= dict(zip(names, ask.key, strict=True))
    found = f"{select.select} {conditions(where)}"
    if in_order:
        found += f" ORDER BY {direction(ask)}"
    if ask.limit:
        found += " LIMIT %(limit)s"
        params["limit"] = ask.limit
    return found, params


def conditions(where: list[str]) -> str:
    return f"WHERE {' AND '.join(where)}" if where else ""


def direction(ask: ListAsk) -> str:
    """The ORDER BY of what is asked."""
    way = "DESC" if ask.walks_down else "ASC"
    return ", ".join(f"{by} {way}" for by in ask.order.by)


@contextmanager
def in_order() -> Iterator[None]:
    """In a transaction: rows are read in the order of the list, by its index, and no more than the page needs; never
    all of them first, to be sorted, whatever the planner guesses of the filters."""
    ways = ("enable_sort", "enable_hashjoin", "enable_mergejoin", "enable_bitmapscan")
    off, on = ("; ".join(f"SET LOCAL {way} = {value}" for way in ways) for value in ("off", "on"))
    with connection.cursor() as cursor:
        cursor.execute(off)
        yield
        cursor.execute(on)


@contextmanager
def bounded(seconds: int) -> Iterator[None]:
    """A transaction whose statements are given up after so many seconds each: TooMuch."""
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(f"SET LOCAL statement_timeout = {seconds * 1000:d}")
            yield
    except OperationalError as error:
        if isinstance(error.__cause__, QueryCanceled):
            raise TooMuch from error
        raise
