"""Triggers on the tables whose every changed row becomes an entry; the plugs say which.

Called by `yifen migrate` after the functions and the grants.
"""

from typing import Any

import psycopg
from psycopg import sql

from yifen.core.audit import baseline
from yifen.core.facts.plug import Table
from yifen.core.facts.sqlfiles import queries
from yifen.core.plugs import plugs

# What the app role may call; the rest is for triggers and for functions of the owner.
CALLABLE = ("audit_append_v1", "audit_number_before_v1", "audit_noted_v1")
_SQL = queries(__package__)
_WATCH_SQL = _SQL["watch"]
_INTERNAL_SQL = _SQL["internal_functions"]


def watched() -> list[Table]:
    """The tables whose changes are entries."""
    return [table for plug in plugs() for table in plug.tables if table.watch is not None]


def install(conn: psycopg.Connection[Any], app_role: str) -> None:
    """Triggers on every watched table, and what stood there before them; the app role keeps only what
    is CALLABLE. In the caller's transaction; safe to repeat."""
    for table in watched():
        assert table.watch is not None
        watch = table.watch
        conn.execute(_WATCH_SQL, (table.name, list(watch.secret), list(watch.ignored), list(watch.only)))
    baseline.tell(conn, watched())
    role = sql.Identifier(app_role)
    for (signature,) in conn.execute(_INTERNAL_SQL, (list(CALLABLE),)).fetchall():
        conn.execute(
            sql.SQL("REVOKE EXECUTE ON FUNCTION {} FROM {}").format(sql.SQL(signature), role)
        )
