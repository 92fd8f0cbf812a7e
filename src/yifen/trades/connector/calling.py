"""The way of a biller at `db://source`: the hub's client calls it as any biller's own system; what is undecided waits
in the same outbox. Threads and connections of a source are bounded, so a dead or slow database holds up nobody else; a
call whose time is over is cut off, and its thread is back."""

import asyncio
import time
from collections.abc import Callable
from collections.abc import Mapping as Named
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import structlog

from yifen.core.facts.codes import Code
from yifen.core.facts.refused import Refused
from yifen.core.facts.secrets import KeyRing, KeyRingError
from yifen.core.facts.settings import ROOT, read_settings
from yifen.core.facts.sqlfiles import queries
from yifen.core.partners.roster import RosterBiller
from yifen.core.wire.messages import (
    Charge,
    Confirm,
    FileRequest,
    Query,
    Request,
    Reverse,
    WireFault,
)
from yifen.core.wire.replies import BillerAnswer, answer_of
from yifen.hub.payments.remote.ways import ReadRows, WayFault
from yifen.trades.connector.address import SCHEME, opened
from yifen.trades.connector.codes import ConnectorCode as C
from yifen.trades.connector.mapping import Mapping, mapping_of

log = structlog.get_logger()
SOURCES_SQL = queries(__package__)["sources"]
FOLDER = "connector"
GONE_AFTER_S = 40.0  # longer than any call takes: what is not there by then does not come any more
MISSING_MAX = 10_000
FILE_S = 40.0
T = TypeVar("T")


class SourceNow(NamedTuple):
    """A source as this process holds it. `work`: its threads; `slots`: one for each, free when the thread is."""

    stamp: tuple[Any, ...]
    partner: str
    mapping: Mapping
    database: Any  # a UtilityDatabase: SQLAlchemy is loaded where there is a source
    work: ThreadPoolExecutor
    slots: asyncio.Semaphore

    def close(self) -> None:
        """Calls under way end by their own time."""
        self.work.shutdown(wait=False)
        self.database.close()


class DatabaseWay:
    """One process's."""

    meanings: Named[str, str] = {
        **{f"{code:04d}": "refund_now" for code in (C.ROWS_UNFIT, C.ROW_REFUSED, C.WRITE_UNPROVED, C.TAKEN_BACK,
                                                   C.NO_WAY_IN)},
        **{f"{code:04d}": "hold" for code in (C.OTHER_AMOUNT, C.VALUE_UNREAD, C.ROWS_TOO_MANY)},
    }  # fmt: skip
    repeats = True

    def __init__(self, ring: KeyRing, clock: Callable[[], datetime], folder: Path | None = None) -> None:
        self._ring, self._clock = ring, clock
        self._folder = folder or source_folder()
        self._sources: dict[str, SourceNow] = {}
        self._missing: dict[str, float] = {}  # serials to take back that were not there, and since when

    def has(self, biller: RosterBiller) -> bool:
        return self._of(biller) is not None

    async def load(self, read: ReadRows) -> None:
        """What has not changed keeps its connections. One that cannot be read is as if it were not there."""
        rows = {row[0]: tuple(row) for row in await read(SOURCES_SQL, ())}
        for code in [code for code, source in self._sources.items() if source.stamp != rows.get(code)]:
            self._sources.pop(code).close()
        if rows:  # SQLAlchemy takes its time: not in the loop's
            await asyncio.to_thread(import_module, "yifen.trades.connector.verbs")
        for code, row in rows.items():
            if code not in self._sources:
                try:
                    self._sources[code] = self._made(row)
                except (Refused, KeyRingError, ValueError) as error:
                    log.error("a utility's database cannot be used", source=code, why=str(error)[:300])

    def _made(self, row: tuple[Any, ...]) -> SourceNow:
        from yifen.trades.connector.database import UtilityDatabase

        code, partner, sealed, _version, toml = row
        mapping = mapping_of(toml)
        threads = mapping.limits.threads
        database = UtilityDatabase(opened(self._ring, code, sealed), mapping.limits, self._folder)
        return SourceNow(row, partner, mapping, database, ThreadPoolExecutor(threads, f"db-{code}"),
                         asyncio.Semaphore(threads))  # fmt: skip

    async def close(self) -> None:
        while self._sources:
            self._sources.popitem()[1].close()

    async def ask(self, biller: RosterBiller, message: Request) -> BillerAnswer:
        """WayFault with the number of why nothing is known."""
        source = self._required(biller)
        answer = await self._in_thread(source, biller, partial(self._said, source, message), biller.timeout_s)
        return self._believed(message, answer)

    async def file(self, biller: RosterBiller, message: FileRequest) -> bytes:
        """What it says was written on a day. WayFault; WireFault: FILE_NOT_READY."""
        from yifen.trades.connector.day_file import day_file
        from yifen.trades.connector.values import ValueUnread

        source, day = self._required(biller), message.business_day

        def work(call: Any) -> bytes:
            try:
                return day_file(source.database, source.mapping, call, biller.code, day)
            except ValueUnread as unread:
                raise Refused(C.VALUE_UNREAD, "day", str(unread)) from None

        return await self._in_thread(source, biller, work, FILE_S)

    async def _in_thread(self, source: SourceNow, biller: RosterBiller, work: Callable[[Any], T], wait_s: float) -> T:
        """A slot is free again when its thread is, be the caller gone before."""
        from yifen.trades.connector.database import Call, DatabaseFault

        call = Call(time.monotonic() + wait_s)
        try:
            await asyncio.wait_for(source.slots.acquire(), wait_s / 2)
        except TimeoutError:
            raise WayFault(C.SOURCE_BUSY) from None
        doing = asyncio.get_running_loop().run_in_executor(source.work, work, call)
        doing.add_done_callback(partial(_ended, source))
        try:
            return await asyncio.shield(doing)
        except asyncio.CancelledError:
            call.end()
            raise
        except DatabaseFault as fault:
            log.warning("a utility's database failed", biller=biller.code, code=fault.code.name, why=fault.fault.says)
            raise WayFault(fault.code, fault.fault.word) from None
        except WireFault:
            raise
        except Refused as refused:
            log.warning("a utility's database cannot be asked", biller=biller.code, why=str(refused))
            raise WayFault(refused.code) from None

    def _said(self, source: SourceNow, message: Request, call: Any) -> BillerAnswer:
        """In a thread."""
        from yifen.trades.connector.verbs import Verbs

        verbs = Verbs(source.database, source.mapping, call, self._clock())
        match message:
            case Query():
                return verbs.query(message)
            case Charge():
                return verbs.charge(message)
            case Confirm():
                return verbs.confirm(message)
            case Reverse():
                return verbs.reverse(message)
        return answer_of(Code.FILE_NOT_READY, None, "")  # a file comes by `file`

    def _required(self, biller: RosterBiller) -> SourceNow:
        source = self._of(biller)
        if source is None:
            raise WayFault(C.SOURCE_UNKNOWN)
        return source

    def _believed(self, message: Request, answer: BillerAnswer) -> BillerAnswer:
        """What is to be taken back and is not there may be under way still: only when it was not there for longer than
        any call takes, it never came."""
        if not isinstance(message, Reverse) or answer.code is not Code.SERIAL_UNKNOWN:
            return answer
        now, serial = time.monotonic(), message.original_serial
        if len(self._missing) >= MISSING_MAX:
            self._missing.clear()  # they wait anew
        if now - self._missing.setdefault(serial, now) < GONE_AFTER_S:
            raise WayFault(C.DATABASE_SLOW, "under way")
        del self._missing[serial]
        return answer

    def _of(self, biller: RosterBiller) -> SourceNow | None:
        found = self._sources.get(biller.endpoint.removeprefix(f"{SCHEME}://"))
        return found if found is not None and found.partner == biller.code else None


def _ended(source: SourceNow, done: asyncio.Future[Any]) -> None:
    """Its fault is told by who waited, if somebody still did."""
    source.slots.release()
    done.exception()


def source_folder() -> Path:
    """Where databases lie that are files."""
    return ROOT / read_settings().data / FOLDER
