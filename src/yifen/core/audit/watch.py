"""Triggers on the tables whose every changed row becomes an entry; the plugs say which.

Called by `yifen migrate` after the functions and the grants.
"""

from typing import Any

import psycopg

from yifen.core.audit import baseline
from yifen.core.facts.plug import Table
from yifen.core.facts.sqlfiles import queries
from yifen.core.plugs import plugs

_SQL = queries(__package__)
_WATCH_SQL = _SQL["watch"]


def watched() -> list[Table]:
    """The tables whose changes are entries."""
    return [table for plug in plugs() for table in plug.tables if table.watch is not None]


def install(conn: psycopg.Connection[Any]) -> None:
    """Triggers on every watched table, and what stood there before them. In the caller's transaction;
    safe to repeat."""
    for table in watched():
        assert table.watch is not None
        watch = table.watch
        conn.execute(_WATCH_SQL, (table.name, list(watch.secret), list(watch.ignored), list(watch.only)))
    baseline.tell(conn, watched())
