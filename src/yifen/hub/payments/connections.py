"""The few connections for reads. Each is made when it is needed and dropped when anything fails on it, so
nothing waits out a pause of its own after an outage: who asks first finds the database back."""

import asyncio
from collections.abc import Sequence
from typing import Any

import psycopg

from yifen.core.connecting import LINE, cut_after

AT_ONCE = 4
LARGE_AT_ONCE = 2  # of those, for what is large and may wait: the parts of files
WAIT_S_MAX = 1.5  # for one of them
READ_S_MAX = 4.0
# Generic plans: what is read is looked up by key, and planning a query's eight tables anew costs more than it does.
OPTIONS = "-c statement_timeout=3500 -c lock_timeout=3000 -c plan_cache_mode=force_generic_plan"
Rows = list[tuple[Any, ...]]


class ReadConnections:
    """`rows` on one of so many connections. Raises TimeoutError, OSError or psycopg.Error."""

    def __init__(self, url: str, at_once: int = AT_ONCE) -> None:
        self._url, self._most = url, at_once
        self._slots, self._large = asyncio.Semaphore(at_once), asyncio.Semaphore(LARGE_AT_ONCE)
        self._idle: list[psycopg.AsyncConnection[Any]] = []
        self._asked = self._used = 0

    async def large(self, statement: str, params: Sequence[Any]) -> Rows:
        """As `rows`, in the form of the wire, bytes as they are; waits its turn among its like, however many of them
        there are, before it asks for a connection."""
        async with self._large:
            return await self.rows(statement, params, binary=True)

    async def rows(self, statement: str, params: Sequence[Any] | dict[str, Any], binary: bool = False) -> Rows:
        self._asked += 1
        try:
            async with asyncio.timeout(WAIT_S_MAX):
                await self._slots.acquire()
        finally:
            self._asked -= 1
        self._used += 1
        try:
            return await self._read(statement, params, binary)
        finally:
            self._used -= 1
            self._slots.release()

    def standing(self) -> dict[str, int]:
        """How many are used, how many callers wait for one, and how many there are at most."""
        return {"used": self._used, "waiting": self._asked, "max": self._most}

    async def close(self) -> None:
        """Those that nobody uses now."""
        idle, self._idle = self._idle, []
        for connection in idle:
            await connection.close()

    async def _read(self, statement: str, params: Sequence[Any] | dict[str, Any], binary: bool) -> Rows:
        connection = self._idle.pop() if self._idle else await self._connect()
        try:
            with cut_after(connection, READ_S_MAX):
                cursor = await connection.execute(statement.encode(), params, binary=binary)
                rows = await cursor.fetchall() if cursor.description else []
        except BaseException:
            await connection.close()
            await self.close()  # what one met, the others that waited meanwhile have met too
            raise
        self._idle.append(connection)
        return rows

    async def _connect(self) -> psycopg.AsyncConnection[Any]:
        return await psycopg.AsyncConnection.connect(
            self._url, autocommit=True, options=OPTIONS, **LINE  # type: ignore[arg-type]
        )
