"""What `yifen verify` asks of the night: every statement that partners were sent, byte by byte."""

from typing import Any

import psycopg

from yifen.core.facts.sqlfiles import queries
from yifen.hub.payments.verify import problems

_STATEMENTS = queries(__package__)["statements_altered"]


def altered(conn: psycopg.Connection[Any]) -> list[str]:
    """Statements 对账单 whose bytes are not those that were made; the trail holds their digests."""
    return problems(conn, _STATEMENTS)
