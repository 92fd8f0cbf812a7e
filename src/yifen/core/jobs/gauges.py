"""How many jobs there are by queue and state, how long the oldest waits, whether anybody runs them."""

from datetime import datetime
from typing import Any

import psycopg

from yifen.core.facts.plug import ASKED, NIGHT_QUEUE, STEADY
from yifen.core.facts.sqlfiles import queries
from yifen.core.metrics.reading import Measure

_SQL = queries(__package__)
_COUNTED, _RUNNERS = _SQL["counted"], _SQL["runners"]
DEAD_AFTER_S = 30.0
"""How long a worker may give no sign of life; it gives one every five seconds."""
STATES = ("todo", "doing", "failed")


def read(conn: psycopg.Connection[Any], now: datetime) -> list[Measure]:
    """Of every queue, also where nothing waits: an absent figure is no nought."""
    rows = {(row[0], row[1]): row[2:] for row in conn.execute(_COUNTED, (now,))}
    queues = sorted({STEADY, ASKED, NIGHT_QUEUE} | {queue for queue, _ in rows})
    runners = conn.execute(_RUNNERS, (DEAD_AFTER_S,)).fetchone()
    assert runners is not None
    found = [Measure("yifen_runners", runners[0])]
    for queue in queues:
        found += [Measure("yifen_jobs", rows.get((queue, state), (0,))[0], (queue, state)) for state in STATES]
        oldest_s = rows.get((queue, "todo"), (0, None))[1] or 0
        found.append(Measure("yifen_jobs_oldest_seconds", oldest_s, (queue,)))
    return found
