"""What `yifen verify` asks of the treasury: vouchers, lines, clearing and returns against what they were made of.
Read-only."""

from typing import Any

import psycopg

from yifen.core.facts.sqlfiles import queries
from yifen.hub.payments.verify import problems

_SQL = queries(__package__)


def altered(conn: psycopg.Connection[Any]) -> list[str]:
    """What does not agree."""
    return problems(conn, _SQL["altered"]) + problems(conn, _SQL["quota_altered"])
