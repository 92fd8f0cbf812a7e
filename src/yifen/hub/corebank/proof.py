"""What `yifen verify` asks of the moves at cores, whatever they are of; each trade asks of its own documents."""

from typing import Any

import psycopg

from yifen.core.facts.sqlfiles import queries
from yifen.hub.payments.verify import problems

_SQL = queries(__package__)


def altered(conn: psycopg.Connection[Any]) -> list[str]:
    """Undos that are not of what they say that they undo, and moves undone by none."""
    return problems(conn, _SQL["moves_altered"])
