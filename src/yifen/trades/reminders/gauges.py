"""How far payers are reminded: what is due and was not sent, and since when."""

from datetime import datetime
from typing import Any

import psycopg

from yifen.core.facts.sqlfiles import queries
from yifen.core.metrics.reading import Measure

_DUE = queries(__package__)["due_now"]


def read(conn: psycopg.Connection[Any], now: datetime) -> list[Measure]:
    """Also where nothing is due."""
    ((count, oldest_s),) = conn.execute(_DUE, {"now": now}).fetchall()
    return [Measure("yifen_reminders_due", count), Measure("yifen_reminders_oldest_due_seconds", oldest_s)]
