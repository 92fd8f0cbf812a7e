"""`yifen worker`: what runs beside the gateway: the biller outbox, and the jobs of all trades; with
`--night` the end of day, in a process of its own, for it alone moves the money of closed days.

With the embedded server the worker starts that process too; with another one it is a unit of its
own, under its own role (docs/operations.md).
"""

import argparse
import asyncio
import os
import signal
import sys
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from threading import Timer

import structlog

from yifen.core import loops, runtime, starting, tracing
from yifen.core.facts import logs
from yifen.core.facts.processes import NIGHT, WORKER
from yifen.core.facts.secrets import read_ring
from yifen.core.facts.settings import Settings
from yifen.core.metrics import serving
from yifen.core.metrics.life import Life
from yifen.core.metrics.places import Word
from yifen.core.metrics.store import Source
from yifen.hub.measured.process import Measured, wrong
from yifen.hub.payments.hub import Hub
from yifen.hub.payments.remote.worker import Worker
from yifen.hub.pos.door.terminals import PosSides
from yifen.hub.pos.door.undoing import PosUndoing

log = structlog.get_logger()
PARENT_S = 1.0  # how soon the night's process sees that the worker is gone
NIGHT_S_MAX = 60.0  # a step of the night may be left to the next process
END_S_MAX = 90.0  # behind the signal, or behind a part that broke: then the process ends in any case


class NightEnded(RuntimeError):
    """The process of the night ended by itself."""


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--night", action="store_true", help="只作日终\nthe end of day, and nothing else")
    parser.add_argument("--under", type=int, help=argparse.SUPPRESS)  # the worker that started it


def run(args: argparse.Namespace) -> int:
    logs.configure()
    runtime.forget_owner()
    role = NIGHT if args.night else WORKER
    settings = runtime.settings_of()
    with runtime.database(settings, role) as found:
        runtime.await_migrated(settings, found, role)
        os.environ.update(runtime.environment(settings, found.url))
        os.environ["DJANGO_SETTINGS_MODULE"] = "yifen.project.settings"
        starting.set_up()  # the jobs stand on it
        asyncio.run(_night(settings, found, args.under) if args.night else _beside(settings, found))
    return 0


def _now() -> datetime:
    return datetime.now(UTC)


def _stop_when_told() -> asyncio.Event:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    return stop


async def _beside(settings: Settings, found: runtime.Database) -> None:
    """The outbox and the jobs."""
    from yifen.core.facts.plug import ASKED, STEADY

    ring = read_ring(settings.key_ring, runtime.data_folder(settings))
    hub = Hub(settings, found.url, ring, _now)
    await hub.start()
    stop = _stop_when_told()
    besides: list[Coroutine[None, None, None]] = [
        Worker(hub).run(stop), PosUndoing(PosSides.of(hub, found.url, ring)).run(stop)]  # fmt: skip
    if night := found.urls.get(NIGHT):
        besides.append(_start_night(runtime.environment(settings, night), stop))
    try:
        with _telling(settings, found.url, "worker", lambda: wrong(hub), (Measured(hub),)):
            await _work(found, (STEADY, ASKED), stop, besides)
    finally:
        await hub.stop()


async def _night(settings: Settings, found: runtime.Database, under: int | None) -> None:
    from yifen.core.facts.plug import NIGHT_QUEUE

    stop = _stop_when_told()
    with _telling(settings, found.url, "night", list, ()):
        await _work(found, (NIGHT_QUEUE,), stop, [_follow(under, stop)] if under else [])


@contextmanager
def _telling(
    settings: Settings, url: str, role: str, why: Callable[[], list[Word]], sources: tuple[Source, ...]
) -> Iterator[None]:
    """How this process is, for whoever asks at the address of the figures."""
    tracing.begin(role, settings)
    data = runtime.data_folder(settings)
    life = Life(data, role, url, _now, why, bool(settings.metrics), sources, gathers=role == "worker")
    served = serving.begin(settings.metrics, data)
    life.begin()
    try:
        yield
    finally:
        life.end()
        served.set()


async def _work(
    found: runtime.Database, queues: tuple[str, ...], stop: asyncio.Event,
    besides: list[Coroutine[None, None, None]],
) -> None:  # fmt: skip
    from yifen.core.jobs.tasks import tasks
    from yifen.core.jobs.worker import configure_logs, keep_working
    from yifen.face.shell.hub import local_hub

    configure_logs()
    served = sorted(name for name, task in tasks().items() if task.queue in queues)
    log.info("the worker is at work", queues=list(queues), jobs=served)
    parts = [*(keep_working(found.url, queue, stop) for queue in queues), *besides]
    await together(parts, stop)
    await asyncio.to_thread(local_hub().stop)  # the jobs' own


async def together(parts: list[Coroutine[None, None, None]], stop: asyncio.Event) -> None:
    """All of them until `stop`. One that ends before, or breaks, ends the others too, each when it has
    finished what it holds; then what broke it is raised, and so the process ends with a code."""

    async def one(part: Coroutine[None, None, None]) -> None:
        try:
            await part
        finally:
            stop.set()

    async def guard() -> None:
        await stop.wait()
        last = Timer(END_S_MAX, loops.end_process, ("worker", TimeoutError("it did not end")))
        last.daemon = True
        last.start()

    ended = await asyncio.gather(*map(one, parts), guard(), return_exceptions=True)
    for error in ended:
        if error is not None:
            raise error


async def _start_night(env: dict[str, str], stop: asyncio.Event) -> None:
    """The night's process, ended with this one. NightEnded."""
    command = ("-m", "yifen", "worker", "--night", "--under", str(os.getpid()))
    child = await asyncio.create_subprocess_exec(sys.executable, *command, env=env,
                                                 start_new_session=True)  # fmt: skip
    ended, stopped = asyncio.create_task(child.wait()), asyncio.create_task(stop.wait())
    try:
        await asyncio.wait((ended, stopped), return_when=asyncio.FIRST_COMPLETED)
        if ended.done() and not stop.is_set():
            raise NightEnded(f"the process of the night ended with code {child.returncode}")
    finally:
        stopped.cancel()
        if child.returncode is None:
            child.terminate()
        try:
            await asyncio.wait_for(ended, NIGHT_S_MAX)
        except TimeoutError:
            child.kill()
            await child.wait()


async def _follow(parent: int, stop: asyncio.Event) -> None:
    """End when the worker has ended, however it did."""
    while not stop.is_set() and os.getppid() == parent:
        try:
            await asyncio.wait_for(stop.wait(), PARENT_S)
        except TimeoutError:
            continue
    stop.set()
