"""Reading the organisation tree."""

from django.db import connection

from yifen.core.directory.models import Institution

_SUBTREE = """
WITH RECURSIVE below AS (
    SELECT id FROM institution WHERE id = %s
    UNION ALL SELECT i.id FROM institution i JOIN below b ON i.parent_id = b.id
) SELECT id FROM below ORDER BY id"""
_ABOVE = """
WITH RECURSIVE above AS (
    SELECT id, parent_id, 0 AS steps FROM institution WHERE id = %s
    UNION ALL
    SELECT i.id, i.parent_id, a.steps + 1 FROM institution i JOIN above a ON i.id = a.parent_id
) SELECT id FROM above ORDER BY steps"""


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
