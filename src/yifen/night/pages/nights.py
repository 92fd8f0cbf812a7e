"""Which nights may be seen: those of books with partners in scope; the top institution signs."""

from datetime import date
from typing import NamedTuple

from django.db import connection
from django.http import Http404

from yifen.core.access.scope import Scope
from yifen.core.facts.sqlfiles import queries as statements
from yifen.face import scope as scopes
from yifen.hub.night import Connection
from yifen.night import queries
from yifen.night.queries import Run

_SQL = statements(__package__)
_BOOKS = """
SELECT p.book_id, bool_and(%(all)s OR p.id = ANY (%(partners)s::integer[])) FROM partner p
WHERE p.book_id <> 900 GROUP BY p.book_id
HAVING bool_or(%(all)s OR p.id = ANY (%(partners)s::integer[])) ORDER BY p.book_id"""


class BookInScope(NamedTuple):
    """A book of which some partners, or all (`whole`), are in scope."""

    book_id: int
    whole: bool


def books(scope: Scope) -> list[BookInScope]:
    """Sandboxes aside."""
    with connection.cursor() as cursor:
        cursor.execute(_BOOKS, scopes.params(scope))
        return [BookInScope(*row) for row in cursor.fetchall()]


def found(conn: Connection, scope: Scope, book_id: int, day: str) -> tuple[Run, BookInScope]:
    """One night; 404 for a book without a partner in scope, and for a night that is not there."""
    book = next((one for one in books(scope) if one.book_id == book_id), None)
    try:
        on = date.fromisoformat(day)
    except ValueError:
        raise Http404 from None
    run = queries.run_of(conn, book_id, on) if book is not None else None
    if run is None or book is None:
        raise Http404
    return run, book


def signs(scope: Scope) -> bool:
    """Does the scope reach the top institution, whose people alone close a book by signature?"""
    return scope.institutions is None


def signing_at(user_id: int) -> tuple[str, bool]:
    """That institution's name, and is there somebody who may sign, beside this person?"""
    with connection.cursor() as cursor:
        cursor.execute(_SQL["signing_at"], [user_id])
        name, is_there = cursor.fetchone()
    return str(name), bool(is_there)


def institutions(scope: Scope) -> frozenset[int] | None:
    """Whose figures are shown; None: everyone's."""
    return None if scope.institutions is None else frozenset(scope.institutions)


def partners(scope: Scope) -> list[int] | None:
    return None if scope.partners is None else list(scope.partners)
