"""How `verify` reads the POS door's books: a sale says what its payment says."""

from typing import Any

import psycopg

from yifen.core.facts.sqlfiles import queries
from yifen.hub.payments.verify import problems

_SQL = queries(__package__)


def altered(conn: psycopg.Connection[Any]) -> list[str]:
    """What was altered of its sales."""
    return problems(conn, _SQL["altered"])
