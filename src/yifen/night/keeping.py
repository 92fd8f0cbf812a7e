"""The worker's thread for the end of day: every minute the nights that are due, each book its own."""

from collections.abc import Callable
from datetime import datetime
from threading import Event

import psycopg
import structlog

from yifen.core.facts.refused import Refused
from yifen.hub.night import Outside
from yifen.night import runner, schedule
from yifen.night.codes import NightCode

log = structlog.get_logger()
EVERY_S = 60


def keep_nights(ended: Event, url: str, outside: Outside, now: Callable[[], datetime]) -> None:
    """Until `ended`. A database that is away, or a night that fails, is tried again later."""
    while not ended.is_set():
        try:
            with psycopg.connect(url, autocommit=True) as conn:
                run_due(conn, outside, now)
        except Exception:  # the thread must outlive every night
            log.exception("the end of day could not be run")
        ended.wait(EVERY_S)


def run_due(
    conn: psycopg.Connection[tuple[object, ...]], outside: Outside, now: Callable[[], datetime]
) -> list[runner.Ran]:
    """Once; a night that another process runs is left to it."""
    done = []
    for due in schedule.due(conn, now()):
        try:
            ran = runner.run(conn, due.book_id, due.day, outside, now())
        except Refused as refused:
            if refused.code is not NightCode.DAY_END_RUNNING:
                raise
            continue
        log.info("end of day", book=due.book_id, day=str(due.day), state=ran.state)
        done.append(ran)
    return done
