"""What an auditor asks of the trail. Every answer comes by an index, at any size: pages by key,
never a count.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from yifen.core.audit.record import cursor_of
from yifen.core.facts.sqlfiles import queries

LIMIT_MAX = 1000
_SQL = queries(__package__)
_BEFORE_SQL = _SQL["number_before"]
_COLUMNS = _SQL["columns"]
# Each is answered by an index of its own; an OR of them would read the whole trail.
_TEXT_BRANCHES = (
    "actor = %(text)s",
    "subject = %(text)s",
    "subject_key = %(text)s",
)
_NOTED_SQL = _SQL["noted"]
_THINGS_SQL = _SQL["things"]
_SUBJECTS_SQL = _SQL["subjects"]


class EntriesFound(NamedTuple):
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
class TrailSearch:
    """What is asked for; a field left alone asks for everything.

    `text` is an actor, a subject or a key, whole, or any part of a note; `things` what else it means,
    as (subject, key): of a partner its keys, limits, agreements; `named` the kinds of things that it is
    the name of. `since` counts, `until` does not.
    `institutions` are those of the actors, None for all; an empty one finds nothing.
    """

    text: str = ""
    actor_id: int | None = None
    action: str = ""
    subject: str = ""
    since: datetime | None = None
    until: datetime | None = None
    institutions: Sequence[int] | None = None
    things: Sequence[tuple[str, str]] = ()
    named: Sequence[str] = ()


def search(
    target: Any,
    filters: TrailSearch,
    before_no: int | None = None,
    limit: int = 50,
    after_no: int | None = None,
) -> list[EntriesFound]:
    """Newest first, at most `limit`, on a connection or cursor of psycopg or Django. The next page
    is asked with `before_no`, the last entry_no of this one; the page before with `after_no`, the
    first: it comes oldest first."""
    cursor, limit = cursor_of(target), max(1, min(limit, LIMIT_MAX))
    conditions, params = _asked(cursor, filters, before_no, limit, after_no)
    way = "DESC" if after_no is None else "ASC"
    return _found(cursor, _page(_COLUMNS, conditions, way), params)


def count(target: Any, filters: TrailSearch, most: int) -> int:
    """How many entries there are, counted no further than `most`."""
    cursor = cursor_of(target)
    conditions, params = _asked(cursor, filters, None, most, None)
    cursor.execute(f"SELECT count(*) FROM ({_page('1', conditions)}) found", params)
    return int(cursor.fetchone()[0])


def subjects(target: Any) -> list[str]:
    """Everything that something was ever done to, by kind."""
    cursor = cursor_of(target)
    cursor.execute(_SUBJECTS_SQL)
    return [subject for (subject,) in cursor.fetchall()]


def _asked(
    cursor: Any, filters: TrailSearch, before_no: int | None, limit: int, after_no: int | None
) -> tuple[list[str], dict[str, Any]]:
    """The conditions with their parameters."""
    conditions, params = _conditions(filters)
    params |= _bounds(cursor, filters, before_no) | {"limit": limit}
    params["upwards"], way = after_no is not None, "DESC"
    if after_no is not None:
        params["low"], way = max(params["low"], after_no + 1), "ASC"
    if filters.text:  # an array, so that the planner cannot join its way through the whole trail
        params |= {f"named_{number}": subject for number, subject in enumerate(filters.named)}
        kinds = [f"subject = %(named_{number})s" for number in range(len(filters.named))]
        branches = [_page("entry_no", [*conditions, branch], way) for branch in (*_TEXT_BRANCHES, *kinds)]
        things = _page("entry_no", [*conditions, "subject = u.subject", "subject_key = u.key"], way)
        branches += [_NOTED_SQL, _THINGS_SQL.format(entries=things)]
        union = " UNION ".join(f"({branch})" for branch in branches)
        conditions = [f"entry_no = ANY(ARRAY({union}))"]
    return conditions, params


def history(target: Any, subject: str, subject_key: str | int, limit: int = 200) -> list[EntriesFound]:
    """Everything that was done to one thing, newest first."""
    statement = _page(_COLUMNS, ["subject = %(subject)s", "subject_key = %(key)s"])
    params = {"subject": subject, "key": str(subject_key), "limit": max(1, min(limit, LIMIT_MAX))}
    return _found(cursor_of(target), statement, params)


def _page(columns: str, conditions: list[str], way: str = "DESC") -> str:
    return f"""SELECT {columns} FROM audit_entry WHERE {" AND ".join(conditions)}
        ORDER BY entry_no {way} LIMIT %(limit)s"""


def _conditions(filters: TrailSearch) -> tuple[list[str], dict[str, Any]]:
    conditions = ["entry_no BETWEEN %(low)s AND %(high)s"]
    params: dict[str, Any] = {
        "text": filters.text,
        "actor_id": filters.actor_id,
        "action": filters.action or None,
        "subject": filters.subject or None,
        "things": [subject for subject, _key in filters.things],
        "things_keys": [key for _subject, key in filters.things],
        "institutions": None if filters.institutions is None else list(filters.institutions),
    }
    for name in ("actor_id", "action", "subject"):
        if params[name] is not None:
            conditions.append(f"{name} = %({name})s")
    if filters.institutions is not None:
        conditions.append("institution_id = ANY(%(institutions)s::bigint[])")
    return conditions, params


def _bounds(cursor: Any, filters: TrailSearch, before_no: int | None) -> dict[str, int]:
    """The period as entry numbers, which every index ends with."""

    def number_before(at: datetime) -> int:
        cursor.execute(_BEFORE_SQL, (at,))
        return int(cursor.fetchone()[0])

    low = number_before(filters.since) + 1 if filters.since else 1
    high = number_before(filters.until) if filters.until else 2**63 - 1
    return {"low": low, "high": min(high, before_no - 1) if before_no is not None else high}


def _found(cursor: Any, statement: str, params: dict[str, Any]) -> list[EntriesFound]:
    cursor.execute(statement, params)
    rows = (EntriesFound(*row) for row in cursor.fetchall())
    return [
        row._replace(before=_decoded(row.before), after=_decoded(row.after))  # texts until here
        for row in rows
    ]


def _decoded(text: Any) -> dict[str, Any] | None:
    return None if text is None else json.loads(text)
