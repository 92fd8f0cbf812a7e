"""What the worker does for arrears each minute: what is owed is worked out, cuts whose reason ended are restored,
messages
that are due go out."""

from collections.abc import Callable

import psycopg
import structlog

from yifen.core.access.edge import now
from yifen.core.facts.settings import read_settings
from yifen.core.facts.sqlfiles import queries
from yifen.core.ring import key_ring
from yifen.trades.arrears.sending import DemandPass, send_due

log = structlog.get_logger()
_SQL = queries(__package__)


def run(ending: Callable[[], bool]) -> None:
    """A bucket a transaction; what is broken in one keeps nothing from the next."""
    with psycopg.connect(read_settings().database_url, autocommit=True) as conn:
        for (bucket,) in conn.execute(_SQL["buckets"]).fetchall():
            if ending():
                return
            try:
                conn.execute(_SQL["refresh"], (bucket, now()))
            except psycopg.Error:
                log.exception("arrears of a bucket were not worked out", bucket=bucket)
        for (bucket,) in conn.execute(_SQL["without_phone"]).fetchall():
            if ending():
                return
            conn.execute(_SQL["skip_calls"], (bucket, now()))
    send_due(DemandPass(key_ring(), now()), ending)
