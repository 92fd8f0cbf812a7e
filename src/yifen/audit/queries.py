"""What an auditor asks of the trail. Every answer comes by an index, at any size: pages by key,
never a count.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from yifen.audit.record import cursor_of

LIMIT_MAX = 1000
_COLUMNS = """entry_no, at, db_role, actor, actor_id, institution_id, address, request, action,
    subject, subject_key, before::text, after::text, note"""
# Each is answered by an index of its own; an OR of them would read the whole trail.
_TEXT_BRANCHES = (
    "actor = %(text)s",
    "subject = %(text)s",
    "subject_key = %(text)s",
    "note <> '' AND strpos(lower(note), lower(%(text)s)) > 0",
)


class Found(NamedTuple):
    """One entry, decoded. `before` and `after` hold only what changed, or a whole row that came
    or went."""

    entry_no: int
    at: datetime
    db_role: str
    actor: str
    actor_id: int | None
    institution_id: int | None
    address: str
    request: str
    action: str
    subject: str
    subject_key: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    note: str


@dataclass(frozen=True)
class Filters:
    """What is asked for; a field left alone asks for everything.

    `text` is an actor, a subject or a key, whole, or any part of a note. `since` counts, `until`
    does not. `institutions` are those of the actors, None for all; an empty one finds nothing.
    """

    text: str = ""
    actor_id: int | None = None
    action: str = ""
    subject: str = ""
    since: datetime | None = None
    until: datetime | None = None
    institutions: Sequence[int] | None = None


def search(
    target: Any, filters: Filters, before_no: int | None = None, limit: int = 50
) -> list[Found]:
    """Newest first, at most `limit`, on a connection or cursor of psycopg or Django. The next page
    is asked with `before_no`, the last entry_no of this one."""
    cursor = cursor_of(target)
    conditions, params = _conditions(filters)
    params |= _bounds(cursor, filters, before_no) | {"limit": max(1, min(limit, LIMIT_MAX))}
    if filters.text:
        union = " UNION ".join(
            f"({_page('entry_no', [*conditions, branch])})" for branch in _TEXT_BRANCHES
        )
        conditions = [f"entry_no IN ({union})"]
    return _found(cursor, _page(_COLUMNS, conditions), params)


def history(target: Any, subject: str, subject_key: str | int, limit: int = 200) -> list[Found]:
    """Everything that was done to one thing, newest first."""
    statement = _page(_COLUMNS, ["subject = %(subject)s", "subject_key = %(key)s"])
    params = {"subject": subject, "key": str(subject_key), "limit": max(1, min(limit, LIMIT_MAX))}
    return _found(cursor_of(target), statement, params)


def _page(columns: str, conditions: list[str]) -> str:
    return f"""SELECT {columns} FROM audit_entry WHERE {" AND ".join(conditions)}
        ORDER BY entry_no DESC LIMIT %(limit)s"""


def _conditions(filters: Filters) -> tuple[list[str], dict[str, Any]]:
    conditions = ["entry_no BETWEEN %(low)s AND %(high)s"]
    params: dict[str, Any] = {"text": filters.text}
    for name in ("actor_id", "action", "subject"):
        if (value := getattr(filters, name)) not in (None, ""):
            conditions.append(f"{name} = %({name})s")
            params[name] = value
    if filters.institutions is not None:
        conditions.append("institution_id = ANY(%(institutions)s::bigint[])")
        params["institutions"] = list(filters.institutions)
    return conditions, params


def _bounds(cursor: Any, filters: Filters, before_no: int | None) -> dict[str, int]:
    """The period as entry numbers, which every index ends with."""

    def number_before(at: datetime) -> int:
        cursor.execute("SELECT audit_number_before_v1(%s)", (at,))
        return int(cursor.fetchone()[0])

    low = number_before(filters.since) + 1 if filters.since else 1
    high = number_before(filters.until) if filters.until else 2**63 - 1
    return {"low": low, "high": min(high, before_no - 1) if before_no is not None else high}


def _found(cursor: Any, statement: str, params: dict[str, Any]) -> list[Found]:
    cursor.execute(statement, params)
    rows = (Found(*row) for row in cursor.fetchall())
    return [
        row._replace(before=_decoded(row.before), after=_decoded(row.after))  # texts until here
        for row in rows
    ]


def _decoded(text: Any) -> dict[str, Any] | None:
    return None if text is None else json.loads(text)
