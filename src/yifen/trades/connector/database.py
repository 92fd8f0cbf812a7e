"""One utility's database as we speak to it: SQLAlchemy Core, one transaction a call, statements with bound values only,
within a time. A call may be cut off from another thread; then nothing of it is committed later."""

import asyncio
import time
from collections.abc import Callable, Sequence
from collections.abc import Mapping as Named
from contextlib import suppress
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from pathlib import Path
from threading import Lock
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import Connection, create_engine, text
from sqlalchemy.engine import Engine
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import NullPool, QueuePool

from yifen.core.facts.addresses import Network
from yifen.core.facts.refused import Refused
from yifen.core.wire import outbound
from yifen.core.wire.outbound import Unsent, Walled
from yifen.trades.connector.address import SourceAddress
from yifen.trades.connector.codes import ConnectorCode
from yifen.trades.connector.faults import Fault, fault_of
from yifen.trades.connector.kinds import KINDS, file_of
from yifen.trades.connector.mapping import MappingLimits
from yifen.trades.connector.values import ValueUnread

T = TypeVar("T")
Row = Named[str, Any]
KEPT_S = 300  # a connection at rest


class DatabaseFault(Exception):
    """The database did not do it; what the transaction had done is rolled back, but for an answer lost at its end."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(f"{fault.code:04d} {fault.word} {fault.says}")
        self.fault = fault
        self.code = fault.code


class SaidStatement(NamedTuple):
    """One statement as it went out, and how many rows it found or touched; None: it failed."""

    sql: str
    values: dict[str, Any]
    rows: int | None


class Call:
    """One call under way. `ends_at`: by the monotonic clock. `said`: its statements, for who wants to see them."""

    def __init__(self, ends_at: float) -> None:
        self.ends_at, self.said = ends_at, list[SaidStatement]()
        self._lock, self._ended = Lock(), False
        self._cut: Callable[[], None] | None = None

    def holds(self, cut: Callable[[], None] | None) -> None:
        """The connection that it has now. DatabaseFault: it was cut off meanwhile."""
        with self._lock:
            self._cut = cut
        if cut is not None:
            self.check()

    def end(self) -> None:
        """From another thread: whatever it waits for, it waits no more, and commits nothing."""
        with self._lock:
            self._ended = True
            if self._cut is not None:
                with suppress(Exception):  # the line is gone already
                    self._cut()

    def check(self) -> None:
        """DatabaseFault: DATABASE_SLOW, its time is over."""
        if self._ended or time.monotonic() > self.ends_at:
            raise DatabaseFault(Fault(ConnectorCode.DATABASE_SLOW, "", "the call's time was over"))

    @property
    def is_over(self) -> bool:
        return self._ended


class Talk:
    """What a call says within its transaction."""

    def __init__(self, conn: Connection, kind: str, limits: MappingLimits, call: Call) -> None:
        self._conn, self._kind, self._most, self._call = conn, kind, limits.rows, call

    def rows(self, sql: str, values: Named[str, Any], most: int = 0) -> list[Row]:
        """What it finds, `most` at most, else as many as the mapping allows. DatabaseFault: ROWS_TOO_MANY among
        others."""
        most = most or self._most
        streamed = {"stream_results": self._kind != "sqlite"}  # of a million rows not all are taken in
        with self._conn.execute(*self._asked(sql, values), execution_options=streamed) as found:
            rows = found.mappings().fetchmany(most + 1)
        self._told(len(rows))
        if len(rows) > most:
            raise DatabaseFault(Fault(ConnectorCode.ROWS_TOO_MANY, "", f"more than {most} rows"))
        return [dict(row) for row in rows]

    def write(self, sql: str, values: Named[str, Any]) -> int:
        """How many rows it touched; -1: the database does not say."""
        touched = self._conn.execute(*self._asked(sql, values)).rowcount
        self._told(touched)
        return touched

    def _asked(self, sql: str, values: Named[str, Any]) -> tuple[Any, dict[str, Any]]:
        """Only those values that it names."""
        self._call.check()
        statement = text(sql)
        named = {name: values[name] for name in statement._bindparams}
        self._call.said.append(SaidStatement(sql, named, None))
        return statement, {name: _bound(self._kind, value) for name, value in named.items()}

    def _told(self, rows: int) -> None:
        self._call.said[-1] = self._call.said[-1]._replace(rows=rows)


class UtilityDatabase:
    """Its connections are kept, `limits.threads` of each account at most. `folder`: where files lie; `allowed`: what
    may be called, None: what the operator allows."""

    def __init__(
        self, address: SourceAddress, limits: MappingLimits, folder: Path, allowed: Sequence[Network] | None = None
    ) -> None:
        self.address, self._limits, self._folder, self._allowed = address, limits, folder, allowed
        self._kind = KINDS[address.kind]
        self._engines: dict[bool, Engine] = {}
        self._lock = Lock()

    def close(self) -> None:
        with self._lock:
            for engine in self._engines.values():
                engine.dispose()
            self._engines.clear()

    def read(self, work: Callable[[Talk], T], call: Call) -> T:
        """In a transaction that cannot write, by the reading account. DatabaseFault, Refused: DRIVER_MISSING."""
        return self._run(work, call, writes=False, keeps=False)

    def write(self, work: Callable[[Talk], T], call: Call, *, keeps: bool = True) -> T:
        """In one that sees no half of another's, by the writing account; `keeps` False: rolled back at the end."""
        return self._run(work, call, writes=True, keeps=keeps)

    def _run(self, work: Callable[[Talk], T], call: Call, *, writes: bool, keeps: bool) -> T:
        try:
            with self._engine(writes).connect() as conn:
                call.holds(partial(self._kind.cut, conn.connection.driver_connection))
                try:
                    return self._said(conn, work, call, writes, keeps)
                finally:
                    call.holds(None)
                    if call.is_over:
                        conn.invalidate()
        except (DatabaseFault, Refused, ValueUnread):
            raise
        except Exception as error:  # of SQLAlchemy, of whatever driver, of the way there: each has a number
            if call.is_over:
                raise DatabaseFault(Fault(ConnectorCode.DATABASE_SLOW, "", "cut off")) from None
            raise DatabaseFault(self._fault(error)) from None

    def _said(self, conn: Connection, work: Callable[[Talk], T], call: Call, writes: bool, keeps: bool) -> T:
        left_s = max(0.1, min(self._limits.wait_s, 0.9 * (call.ends_at - time.monotonic())))
        first = self._kind.writing if writes else self._kind.reading
        for statement in first.format(ms=round(1000 * left_s), s=max(1, round(left_s))).split(";\n"):
            conn.exec_driver_sql(statement)
        try:
            found = work(Talk(conn, self.address.kind, self._limits, call))
            if writes and keeps:
                call.check()
                self._end(conn, "COMMIT")
            else:
                self._end(conn, "ROLLBACK")
        except BaseException:
            with suppress(SQLAlchemyError):
                self._end(conn, "ROLLBACK")
            raise
        return found

    def _end(self, conn: Connection, word: str) -> None:
        """SQLite's driver leaves transactions to us; the others have their own."""
        if self.address.kind == "sqlite":
            conn.exec_driver_sql(word)
        conn.commit() if word == "COMMIT" else conn.rollback()

    def _fault(self, error: Exception) -> Fault:
        if isinstance(error, Walled):
            return Fault(ConnectorCode.DATABASE_DENIED, "wall", str(error))
        if isinstance(error, Unsent):
            return Fault(ConnectorCode.DATABASE_AWAY, "", str(error))
        return fault_of(self.address.kind, error)

    def _engine(self, writes: bool) -> Engine:
        self._kind.driver()
        with self._lock:
            if writes not in self._engines:
                login = self.address.writer if writes else self.address.reader
                pool: dict[str, Any] = {
                    "poolclass": QueuePool, "pool_size": self._limits.threads, "max_overflow": 0,
                    "pool_timeout": self._limits.wait_s, "pool_recycle": KEPT_S, "pool_pre_ping": True}  # fmt: skip
                if self.address.kind == "sqlite":  # the file of now, should another be put in its place
                    pool = {"poolclass": NullPool}
                self._engines[writes] = create_engine(
                    f"{self._kind.dialect}://", creator=lambda: self._connect(login), hide_parameters=True, **pool)
            return self._engines[writes]

    def _connect(self, login: Any) -> Any:
        where = str(file_of(self._folder, self.address.database)) if self.address.kind == "sqlite" else (
            asyncio.run(outbound.address_to_call(self.address.host, self.address.port, self._allowed)))
        return self._kind.connect(self.address, login, where, self._limits.wait_s)


def _bound(kind: str, value: Any) -> Any:
    """As the driver takes it: SQLite's knows neither decimals nor days."""
    if kind != "sqlite" or not isinstance(value, (Decimal, date, datetime)):
        return value
    return str(value) if isinstance(value, Decimal) else value.isoformat(*(" ",) if isinstance(value, datetime) else ())


def refused_by(fault: DatabaseFault) -> Refused:
    """For a page: with the database's own words."""
    return Refused(fault.code, "", f"{fault.fault.word} {fault.fault.says}".strip())
