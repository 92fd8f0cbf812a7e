"""The tasks that the plugs bring, and one try of one of them."""

from collections.abc import Mapping
from functools import cache
from time import perf_counter
from typing import Any

import structlog
from django.db import transaction
from procrastinate import JobContext

from yifen.core import tracing
from yifen.core.facts import request_ids
from yifen.core.facts.plug import Task
from yifen.core.metrics.store import observe
from yifen.core.plugs import called, plugs

log = structlog.get_logger()
REQUEST = "request_id"  # among the arguments of a job
DURATION = "yifen_job_duration_seconds"
Arguments = Mapping[str, Any]


@cache
def tasks() -> dict[str, Task]:
    """Every task by its name."""
    return {task.name: task for plug in plugs() for task in plug.tasks}


def work(task: Task, context: JobContext, arguments: Arguments) -> None:
    """One try. What it raises goes on to the runner, which counts the tries."""
    with request_ids.under(_asked_by(arguments)), tracing.span("job", task=task.name):
        _try(task, context, arguments)


def _try(task: Task, context: JobContext, arguments: Arguments) -> None:
    began = perf_counter()
    try:
        called(task.run)(context.should_abort, **_own(arguments))
    except Exception:
        again = context.job.attempts < task.retries
        observe(DURATION, perf_counter() - began, task.name, "again" if again else "failed")
        log.exception("a job failed", task=task.name, job=context.job.id, again=again)
        if not again:
            give_up(task, arguments)
        raise
    observe(DURATION, perf_counter() - began, task.name, "done")


def _asked_by(arguments: Arguments) -> str:
    """The request that asked; of a job by the clock a new one, so that its lines stand together."""
    return str(arguments.get(REQUEST) or request_ids.taken("", False))


def _own(arguments: Arguments) -> dict[str, Any]:
    return {name: value for name, value in arguments.items() if name != REQUEST}


def give_up(task: Task, arguments: Arguments) -> None:
    """Tell whoever waits for it that it will not be tried again."""
    if not task.given_up:
        return
    try:
        with transaction.atomic():  # what it breaks in the database is its own
            called(task.given_up)(**_own(arguments))
    except Exception:  # it is over all the same, and other jobs have done nothing wrong
        log.exception("a job's end could not be told", task=task.name)
