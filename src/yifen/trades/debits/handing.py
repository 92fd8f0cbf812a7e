"""A result file handed out with the event that tells of it."""

from collections.abc import Iterator, Mapping
from typing import Any

import psycopg

from yifen.core.access.edge import now
from yifen.core.facts.sqlfiles import queries
from yifen.core.ring import key_ring
from yifen.trades.debits import files

_SQL = queries(__package__)


def file_of(conn: psycopg.Connection[Any], partner: str, data: Mapping[str, Any]) -> Iterator[bytes]:
    """The result file, in parts; who asked for it all has fetched it."""
    row = conn.execute(_SQL["by_serial"], (partner, data["batch"])).fetchone()
    assert row is not None
    yield from files.result(conn, key_ring(), row[0])
    files.fetched(conn, row[0], now())
