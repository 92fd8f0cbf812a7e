"""Reading the organisation tree."""

from django.db import connection

from yifen.core.directory.models import Institution
from yifen.core.facts.sqlfiles import queries

_SQL = queries(__package__)
_SUBTREE = _SQL["subtree"]
_ABOVE = _SQL["above"]


def subtree(institution_id: int) -> tuple[int, ...]:
    """The institution and all below it."""
    return _ids(_SUBTREE, institution_id)


def ancestors(institution_id: int) -> tuple[int, ...]:
    """The institution and all above it, nearest first."""
    return _ids(_ABOVE, institution_id)


def _ids(statement: str, institution_id: int) -> tuple[int, ...]:
    with connection.cursor() as cursor:
        cursor.execute(statement, [institution_id])
        return tuple(row[0] for row in cursor.fetchall())


def tree() -> list[tuple[int, Institution]]:
    """Every institution with its depth, parents before children, by code."""
    children: dict[int | None, list[Institution]] = {}
    for row in Institution.objects.order_by("code"):
        children.setdefault(row.parent_id, []).append(row)
    found: list[tuple[int, Institution]] = []

    def walk(parent: int | None, depth: int) -> None:
        for row in children.get(parent, ()):
            found.append((depth, row))
            walk(row.pk, depth + 1)

    walk(None, 0)
    return found
