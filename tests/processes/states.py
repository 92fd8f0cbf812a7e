"""What happens to a database under running processes."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

from tests.world import Database


@contextmanager
def read_only(database: Database) -> Iterator[None]:
    """It takes no writing, as a standby or one whose disk is full; every connection begins anew."""
    _set(database, "SET default_transaction_read_only = on")
    try:
        yield
    finally:
        _set(database, "RESET default_transaction_read_only")


@contextmanager
def away(database: Database) -> Iterator[None]:
    """Nobody gets in."""
    _set(database, "ALLOW_CONNECTIONS false")
    try:
        yield
    finally:
        _set(database, "ALLOW_CONNECTIONS true")


def _set(database: Database, change: str) -> None:
    with psycopg.connect(database.super_url, dbname="postgres", autocommit=True) as conn:
        conn.execute(f"ALTER DATABASE {database.name} {change}")
        disconnect(conn, database)


def disconnect(conn: psycopg.Connection[tuple[object, ...]], database: Database) -> None:
    """All who are connected, at once."""
    conn.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s",
                 [database.name])  # fmt: skip
