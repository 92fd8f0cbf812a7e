"""The worker of one queue, until it is told to stop; a database that is away is waited for."""

import asyncio
import logging
from typing import Any

import structlog
from procrastinate import App
from procrastinate.worker import Worker

from yifen.core import loops
from yifen.core.facts.plug import ASKED, NIGHT_QUEUE, STEADY
from yifen.core.jobs.app import app_of
from yifen.core.jobs.tasks import tasks

log = structlog.get_logger()
AT_ONCE = {STEADY: 5, ASKED: 2, NIGHT_QUEUE: 3}
"""The queues, and how many jobs of each a process runs at once: a queue has its own places, so that
what people ask for keeps nothing waiting that runs by the clock."""
HEARTBEAT_S = 5.0
LOOK_S = 2.0  # for jobs that are tried again; of new ones the database tells
STOP_S = 10.0  # a job that goes on longer is asked to end, and is tried again by the next worker
PAUSE_S = 5.0


async def keep_working(url: str, queue: str, stop: asyncio.Event) -> None:
    """Run the queue's tasks until `stop`."""

    async def one_round() -> float:
        await _work(url, queue, stop)  # the jobs' own faults do not come here
        return PAUSE_S

    await loops.keep_on(f"jobs of {queue}", one_round, stop)


async def _work(url: str, queue: str, stop: asyncio.Event) -> None:
    """Until `stop`, or until the runner gives up: then with what it raised, if it did."""
    app = app_of(url, [task for task in tasks().values() if task.queue == queue])
    stopping = asyncio.create_task(stop.wait())
    try:
        if await _opened(app, stopping):
            options = app.worker_defaults | {
                "queues": [queue], "name": queue, "concurrency": AT_ONCE[queue], "delete_jobs": "successful",
                "fetch_job_polling_interval": LOOK_S, "update_heartbeat_interval": HEARTBEAT_S,
                "shutdown_graceful_timeout": STOP_S, "install_signal_handlers": False,
            }  # fmt: skip
            worker: Any = Worker(app, **options)
            working = asyncio.create_task(worker.run())
            await asyncio.wait((working, stopping), return_when=asyncio.FIRST_COMPLETED)
            worker.stop()  # told, not cancelled: it ends what it holds first, and hears that while it starts
            await working
    finally:
        stopping.cancel()
        await app.close_async()  # a pool left half open keeps its process for ever


async def _opened(app: App, stopping: asyncio.Task[bool]) -> bool:
    """Not if it is to stop before. Raises what came in the way."""
    opening = asyncio.ensure_future(app.open_async())
    await asyncio.wait((opening, stopping), return_when=asyncio.FIRST_COMPLETED)
    if not opening.done():
        opening.cancel()
        await asyncio.wait((opening,))
    return not opening.cancelled() and opening.result() is not None


class Telling(logging.Handler):
    """What procrastinate has to complain of, as a line of our log. Without its text: that holds the
    arguments of jobs, and our own line about a job that failed is there already."""

    def emit(self, record: logging.LogRecord) -> None:
        action = getattr(record, "action", "")
        if action not in ("job_error", "job_error_retry"):
            log.warning("the job runner complains", action=action, exc_info=record.exc_info)


def configure_logs() -> None:
    """Call once where a process is put together."""
    logger = logging.getLogger("procrastinate")
    logger.handlers, logger.propagate = [Telling(logging.WARNING)], False
