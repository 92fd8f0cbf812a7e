"""What keeps the queues in order: jobs of dead workers, and jobs that failed long ago."""

import json
from collections.abc import Callable

import structlog
from django.db import connection, transaction

from yifen.core.facts.sqlfiles import queries
from yifen.core.jobs.gauges import DEAD_AFTER_S
from yifen.core.jobs.tasks import give_up, tasks

log = structlog.get_logger()
_SQL = queries(__package__)
KEPT_S = 30 * 86_400.0
KEPT_BY_THE_CLOCK_S = 3_600.0  # the next one has long come


def rescue(ending: Callable[[], bool]) -> None:
    """A job whose worker died is tried again, or has failed. Any number may do this at once."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_SQL["dead"], (DEAD_AFTER_S,))
        for job_id, name, arguments, attempts in cursor.fetchall():
            task = tasks().get(name)
            again = task is not None and attempts < task.retries
            log.warning("the worker of a job died", task=name, job=job_id, again=again)
            cursor.execute(_SQL["again" if again else "failed"], (job_id,))
            if task is not None and not again:
                give_up(task, json.loads(arguments))


def forget(ending: Callable[[], bool]) -> None:
    """Jobs that failed are kept for a month, those that run by the clock for an hour."""
    by_the_clock = [task.name for task in tasks().values() if task.cron]
    with connection.cursor() as cursor:
        for of_these, kept_s in ((True, KEPT_BY_THE_CLOCK_S), (False, KEPT_S)):
            cursor.execute(
                _SQL["forget"], {"tasks": by_the_clock, "of_these": of_these, "kept_s": kept_s}
            )
