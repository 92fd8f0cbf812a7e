"""The worker takes what banks said, asks them for what has not come, and looks for who left."""

from collections.abc import Callable

import psycopg
import structlog

from yifen.core.access.edge import now
from yifen.core.facts.settings import read_settings
from yifen.core.facts.sqlfiles import queries
from yifen.core.ring import key_ring
from yifen.trades.cards.doors import asking, taking

log = structlog.get_logger()
_SQL = queries(__package__)


def run(ending: Callable[[], bool]) -> None:
    """Words of banks."""
    with psycopg.connect(read_settings().database_url, autocommit=True) as conn:
        taking.take_all(conn, key_ring(), now)


def ask(ending: Callable[[], bool]) -> None:
    """Banks for swipes that have not come."""
    with psycopg.connect(read_settings().database_url, autocommit=True) as conn:
        asking.work(conn, key_ring(), now, ending)


def leavers(ending: Callable[[], bool]) -> None:
    """Cards of who has no post any more, a bureau a transaction."""
    with psycopg.connect(read_settings().database_url, autocommit=True) as conn:
        for (bureau,) in conn.execute(_SQL["bureaus"]).fetchall():
            if ending():
                return
            try:
                conn.execute(_SQL["leavers"], (bureau, now()))
            except psycopg.DatabaseError:
                if conn.closed:
                    raise
                log.exception("leavers of a bureau were not looked for", bureau=bureau)
