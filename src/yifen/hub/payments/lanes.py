"""Lanes: group commit 批量提交. One lane a bucket, one transaction at a time in each.

While a transaction commits, requests gather; the next transaction takes all of them, so one fsync
serves many payments and an idle hub answers at once. Every request is answered by itself: one
that makes the database fail is found by halving and fails alone (decision 4).
"""

import asyncio
from collections import deque
from collections.abc import Callable
from datetime import datetime
from itertools import takewhile
from time import monotonic
from typing import Any

import structlog
from psycopg import errors

from yifen.core import loops, tracing
from yifen.core.away import AWAY
from yifen.core.facts import request_ids
from yifen.core.facts.codes import Code
from yifen.core.metrics.spread import Spread
from yifen.core.wire.messages import WireFault
from yifen.hub.payments.bounds import BATCH_SECONDS, BATCH_SIZES
from yifen.hub.payments.calls import CALLS, Booked, Work, unpack
from yifen.hub.payments.sql_line import SqlLine

log = structlog.get_logger()
RACES = (errors.SerializationFailure, errors.DeadlockDetected)
RACES_MAX = 5
NO_PARTITION = errors.CheckViolation  # without a constraint's name: a month's partition is not known here yet
BATCH_S_MAX = 11.0  # the server ends a statement after 10 s, if it is there

Waiting = tuple[Work, "asyncio.Future[Booked]", str, Any]  # of which request, in which span


class Backlog:
    """How many requests all lanes of a process hold; the bound behind BUSY."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.held = 0

    def enter(self) -> None:
        """WireFault BUSY when full: nothing was taken."""
        if self.held >= self.most:
            raise WireFault(Code.BUSY)
        self.held += 1

    def leave(self, count: int = 1) -> None:
        self.held -= count


class Lane:
    """The queue and the connection of one bucket."""

    def __init__(
        self,
        bucket: int,
        buckets: int,
        url: str,
        backlog: Backlog,
        clock: Callable[[], datetime],
        batch_max: int,
    ) -> None:
        self._bucket, self._buckets, self._url = bucket, buckets, url
        self._backlog, self._clock, self._batch_max = backlog, clock, batch_max
        self._queue: deque[Waiting] = deque()
        self._wake = asyncio.Event()
        self._closing, self._ended = False, asyncio.Event()
        self._line: SqlLine | None = None
        self._races = self._again = 0
        self.began_s: float | None = None  # the batch under way
        self.sizes, self.times = Spread(BATCH_SIZES), Spread(BATCH_SECONDS)

    def __len__(self) -> int:
        return len(self._queue)

    def submit(self, work: Work) -> "asyncio.Future[Booked]":
        """Queue one piece of work. The future answers, or raises WireFault UNAVAILABLE or FAULT;
        BUSY is raised at once and means that nothing was taken, as is UNAVAILABLE after `drain`."""
        if self._closing:
            raise WireFault(Code.UNAVAILABLE)
        self._backlog.enter()
        future: asyncio.Future[Booked] = asyncio.get_running_loop().create_future()
        self._queue.append((work, future, request_ids.current(), tracing.here()))
        self._wake.set()
        return future

    async def run(self) -> None:
        """Serve until `drain`, whatever becomes of one batch."""
        await loops.keep_on(f"lane {self._bucket}", self._serve, self._ended)

    async def _serve(self) -> float:
        while self._queue or not self._closing:
            if self._queue:
                await self._answer(self._take())
            else:
                self._wake.clear()
                await self._wake.wait()
        await self._disconnect()
        self._ended.set()
        return 0

    async def _answer(self, batch: list[Waiting]) -> None:
        self.began_s = began_s = monotonic()
        try:
            await self._settle(batch)
        except BaseException:  # nobody is left waiting by a lane that fails
            self._fail(batch, Code.FAULT)
            raise
        finally:
            self._backlog.leave(len(batch) - self._again)  # an answered one, and one whose caller hung up meanwhile
            self._again = 0
            self.began_s = None
            self.sizes.add(len(batch))
            self.times.add(monotonic() - began_s)

    def drain(self) -> None:
        """Finish what is queued, then end `run`."""
        self._closing = True
        self._wake.set()

    def _take(self) -> list[Waiting]:
        kind = type(self._queue[0][0])
        same = takewhile(lambda entry: type(entry[0]) is kind, self._queue)
        batch = [entry for entry, _ in zip(same, range(self._batch_max), strict=False)]
        for _ in batch:
            self._queue.popleft()
        return batch

    async def _settle(self, batch: list[Waiting]) -> None:
        """Run one batch and answer it; what depends on it goes back to the front of the queue."""
        try:
            with tracing.shared("sql", (origin for *_, origin in batch), batch=len(batch)):
                answers = await self._call([work for work, *_ in batch])
        except (*RACES, NO_PARTITION) as error:
            if isinstance(error, NO_PARTITION) and error.diag.constraint_name:
                await self._isolate(batch, error)
                return
            self._races += 1
            if self._races < RACES_MAX:
                self._put_back(batch)
            else:
                self._fail(batch, Code.UNAVAILABLE)
            return
        except AWAY as error:
            log.warning("the database is not there", bucket=self._bucket, error=str(error))
            await self._disconnect()
            self._fail(batch, Code.UNAVAILABLE)
            return
        except Exception as error:  # of any kind: a lane that ended would hang all who come after
            await self._isolate(batch, error)
            return
        self._races = 0
        again = []
        for entry, booked in zip(batch, answers, strict=True):
            if booked.code is Code.BUSY and len(batch) > 1:
                again.append(entry)
            elif not entry[1].done():
                entry[1].set_result(booked)
        self._put_back(again)

    def _put_back(self, batch: list[Waiting]) -> None:
        self._queue.extendleft(reversed(batch))
        self._again += len(batch)

    async def _isolate(self, batch: list[Waiting], error: Exception) -> None:
        """This batch cannot be done: halve it until the one at fault stands alone."""
        if len(batch) == 1:
            log.error("a request cannot be done", bucket=self._bucket, error=str(error), request_id=batch[0][2])
            self._fail(batch, Code.FAULT)
            return
        half = len(batch) // 2
        await self._settle(batch[:half])
        await self._settle(batch[half:])

    def _fail(self, batch: list[Waiting], code: Code) -> None:
        self._races = 0
        for _, future, *_ in batch:
            if not future.done():
                future.set_exception(WireFault(code))

    async def _call(self, works: list[Work]) -> list[Booked]:
        if self._line is None or self._line.closed:
            await self._disconnect()
            self._line = await SqlLine.open(self._url)
        statement, pack = CALLS[type(works[0])]
        params = pack(self._bucket, self._clock(), works, self._buckets)
        return unpack(await self._line.rows(statement, params, BATCH_S_MAX))

    async def _disconnect(self) -> None:
        if self._line is not None:
            await self._line.close()
            self._line = None
