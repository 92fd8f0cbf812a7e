"""What `yifen verify` asks of payers' orders: each against the payment that it made."""

from typing import Any

import psycopg

from yifen.core.facts.sqlfiles import queries
from yifen.hub.payments.verify import problems

_ORDERS = queries(__package__)["orders_altered"]


def altered(conn: psycopg.Connection[Any]) -> list[str]:
    """Orders that do not say what was booked."""
    return problems(conn, _ORDERS)
