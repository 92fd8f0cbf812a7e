"""Events long past go, with their deliveries and tries; never one that a pipe still waits for."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import psycopg

from yifen.core.access import edge
from yifen.core.facts.settings import read_settings
from yifen.core.facts.sqlfiles import queries

_SQL = queries(__package__)


def run(ending: Callable[[], bool]) -> None:
    """The job, every hour."""
    settings = read_settings()
    kept = timedelta(days=settings.keep_messages_days)
    with psycopg.connect(settings.database_url, autocommit=True) as conn:
        while not ending() and forget(conn, edge.now() - kept):
            pass


def forget(conn: psycopg.Connection[Any], before: datetime) -> int:
    """A piece; how many went."""
    return conn.execute(_SQL["forget"], (before,)).rowcount
