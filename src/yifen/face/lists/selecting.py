"""The statement of a declared list: its columns, the scope, what the filters ask for; and one row."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import connection
from django.utils import timezone

from yifen.core.access.edge import Access, now
from yifen.core.facts.pgarrays import numbers
from yifen.face import scope
from yifen.face.lists.listing import ListAsk, Listing, Row, Select

BIGINT = 2**63


def statement(listing: Listing, ask: ListAsk) -> Select:
    """What the list's statement is for this question."""
    if listing.select is not None:
        return listing.select(ask)
    asked = (one.condition(ask.filters.get(name)) for name, one in listing.form.declared.items())
    where = [*fixed(listing), *filter(None, asked)]
    params = params_of(ask.access, ask.now) | ask.filters
    return Select(selected(listing, ask.order.by), where, params)


def selected(listing: Listing, key: Iterable[str] = ()) -> str:
    """The statement without conditions; the key of the order comes last."""
    read = [f"{sql} AS {name}" for name, sql in listing.selected.items()]
    last = [f"{sql} AS key_{place}" for place, sql in enumerate(key)]  # no name stands there twice
    return f"SELECT {', '.join([*read, *last])} {listing.source}"


def fixed(listing: Listing) -> list[str]:
    """What holds for every row that may be seen."""
    return [part for part in (listing.scope, *listing.where) if part]


def made(listing: Listing, values: tuple[Any, ...]) -> Row:
    """A row out of the statement's."""
    assert listing.row is not None
    if listing.select is not None:
        return listing.row(*values)
    last = len(listing.selected)
    return listing.row(*values[:last], values[last:])


def params_of(access: Access, at: datetime) -> dict[str, Any]:
    """What every statement may name: the scope, who asks, which day it is."""
    institutions, user = access.scope.institutions, access.user
    return scope.params(access.scope) | {
        "everywhere": institutions is None,
        "institutions": numbers(institutions or ()),
        "user_id": user.pk if user else 0,
        "login": user.login if user else "",
        "today": timezone.localdate(at),
        "now": at,
    }


def read(listing: Listing, access: Access, where: str, params: dict[str, Any], most: int = 0) -> list[Row]:
    """The rows in scope for which `where` holds, whatever the filters, by the list's key; or `most` of them,
    whichever the database finds first."""
    asked = " AND ".join([*fixed(listing), where])
    end = f"LIMIT {most:d}" if most else f"ORDER BY {listing.key}"
    with connection.cursor() as cursor:
        cursor.execute(f"{selected(listing)} WHERE {asked} {end}", params_of(access, now()) | params)
        return [made(listing, row) for row in cursor.fetchall()]


def one(listing: Listing, access: Access, number: int) -> Row | None:
    """The row of this key, if it is in scope."""
    if not 0 <= number < BIGINT:
        return None
    found = read(listing, access, listing.find or f"{listing.key} = %(one)s", {"one": number})
    return found[0] if found else None


def in_scope(*columns: str, sandboxes: bool = False) -> str:
    """The condition that one of these partners is in scope; none of the sandbox unless wanted."""
    held = "".join(f" OR {column} = ANY (%(partners)s::integer[])" for column in columns)
    real = [f"{column} <> ALL (%(sandboxes)s::integer[])" for column in columns]
    return " AND ".join([f"(%(all)s{held})", *([] if sandboxes else real)])


def in_institutions(column: str) -> str:
    """The condition that this institution is in scope."""
    return f"(%(everywhere)s OR {column} = ANY (%(institutions)s::bigint[]))"
