"""One process of all asks the database: it holds a lock there, and whoever comes next has it when it ends."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import psycopg
import structlog

from yifen.core.connecting import LINE
from yifen.core.facts.sqlfiles import queries
from yifen.core.metrics.reading import READ_ONLY, Measure, read_gauges

log = structlog.get_logger()
_LOCK = queries(__package__)["lock_gauges"]


class Gathering:
    """`round` now and then; `readings` are those of the last one, none where another process asks."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._conn: psycopg.Connection[Any] | None = None
        self.readings: tuple[Measure, ...] = ()

    def round(self, now: datetime) -> None:
        """Never raises: what cannot be asked is not told, so that nobody takes an old figure for one of now."""
        try:
            self.readings = tuple(self._read(now))
        except (OSError, psycopg.Error) as error:
            log.warning("the gauges cannot be read", error=str(error)[:300])
            self.readings = ()
            self.close()

    def close(self) -> None:
        """Another process may ask."""
        if self._conn is not None:
            self._conn.close()
            self._conn = None

    def _read(self, now: datetime) -> Iterable[Measure]:
        if self._conn is None or self._conn.closed:
            self._conn = psycopg.connect(self._url, autocommit=True, options=READ_ONLY, **LINE)  # type: ignore[arg-type]
        row = self._conn.execute(_LOCK).fetchone()
        return list(read_gauges(self._conn, now)) if row == (True,) else ()
