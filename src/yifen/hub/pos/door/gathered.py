"""Statements of many callers in one 批量提交: while one is at the database, those who come gather, and the next takes
all of them: one transaction, one fsync. Who makes it fail is found by halving and fails alone, as in a lane of the hub.
"""

import asyncio
from collections import defaultdict
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from typing import Any

import msgspec
import psycopg
import structlog

from yifen.core.away import AWAY
from yifen.core.facts.codes import Code
from yifen.core.wire.messages import WireFault
from yifen.hub.payments.sql_line import SqlLine

log = structlog.get_logger()
MOST, BATCH_S = 128, 11.0  # the server ends a statement after 10 s, if it is there
GATHER_S = 0.003  # where more than one came at a time, the next wait so long for each other
RACES = (psycopg.errors.SerializationFailure, psycopg.errors.DeadlockDetected)
RACES_MAX = 5
Rows = list[tuple[Any, ...]]
Asker = tuple[dict[str, Any], "asyncio.Future[Rows]"]


class Gathered:
    """One statement of (json array, with `clock`: now); its rows begin with the item that they answer. `reads`: it
    may be tried twice, for its connection may have died unseen."""

    def __init__(self, url: str, statement: str, clock: Callable[[], datetime] | None, reads: bool = False) -> None:
        self._url, self._statement, self._clock, self._reads = url, statement, clock, reads
        self._line: SqlLine | None = None
        self._waiting: list[Asker] = []
        self._pause_s = 0.0
        self._task: asyncio.Task[None] | None = None

    async def one(self, **asked: Any) -> Rows:
        """Its rows. WireFault: UNAVAILABLE (it may be done all the same), FAULT."""
        future = asyncio.get_running_loop().create_future()
        self._waiting.append((asked, future))
        if self._task is None:
            self._task = asyncio.create_task(self._serve())
        return await asyncio.shield(future)  # who hangs up leaves it to be done

    async def close(self) -> None:
        """Once nobody asks any more."""
        if self._task is not None:
            with suppress(asyncio.CancelledError):
                await self._task
        if self._line is not None:
            await self._line.close()

    async def _serve(self) -> None:
        try:
            while self._waiting:
                await asyncio.sleep(self._pause_s)
                batch, self._waiting = self._waiting[:MOST], self._waiting[MOST:]
                self._pause_s = GATHER_S if len(batch) > 1 else 0
                await self._settle(batch)
        finally:
            self._task = None

    async def _settle(self, batch: list[Asker]) -> None:
        try:
            rows = await self._tried([asked for asked, _ in batch])
        except AWAY as error:
            log.warning("the database cannot be asked", error=str(error)[:300])
            await self._fail(batch, Code.UNAVAILABLE)
        except Exception as error:
            if len(batch) > 1:
                half = len(batch) // 2
                await self._settle(batch[:half])
                await self._settle(batch[half:])
                return
            log.error("a statement cannot be done", error=str(error)[:300])
            await self._fail(batch, Code.FAULT)
        else:
            for number, (_, future) in enumerate(batch):
                if not future.done():
                    future.set_result(rows[number])

    async def _tried(self, asked: list[dict[str, Any]]) -> dict[int, Rows]:
        """By item. Who lost a race looks again, and who only reads does where the line broke."""
        for _ in range(RACES_MAX):
            try:
                return await self._rows(asked)
            except RACES:
                continue
            except AWAY:
                if not self._reads:
                    raise
                break
        return await self._rows(asked)

    async def _rows(self, asked: list[dict[str, Any]]) -> dict[int, Rows]:
        if self._line is None or self._line.closed:
            self._line = await SqlLine.open(self._url)
        items = msgspec.json.encode([one | {"item": number} for number, one in enumerate(asked)]).decode()
        params = (items, self._clock()) if self._clock else (items,)
        found = defaultdict[int, Rows](list)
        for row in await self._line.rows(self._statement, params, BATCH_S):
            found[row[0]].append(row[1:])
        return found

    async def _fail(self, batch: list[Asker], code: Code) -> None:
        if code is Code.UNAVAILABLE and self._line is not None:
            await self._line.close()
            self._line = None
        for _, future in batch:
            if not future.done():
                future.set_exception(WireFault(code))
