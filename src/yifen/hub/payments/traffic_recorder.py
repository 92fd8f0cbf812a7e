"""The recorder: writes what was counted and heard, every second, beside the payments.

It has no part in any payment's transaction, and the database may be away: figures wait in bounded
memory and messages in their queue. Figures whose answer was lost on the way are written again, so
a broken connection may count a second of calls twice; money does not depend on them.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from time import perf_counter_ns
from typing import Any, TypeVar

import psycopg
import structlog

from yifen.core import loops
from yifen.core.facts.codes import Code
from yifen.core.partners.roster import RosterPartner
from yifen.core.wire.messages import Request, WireFault
from yifen.hub.payments import traffic, wirelog_queue
from yifen.hub.payments.traffic import Traffic, TrafficTally
from yifen.hub.payments.wirelog_queue import Exchange, WireLog

log = structlog.get_logger()
FLUSH_EVERY_S = 1.0
MESSAGES_AT_ONCE = 250
MASKED_AT_ONCE = 10  # then other work gets its turn
Execute = Callable[[str, Any], Awaitable[Any]]
BillerId = Callable[[str], int]
Counted = tuple[int, str, int]  # partner, verb, code

T = TypeVar("T")


def whole_ms(ns: int) -> int:
    """Nanoseconds to the nearest millisecond."""
    return (ns + 500_000) // 1_000_000


class Recorder:
    """Hears of every exchange, and writes from `start` until `close`, which writes the rest.
    `execute` runs a statement or raises WireFault UNAVAILABLE; `biller_id` is 0 for no biller."""

    def __init__(self, execute: Execute, biller_id: BillerId) -> None:
        self._execute, self._biller_id = execute, biller_id
        self.traffic, self.wire_log = Traffic(), WireLog()
        self.asked: dict[tuple[str, int], TrafficTally] = {}  # our own calls, by verb and code
        self._written: dict[Counted, TrafficTally] = {}
        self._writing: dict[traffic.Key, TrafficTally] = {}
        self._lost = self._dropped = 0
        self._closing = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def hear(self, exchange: Exchange, reply: bytes, ms: int) -> None:
        """An exchange that was answered after `ms`. Calls of ours to billers are not traffic."""
        if exchange.direction == "in":
            biller = getattr(exchange.message, "biller", "")
            self.traffic.note(
                exchange.at,
                exchange.partner.id if exchange.partner else 0,
                self._biller_id(biller) if biller else 0,
                exchange.verb,
                exchange.code,
                ms,
            )
        else:
            self.asked.setdefault((exchange.verb, exchange.code._value_), TrafficTally()).note(ms)
        self.wire_log.hear(exchange, reply, ms)

    def counts(self) -> dict[Counted, TrafficTally]:
        """Calls since the start, whether they are written yet or not; for whoever only looks."""
        found = {key: tally.copy() for key, tally in list(self._written.items())}
        for tallies in (self._writing, self.traffic.now()):
            _add(found, tallies)
        return found

    async def counted(
        self,
        at: datetime,
        partner: RosterPartner,
        message: Request,
        answer: Awaitable[tuple[Code, T]],
    ) -> tuple[Code, T]:
        """The answer of a verb that no door called, for a channel hosted here: heard of as others
        are, without bodies. A repair is of a channel that others run, and proves nothing of it."""
        exchange = Exchange(at=at, dialect="hosted", verb=message.VERB, body=b"", partner=partner,
                            proved=partner.hosted, message=message, code=Code.FAULT)  # fmt: skip
        started = perf_counter_ns()
        try:
            exchange.code, reply = await answer
        except WireFault as fault:
            exchange.code = fault.code
            raise
        finally:
            self.hear(exchange, b"", whole_ms(perf_counter_ns() - started))
        return exchange.code, reply

    def start(self) -> None:
        """Write every second, until `close`."""
        self._task = loops.begin("recorder", loops.keep_on("recorder", self._round, self._closing))

    async def close(self) -> None:
        """The last of it, or a line in the log that says how much could not be written."""
        self._closing.set()
        if self._task is not None:
            await self._task
        await self.flush()
        if len(self.traffic) or len(self.wire_log):
            log.error("not written", traffic_keys=len(self.traffic), messages=len(self.wire_log))

    async def _round(self) -> float:
        await self.flush()
        return FLUSH_EVERY_S

    async def flush(self) -> None:
        """Write what there is; never raises."""
        try:
            await self._flush_traffic()
            while len(self.wire_log) and await self._flush_messages():
                pass
        except Exception:  # of any kind: a recorder that ended would record nothing more
            log.exception("traffic or messages could not be recorded")
        self._report()

    async def _flush_traffic(self) -> None:
        taken = self._writing = self.traffic.take()
        if taken and not await self._write(traffic.NOTE_SQL, traffic.pack(taken)):
            self._writing = {}
            self.traffic.put_back(taken)
            return
        self._writing = {}
        _add(self._written, taken)

    async def _flush_messages(self) -> bool:
        """One batch; False when it has to wait."""
        taken = self.wire_log.take(MESSAGES_AT_ONCE)
        rows = []
        for count, waiting in enumerate(taken, 1):
            rows.append(wirelog_queue.message_of(waiting))
            if count % MASKED_AT_ONCE == 0:
                await asyncio.sleep(0)
        if await self._write(wirelog_queue.KEEP_SQL, wirelog_queue.pack(rows)):
            return True
        self.wire_log.put_back(taken)
        return False

    async def _write(self, statement: str, params: tuple[str, ...]) -> bool:
        """False: the database is away, try again later. What it refuses is not tried again."""
        try:
            await self._execute(statement, params)
        except WireFault:
            return False
        except psycopg.Error as error:
            log.error("traffic or messages were refused and are lost", error=str(error))
        return True

    def _report(self) -> None:
        """Say what was lost since the last time."""
        lost, dropped = self.traffic.lost, self.wire_log.dropped
        if (lost, dropped) != (self._lost, self._dropped):
            log.warning(
                "traffic was not recorded",
                calls=lost - self._lost,
                messages=dropped - self._dropped,
            )
            self._lost, self._dropped = lost, dropped


def _add(found: dict[Counted, TrafficTally], tallies: dict[traffic.Key, TrafficTally]) -> None:
    """Of all minutes and billers together."""
    for (_, partner_id, _, verb, code), tally in tallies.items():
        found.setdefault((partner_id, verb, code), TrafficTally()).add(tally)
