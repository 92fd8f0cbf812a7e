"""What `yifen verify` asks of the monitoring of official swipes: hits belong to swipes. Read-only."""

from typing import Any

import psycopg

from yifen.core.facts.sqlfiles import queries
from yifen.hub.payments.verify import problems

_SQL = queries(__package__)
_HITS = _SQL["hits_altered"]


def altered(conn: psycopg.Connection[Any]) -> list[str]:
    """What does not agree."""
    return problems(conn, _HITS)
