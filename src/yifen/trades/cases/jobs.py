"""The worker follows what channels took for cases, every few seconds."""

from collections.abc import Callable

import psycopg

from yifen.core.access.edge import now
from yifen.core.facts.settings import read_settings
from yifen.core.facts.sqlfiles import queries

_SQL = queries(__package__)


def run(ending: Callable[[], bool]) -> None:
    """Every bucket, each in a transaction of its own."""
    with psycopg.connect(read_settings().database_url, autocommit=True) as conn:
        for (bucket,) in conn.execute(_SQL["buckets"]).fetchall():
            if ending():
                return
            conn.execute(_SQL["follow"], (bucket, now()))
