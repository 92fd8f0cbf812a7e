"""When the books were last replayed whole from the pages, and what came of it."""

from datetime import datetime
from typing import Any

import psycopg

from yifen.core.facts.sqlfiles import queries
from yifen.core.metrics.reading import Measure

_LAST = queries(__package__)["last_check"]


def read(conn: psycopg.Connection[Any], now: datetime) -> list[Measure]:
    """Nothing before the first check."""
    row = conn.execute(_LAST, (now,)).fetchone()
    if row is None:
        return []
    return [Measure("yifen_books_check_age_seconds", row[0]), Measure("yifen_books_check_ok", float(row[1]))]
