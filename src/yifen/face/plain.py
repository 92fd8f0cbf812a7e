"""The page's own connection, as operations take it that are shared with the night's programs.

One connection, one transaction: what a page decides through Django and what an operation moves stand
and fall together. Django reads jsonb as text and binds on the client; on cursors made here both are
psycopg's own, as everywhere outside of pages.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

import psycopg
from django.db import connection
from psycopg.types.json import JsonbLoader

SECONDS_MAX = 15  # of one statement behind a page


class Plain:
    """Django's connection with psycopg's own cursors; all else of it is as it is."""

    def __init__(self, conn: psycopg.Connection[Any]) -> None:
        self._own = conn

    def __getattr__(self, name: str) -> Any:
        return getattr(self._own, name)

    def cursor(self, name: str = "") -> psycopg.Cursor[Any]:
        """Of the client, or one of the server with this name."""
        made = psycopg.ServerCursor(self._own, name) if name else psycopg.Cursor(self._own)
        made.adapters.register_loader("jsonb", JsonbLoader)
        return made

    def execute(self, query: Any, params: Any = None) -> psycopg.Cursor[Any]:
        return self.cursor().execute(query, params)


@contextmanager
def plain_connection(seconds: int = SECONDS_MAX) -> Iterator[psycopg.Connection[Any]]:
    """Of this request; statements are given up after so many seconds each. Outside of
    `transaction.atomic` an operation makes its own transactions."""
    connection.ensure_connection()
    conn = cast(psycopg.Connection[Any], Plain(connection.connection))
    before = conn.execute("SHOW statement_timeout").fetchone()
    conn.execute("SELECT set_config('statement_timeout', %s, false)", (str(seconds * 1000),))
    try:
        yield conn
    finally:
        if connection.connection is not None and not connection.connection.closed:
            conn.execute("SELECT set_config('statement_timeout', %s, false)", before)
