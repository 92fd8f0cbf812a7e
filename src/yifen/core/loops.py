"""Loops that stay 常驻循环: a round that fails is logged and tried again, each time a little later.

A loop that fails FAILURES_MAX times in a row, though nothing is away, is broken: its process ends with
the code BROKEN, loudly, and whoever keeps it starts it anew. Nothing ends silently.
"""

import asyncio
import os
from collections.abc import Awaitable, Callable, Coroutine
from threading import Thread
from time import sleep
from typing import Any

import structlog

from yifen.core.away import is_away

log = structlog.get_logger()
AGAIN_S = (0.2, 0.5, 1.0, 1.5)
"""From one failure to the next try; the last holds for all further ones: what was away is found again
within two seconds of its return."""
FAILURES_MAX = 20
BROKEN = 70
Wait = Callable[[float], None]


class Patience:
    """How often the loop of this name failed in a row. `for_ever`: it is better to go on with what it
    found before than to end."""

    def __init__(self, name: str, for_ever: bool = False) -> None:
        self._name, self._for_ever = name, for_ever
        self._failures = self._faults = 0

    def well(self) -> None:
        """A round succeeded."""
        if self._failures:
            log.info("a loop works again", loop=self._name, after=self._failures)
        self._failures = self._faults = 0

    def failed(self, error: Exception) -> float:
        """The seconds to wait. Raises the error itself once the loop is broken."""
        away = is_away(error)
        self._faults = 0 if away else self._faults + 1
        if self._faults >= FAILURES_MAX and not self._for_ever:
            raise error
        wait_s = AGAIN_S[min(self._failures, len(AGAIN_S) - 1)]
        self._failures += 1
        if away:
            log.warning("a loop waits", loop=self._name, error=str(error)[:300])
        else:
            log.error("a loop failed", loop=self._name, failures=self._faults, exc_info=error)
        return wait_s


async def keep_on(
    name: str, one_round: Callable[[], Awaitable[float]], stop: asyncio.Event, for_ever: bool = False
) -> None:
    """Round after round until `stop`; each answers the seconds to the next. Raises what breaks it."""
    patience = Patience(name, for_ever)
    while not stop.is_set():
        try:
            wait_s = await one_round()
        except Exception as error:
            wait_s = patience.failed(error)
        else:
            patience.well()
        if wait_s:
            await pause(stop, wait_s)


async def pause(stop: asyncio.Event, seconds: float) -> None:
    """Until `stop`, so long at most."""
    try:
        await asyncio.wait_for(stop.wait(), seconds)
    except TimeoutError:
        return


def begin(name: str, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
    """A task that nobody awaits for long: what it raises ends the process."""
    task = asyncio.create_task(work, name=name)
    task.add_done_callback(_ended)
    return task


def in_thread(name: str, one_round: Callable[[], object], every_s: float, wait: Wait = sleep) -> None:
    """A thread that does so again and again for as long as the process lives."""

    def run() -> None:
        patience = Patience(name)
        wait_s = every_s
        while True:
            wait(wait_s)
            try:
                one_round()
            except Exception as error:
                wait_s = _patient(name, patience, error)
            else:
                patience.well()
                wait_s = every_s

    Thread(target=run, name=name, daemon=True).start()


def _patient(name: str, patience: Patience, error: Exception) -> float:
    try:
        return patience.failed(error)
    except Exception as broken:
        end_process(name, broken)
        raise


def _ended(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and (error := task.exception()):
        end_process(task.get_name(), error)


def end_process(name: str, error: BaseException) -> None:
    """At once: what is undone is found again by who comes next, as after a power cut."""
    log.critical("a loop is broken: the process ends", loop=name, code=BROKEN, exc_info=error)
    os._exit(BROKEN)
