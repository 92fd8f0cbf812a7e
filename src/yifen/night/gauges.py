"""How the nights of the books go: days that are not closed, and the steps of the newest one."""

from datetime import datetime
from typing import Any

import psycopg

from yifen.core.facts.sandbox import SANDBOX_BOOK_ID
from yifen.core.facts.sqlfiles import queries
from yifen.core.metrics.reading import Measure

_SQL = queries(__package__)
_OPEN, _STEPS = _SQL["days_not_closed"], _SQL["newest_steps"]


def read(conn: psycopg.Connection[Any], now: datetime) -> list[Measure]:
    """The sandbox's nights are nobody's matter."""
    asked = {"now": now, "sandbox": SANDBOX_BOOK_ID}
    found = []
    for book, days, open_s in conn.execute(_OPEN, asked):
        found += [Measure("yifen_night_days_open", days, (book,)), Measure("yifen_night_open_seconds", open_s, (book,))]
    found += [Measure("yifen_night_step_seconds", seconds, (book, step, state))
              for book, step, state, seconds in conn.execute(_STEPS, asked)]  # fmt: skip
    return found
