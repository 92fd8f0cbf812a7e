"""What is worth nothing after a while is forgotten: quotes, kept messages, old traffic.

Money, the audit trail and daily files never are.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import psycopg

from yifen.core.access import edge
from yifen.core.facts.settings import read_settings
from yifen.core.facts.sqlfiles import queries

_SQL = queries(__package__)
MESSAGES_SQL = _SQL["forget_messages"]
READS_SQL = _SQL["forget_reads"]
# What is asked of the database, and how long its rows are kept.
KEPT = (
    (_SQL["forget_quotes"], timedelta(days=1)),
    (_SQL["forget_traffic"], timedelta(days=800)),
)


def run(ending: Callable[[], bool]) -> None:
    """The job, every hour."""
    settings = read_settings()
    with psycopg.connect(settings.database_url, autocommit=True) as conn:
        forget(conn, edge.now(), settings.keep_messages_days)


def run_reads(ending: Callable[[], bool]) -> None:
    """The job, every minute: signed queries that nobody could send again. A message may be dated a
    whole window ahead, and then counts for two."""
    settings = read_settings()
    kept = timedelta(seconds=2 * settings.replay_window_s + 60)
    with psycopg.connect(settings.database_url, autocommit=True) as conn:
        conn.execute(READS_SQL.encode(), (edge.now() - kept,))


def forget(conn: psycopg.Connection[Any], now: datetime, messages_days: int) -> None:
    """Once, as of `now`."""
    for statement, kept in (*KEPT, (MESSAGES_SQL, timedelta(days=messages_days))):
        conn.execute(statement.encode(), (now - kept,))
