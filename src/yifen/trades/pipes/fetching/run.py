"""The job of fetching: every pipe that is due, each in a thread of its own, so that a slow one holds up only itself."""

from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from pathlib import Path
from typing import Any

import psycopg
import structlog

from yifen.core.access import edge
from yifen.core.facts.secrets import KeyRing, KeyRingError
from yifen.core.facts.settings import read_settings
from yifen.core.facts.sqlfiles import queries
from yifen.core.ring import key_ring
from yifen.core.runtime import data_folder
from yifen.hub.landing import INBOX
from yifen.trades.pipes.delivering import Clock, Conn, secret_context
from yifen.trades.pipes.port import PipeEnd

log = structlog.get_logger()
_SQL = queries(__package__)
PLACES = 6  # each with a connection to the database
WAKE_S = 1.0
Ending = Callable[[], bool]


def run(ending: Ending) -> None:
    """The job, every minute; a pipe is due every few."""
    settings = read_settings()
    fetch_due(settings.database_url, key_ring(), data_folder(settings) / INBOX, edge.now, ending)


def fetch_due(url: str, ring: KeyRing, inbox: Path, clock: Clock, ending: Ending) -> None:
    """Until nothing is due. Told to end, it begins no more and waits for what is under way."""
    under_way: dict[Future[bool], int] = {}
    passed: set[int] = set()  # another process has it, or it broke: not again in this job

    def one(row: tuple[Any, ...]) -> bool:
        with psycopg.connect(url, autocommit=True) as conn:
            return _look(conn, ring, row, inbox, clock, ending)

    with psycopg.connect(url, autocommit=True) as conn, ThreadPoolExecutor(PLACES, "fetch") as pool:
        while True:
            busy = passed | set(under_way.values())
            rows = [] if ending() else conn.execute(_SQL["due"], {"now": clock()}).fetchall()
            for row in [row for row in rows if row[0] not in busy][: PLACES - len(under_way)]:
                under_way[pool.submit(one, row)] = row[0]
            if not under_way:
                return
            for done in wait(under_way, WAKE_S, FIRST_COMPLETED).done:
                pipe_id = under_way.pop(done)
                if done.exception() is not None:
                    log.error("a look at a partner's files broke", pipe=pipe_id, exc_info=done.exception())
                if done.exception() is not None or not done.result():
                    passed.add(pipe_id)


def _look(
    conn: Conn, ring: KeyRing, row: tuple[Any, ...], inbox: Path, clock: Clock, ending: Ending
) -> bool:
    """One look, unless another process has this pipe."""
    from yifen.trades.pipes.fetching.looking import (  # large: only where files are fetched
        LookedAt,
        look,
        write,
    )

    pipe_id, ref, partner, kind, address, settings, secret = row
    locked = conn.execute(_SQL["lock"], (pipe_id,)).fetchone()
    if not locked or not locked[0]:
        return False
    try:
        opened = ring.open(bytes(secret), secret_context(ref))
    except KeyRingError as error:
        write(conn, pipe_id, LookedAt(0, {}, str(error), False), clock(), 0)
        return True
    look(conn, PipeEnd(pipe_id, ref, partner, kind, address, settings, (opened,)), inbox, clock(), ending)
    return True
