"""The runner: procrastinate in our own database, with the tasks that the plugs bring."""

from collections.abc import Iterable
from typing import Any

from procrastinate import App, JobContext, PsycopgConnector, RetryStrategy
from procrastinate.contrib.django import DjangoApp

from yifen.core.facts.plug import Task
from yifen.core.jobs.tasks import work

CONNECTIONS_MAX = 4
BACK_OFF_S = 4  # 4 s before the second try, 16 s before the third, 64 s, …


def app_of(url: str, found: Iterable[Task]) -> App:
    """A runner of these tasks. Open it before it works; it closes Django's connections that are old."""
    app = DjangoApp(connector=PsycopgConnector(conninfo=url, min_size=1, max_size=CONNECTIONS_MAX))
    for task in found:
        _register(app, task)
    return app


def _register(app: App, task: Task) -> None:
    def run(context: JobContext, /, timestamp: int = 0, **arguments: Any) -> None:
        work(task, context, arguments)  # the timestamp is of those that run by the clock

    made = app.task(
        name=task.name,
        queue=task.queue,
        pass_context=True,
        retry=RetryStrategy(max_attempts=task.retries, exponential_wait=BACK_OFF_S)
        if task.retries
        else False,
        lock=task.lock,
        queueing_lock=task.name if task.cron else None,
    )(run)
    if task.cron:
        app.periodic(cron=task.cron)(made)
