"""Reading the trail as the tests compare it."""

import json
from typing import Any

import psycopg

from yifen.core.audit.verify import TrailVerified, verify

Entry = tuple[str, str, str, dict[str, Any] | None, dict[str, Any] | None]
ENTRIES_SQL = """SELECT action, subject, subject_key, before::text, after::text FROM audit_entry
WHERE entry_no > %s ORDER BY entry_no"""


def last_no(conn: psycopg.Connection[Any]) -> int:
    return int(conn.execute("SELECT entry_no FROM audit_head").fetchone()[0])


def seal(conn: psycopg.Connection[Any]) -> None:
    """What a commit does to the drafts of the open transaction."""
    conn.execute("SET CONSTRAINTS ALL IMMEDIATE")
    conn.execute("SET CONSTRAINTS ALL DEFERRED")


def entries(conn: psycopg.Connection[Any], after_no: int = 0) -> list[Entry]:
    """(action, subject, key, before, after) of every sealed entry."""
    return [
        (action, subject, key, *(text and json.loads(text) for text in images))
        for action, subject, key, *images in conn.execute(ENTRIES_SQL, (after_no,)).fetchall()
    ]


def proved(conn: psycopg.Connection[Any]) -> TrailVerified:
    """The trail as it is committed."""
    conn.rollback()
    return verify(conn)
