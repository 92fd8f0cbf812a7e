"""How far partners are told: what waits, the oldest of it, what was given up, and how far events are read."""

from datetime import datetime
from typing import Any

import psycopg

from yifen.core.facts.sqlfiles import queries
from yifen.core.metrics.reading import Measure
from yifen.trades.pipes.finding import sources
from yifen.trades.pipes.port import kinds

_SQL = queries(__package__)
_DEPTHS, _READ = _SQL["depths"], _SQL["sources_read"]
STATES = ("waiting", "given_up")


def read(conn: psycopg.Connection[Any], now: datetime) -> list[Measure]:
    """Of every kind and source, also where nothing waits."""
    rows = {(kind, state): (count, oldest_s) for kind, state, count, oldest_s in conn.execute(_DEPTHS, (now,))}
    ages = dict(conn.execute(_READ, (now,)).fetchall())
    found = [Measure("yifen_event_source_seconds", ages[source.name], (source.name,)) for source in sources()
             if source.name in ages]  # fmt: skip
    for kind in kinds():
        counts = {state: rows.get((kind, state), (0, 0))[0] for state in STATES}
        found += [Measure("yifen_pipe_deliveries", count, (kind, state)) for state, count in counts.items()]
        found.append(Measure("yifen_pipe_oldest_seconds", rows.get((kind, "waiting"), (0, 0))[1], (kind,)))
    return found
