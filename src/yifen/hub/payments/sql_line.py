"""A line to the database: one prepared statement after another, by libpq itself.

psycopg makes the connection and reads the rows. The waiting in between is one reader that stays with the loop,
instead of two of epoll's calls and a chain of generators for each statement.
"""

import asyncio
import os
from collections.abc import Callable, Sequence
from typing import Any

import psycopg
from psycopg.adapt import Transformer
from psycopg.pq import ExecStatus, Format
from psycopg.pq.abc import PGresult

from yifen.core.connecting import LINE, cut_after

# Generic plans: the statements are looked up by key, and planning them anew costs more than they do.
OPTIONS = (
    "-c statement_timeout=10000 -c lock_timeout=8000 -c jit=off"
    " -c plan_cache_mode=force_generic_plan"
)
WHOLE = (ExecStatus.TUPLES_OK, ExecStatus.COMMAND_OK)
Rows = list[tuple[Any, ...]]


class SqlLine:
    """`open`, then `rows`, one call after another, then `close`. What fails but by an answer of the server
    closes it."""

    def __init__(self, connection: psycopg.AsyncConnection[Any]) -> None:
        self._connection, self._pg = connection, connection.pgconn
        self._loop, self._reading = asyncio.get_running_loop(), Transformer(connection)
        self._prepared: dict[str, bytes] = {}
        self._asked: asyncio.Future[None] | None = None
        self._results: list[PGresult] = []
        # Of our own: libpq closes its file when the server hangs up, and the next to be opened has its number.
        self._file = os.dup(self._pg.socket)
        self._loop.add_reader(self._file, self._readable)

    @classmethod
    async def open(cls, url: str) -> "SqlLine":
        return cls(await psycopg.AsyncConnection.connect(
            url, autocommit=True, options=OPTIONS, client_encoding="UTF8", **LINE  # type: ignore[arg-type]
        ))  # fmt: skip

    @property
    def closed(self) -> bool:
        """By us, or because the server hung up meanwhile."""
        return self._file < 0

    async def rows(self, statement: str, params: Sequence[Any], seconds: float) -> Rows:
        """All of them; bytes among the parameters are in their binary form. After so long it fails as if the server
        had hung up. psycopg.Error as psycopg would raise it."""
        values = [param if param is None or isinstance(param, bytes) else _text(param) for param in params]
        formats = [Format.BINARY if isinstance(param, bytes) else Format.TEXT for param in params]
        with cut_after(self._connection, seconds):
            if (name := self._prepared.get(statement)) is None:
                name = b"line%d" % len(self._prepared)
                await self._ask(lambda: self._pg.send_prepare(name, _numbered(statement)))
                self._prepared[statement] = name
            result = await self._ask(lambda: self._pg.send_query_prepared(name, values, formats))
        self._reading.set_pgresult(result)
        return self._reading.load_rows(0, result.ntuples, tuple)

    async def _ask(self, send: Callable[[], None]) -> PGresult:
        try:
            if self.closed:
                raise psycopg.OperationalError("the server has hung up")
            self._results, self._asked = [], self._loop.create_future()
            send()
            if self._pg.flush():
                self._loop.add_writer(self._file, self._writable)
            await self._asked
        except BaseException:  # its answer may still come: nobody is to take it for that of the next
            await self.close()
            raise
        if (result := self._results[-1]).status not in WHOLE:
            raise psycopg.errors.error_from_result(result, self._connection.info.encoding)
        return result

    def _writable(self) -> None:
        try:
            if not self._pg.flush():
                self._loop.remove_writer(self._file)
        except psycopg.Error as error:
            self._hang_up(error)

    def _readable(self) -> None:
        """It is never waited for: `get_result` is called only while libpq has one, or the end of them."""
        try:
            self._pg.consume_input()
            while self._asked is not None and not self._pg.is_busy():
                if (result := self._pg.get_result()) is None:
                    self._end(None)
                else:
                    self._results.append(result)
        except psycopg.Error as error:
            self._hang_up(error)

    def _end(self, error: psycopg.Error | None) -> None:
        asked, self._asked = self._asked, None
        if asked is not None and not asked.done():
            if error is not None:
                asked.set_exception(error)
            elif not self._results:
                asked.set_exception(psycopg.OperationalError("the server said nothing"))
            else:
                asked.set_result(None)

    def _hang_up(self, error: psycopg.Error) -> None:
        """Whoever waits hears of it; so does who asks next."""
        self._deaf()
        self._end(error)

    def _deaf(self) -> None:
        if not self.closed:
            self._loop.remove_reader(self._file)
            self._loop.remove_writer(self._file)
            os.close(self._file)
            self._file = -1

    async def close(self) -> None:
        self._deaf()
        await self._connection.close()


def _text(param: Any) -> bytes:
    """As libpq takes it, which would end it at the first NUL."""
    value = str(param).encode()
    if b"\0" in value:
        raise psycopg.DataError("PostgreSQL text fields cannot contain NUL (0x00) bytes")
    return value


def _numbered(statement: str) -> bytes:
    """`%s`, `%s` → `$1`, `$2`."""
    parts = statement.split("%s")
    return "".join([f"{part}${place}" for place, part in enumerate(parts[:-1], 1)] + parts[-1:]).encode()
