"""Gauges of the database: every plug is asked, in short reads; one that fails is named and stops nothing."""

from collections.abc import Callable, Iterator
from datetime import datetime
from time import monotonic
from typing import Any, NamedTuple

import psycopg
import structlog

from yifen.core.plugs import called, metrics, plugs

log = structlog.get_logger()
ONE_MS, ALL_S = 2000, 10.0  # how long one statement, and all of them, may take
FAILED = "yifen_gauges_failed"
READ_ONLY = f"-c default_transaction_read_only=on -c statement_timeout={ONE_MS} -c lock_timeout=500"


class Measure(NamedTuple):
    """One value of a figure; `labels` in the order in which its Metric names them. Of a histogram `value` is
    the sum, `counts` how many fell below each bound but not below the one before, and at last above all."""

    name: str
    value: float
    labels: tuple[str, ...] = ()
    counts: tuple[int, ...] = ()


Ask = Callable[[psycopg.Connection[Any], datetime], list[Measure]]


def read_gauges(conn: psycopg.Connection[Any], now: datetime, most_s: float = ALL_S) -> Iterator[Measure]:
    """What the plugs read at `now`, and of each whether it failed. The connection is given back as it was."""
    until = monotonic() + most_s
    for plug in plugs():
        for name in plug.gauges:
            found, failed = _asked(conn, called(name), now, name) if monotonic() < until else ([], 1.0)
            yield from found
            yield Measure(FAILED, failed, (name,))


def _asked(conn: psycopg.Connection[Any], ask: Ask, now: datetime, name: str) -> tuple[list[Measure], float]:
    try:
        with conn.transaction():
            return [_checked(one) for one in ask(conn, now)], 0.0
    except Exception as error:  # whatever a trade does: the figures are of others too
        if conn.closed:
            raise
        log.warning("a gauge cannot be read", callable=name, error=str(error)[:300])
        return [], 1.0


def _checked(one: Measure) -> Measure:
    """As a plug declared it; anything else would spoil the text of all. ValueError, TypeError, KeyError."""
    metric = metrics()[one.name]
    if metric.kind != "gauge" or metric.process or len(metric.labels) != len(one.labels):
        raise ValueError(f"{one.name} is not declared as it was read: {one}")
    return Measure(one.name, float(one.value), tuple(map(str, one.labels)))
