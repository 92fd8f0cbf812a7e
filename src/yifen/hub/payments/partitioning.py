"""The job of the partitions 分区: a month's begins with it, and the planner hears of what grew."""

from collections.abc import Callable

import psycopg
import structlog

from yifen.core.access import edge
from yifen.core.facts.settings import read_settings
from yifen.core.facts.sqlfiles import queries

log = structlog.get_logger()
_SQL = queries(__package__)


def run(ending: Callable[[], bool]) -> None:
    """The job, every hour: a second time in a month begins nothing."""
    with psycopg.connect(read_settings().database_url, autocommit=True) as conn:
        begun = conn.execute(_SQL["begin_partition"], (edge.now(),)).fetchone()
        if begun and begun[0] is not None:
            log.info("a partition begins", number=begun[0])
        conn.execute(_SQL["analyze_partitioned"])
