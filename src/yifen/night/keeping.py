"""One pass of the end of day: the nights that are due, each book its own."""

from collections.abc import Callable
from datetime import datetime

import psycopg
import structlog

from yifen.core.facts.refused import Refused
from yifen.hub.night import NightOutside
from yifen.night import runner, schedule
from yifen.night.codes import NightCode

log = structlog.get_logger()


def run_due(
    conn: psycopg.Connection[tuple[object, ...]],
    outside: NightOutside,
    now: Callable[[], datetime],
    ending: Callable[[], bool] = lambda: False,
) -> list[runner.Ran]:
    """Once; a night that another process runs is left to it. None is begun once `ending()`."""
    done = []
    for due in schedule.due(conn, now()):
        if ending():
            break
        try:
            ran = runner.run(conn, due.book_id, due.day, outside, now())
        except Refused as refused:
            if refused.code is not NightCode.DAY_END_RUNNING:
                raise
            continue
        log.info("end of day", book=due.book_id, day=str(due.day), state=ran.state)
        done.append(ran)
    return done
