"""The jobs of the end of day: every minute the nights that are due, and a day that somebody signed. A
night that waits or failed is due again later."""

from collections.abc import Callable
from datetime import datetime

import psycopg
import structlog

from yifen.core.access import edge
from yifen.core.facts.refused import Refused
from yifen.core.facts.settings import ROOT, read_settings
from yifen.core.ring import key_ring
from yifen.face.shell.hub import local_hub
from yifen.hub.night import NightOutside
from yifen.night import runner, schedule
from yifen.night.codes import NightCode
from yifen.night.commands.eod import around
from yifen.night.sandbox import cut_sandbox

log = structlog.get_logger()


def run(ending: Callable[[], bool]) -> None:
    """All nights that are due."""
    settings = read_settings()
    outside = around(local_hub(), ROOT / settings.data, key_ring())
    with psycopg.connect(settings.database_url, autocommit=True) as conn:
        run_due(conn, outside, edge.now, ending)


def sign(ending: Callable[[], bool], *, proposal: int) -> None:
    """A day closed in a person's name, as two people decided. Tried again while another runner has it."""
    from yifen.night import signing  # Django's tables, which a night by itself does not need

    try:
        book_id, day, who, reason = signing.signed(proposal)
        with psycopg.connect(read_settings().database_url, autocommit=True) as conn:
            ran = runner.sign(conn, book_id, day, who, reason, edge.now())
    except Refused as refused:
        if refused.code is NightCode.DAY_END_RUNNING:
            raise
        log.warning("a signature was refused", proposal=proposal, reason=str(refused))
    else:
        log.info("signed", book=book_id, day=str(day), who=who, state=ran.state)


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


def run_sandbox(ending: Callable[[], bool]) -> None:
    """The sandbox's days, which nobody closes by hand."""
    with psycopg.connect(read_settings().database_url, autocommit=True) as conn:
        cut_sandbox(conn, edge.now())
