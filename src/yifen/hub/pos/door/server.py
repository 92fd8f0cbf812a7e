"""The door itself: frames of terminals over TCP, each answered on its own connection, one after the other.

Bounded in connections, of all and of one caller; in the time for a frame once it began, between two, and for taking an
answer; in bytes. Who is slow, half or hostile costs nobody but himself: not even who comes from the same address.
"""

import asyncio
import socket
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress

import structlog

from yifen.core.facts import request_ids
from yifen.core.facts.addresses import caller_of
from yifen.core.facts.codes import Code, ResultCode
from yifen.core.facts.refused import Refused
from yifen.core.incoming.connections import room
from yifen.core.wire.pos_frames import (
    FRAME_LEAST,
    FRAME_MOST,
    LENGTH_BYTES,
    PosFault,
    PosFrame,
    read_frame,
)
from yifen.hub.pos import rules
from yifen.hub.pos.codes import PosCode
from yifen.hub.pos.door import batches, downloads, returns, sales
from yifen.hub.pos.door.terminals import KnownTerminal, PosSides

log = structlog.get_logger()
FRAME_S, IDLE_S, TAKEN_S, STOP_S = 5.0, 900.0, 10.0, 45.0
BUFFER = 4096
BACKLOG = 1024
Handler = Callable[[PosSides, KnownTerminal, PosFrame], Awaitable[bytes]]

HANDLERS: dict[tuple[str, str, str], Handler] = {
    ("0800", "", ""): batches.sign_on, ("0820", "", ""): batches.network,
    ("0100", "360000", ""): sales.query,
    ("0200", "000000", rules.SALE): sales.sale, ("0200", "200000", rules.VOID): returns.give_back,
    ("0220", "200000", rules.REFUND): returns.give_back,
    ("0400", "000000", rules.SALE): returns.reverse, ("0400", "200000", rules.VOID): returns.reverse,
    ("0500", "", ""): batches.settle, ("0320", "", ""): batches.upload,
    ("0820", "", rules.STATUS): downloads.parameters, ("0800", "", rules.PARAMETERS): downloads.parameters,
    ("0800", "", rules.PARAMETERS_END): downloads.parameters,
    **{(what, "", code): downloads.of_acquirer for what, codes in rules.OF_ACQUIRER.items() for code in codes},
}  # fmt: skip
"""By type, field 3, and of field 60 the first two digits or the network code."""
MONEY = frozenset({"0200", "0220", "0400"})


class Strangers:
    """Connections on which no message had a right MAC yet, the oldest first. Where there are too many, one of them
    makes room for who comes: a terminal that is known keeps its own."""

    def __init__(self) -> None:
        self._open: dict[asyncio.StreamWriter, str] = {}

    def came(self, writer: asyncio.StreamWriter, caller: str) -> None:
        self._open[writer] = caller

    def left(self, writer: asyncio.StreamWriter) -> None:
        """It is none any more: known, or gone."""
        self._open.pop(writer, None)

    def shown_out(self, caller: str = "") -> bool:
        """The oldest, of this caller or of all, is ended. False: there is none."""
        for writer, of in self._open.items():
            if caller in ("", of):
                del self._open[writer]
                writer.transport.abort()
                return True
        return False


class PosDoor:
    """`most`: connections of one caller, 0: no limit."""

    def __init__(self, sides: PosSides, most: int, frame_s: float = FRAME_S, idle_s: float = IDLE_S) -> None:
        self.sides, self._most, self._frame_s, self._idle_s = sides, most, frame_s, idle_s
        self._room, self._callers = room(), Counter[str]()
        self._strangers = Strangers()
        self._tasks: set[asyncio.Task[None]] = set()
        self._idle: set[asyncio.StreamWriter] = set()
        self._server: asyncio.Server | None = None
        self._leaving = False
        self.answered = 0

    @property
    def connections(self) -> int:
        return self._callers.total()

    async def open(self, host: str, port: int) -> int:
        """Listens; answers at which port."""
        self._server = await asyncio.start_server(self._meet, host, port, limit=BUFFER, backlog=BACKLOG)
        return int(self._server.sockets[0].getsockname()[1])

    async def close(self) -> None:
        """Takes nobody new, and ends once everybody who was heard is answered."""
        self._leaving = True
        if self._server is not None:
            self._server.close()
        for writer in list(self._idle):
            writer.close()
        if self._tasks:
            await asyncio.wait(list(self._tasks), timeout=STOP_S)
        for task in list(self._tasks):
            task.cancel()

    async def _meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        caller = caller_of(str((writer.get_extra_info("peername") or ("",))[0]))
        is_too_many = 0 < self._most <= self._callers[caller] and not self._strangers.shown_out(caller)
        if self._leaving or is_too_many or (self.connections >= self._room and not self._strangers.shown_out()):
            writer.transport.abort()
            return
        self._strangers.came(writer, caller)
        self._callers[caller] += 1
        self._tasks.add(task)
        writer.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            while await self._one(reader, writer):
                pass
        except (OSError, TimeoutError, asyncio.IncompleteReadError):
            pass  # slow, half or gone
        finally:
            self._idle.discard(writer)
            self._strangers.left(writer)
            self._tasks.discard(task)
            self._callers[caller] -= 1
            if not self._callers[caller]:
                del self._callers[caller]
            writer.close()

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """One frame and its answer; whether another may follow."""
        self._idle.add(writer)
        async with asyncio.timeout(self._idle_s):
            first = await reader.readexactly(1)
        self._idle.discard(writer)
        async with asyncio.timeout(self._frame_s):
            size = int.from_bytes(first + await reader.readexactly(LENGTH_BYTES - 1))
            if not FRAME_LEAST <= size <= FRAME_MOST:
                return False
            body = await reader.readexactly(size)
        said = await request_ids.apart(self.answer(body, writer), request_ids.taken("", False))
        if said is None:
            return False
        writer.write(said)
        if writer.transport.get_write_buffer_size():  # he does not take it as fast as it comes
            async with asyncio.timeout(TAKEN_S):
                await writer.drain()
        self.answered += 1
        return not self._leaving

    async def answer(self, body: bytes, writer: asyncio.StreamWriter | None = None) -> bytes | None:
        """What goes back on the line; None: this is nobody who speaks our table."""
        try:
            frame = read_frame(body)
        except PosFault as fault:
            log.info("a frame cannot be read", why=str(fault))
            return None
        kind = frame.fields["t"]
        if kind < "0100" or not kind.endswith("0") or int(kind[2]) % 2:
            return None  # no message asks so, and an answer is not answered
        terminal: KnownTerminal | None = None
        code: ResultCode
        try:
            handler = self._handler(frame)
            terminal = await self.sides.known(frame, body, handler is batches.sign_on)
            if handler is not batches.sign_on and writer is not None:
                self._strangers.left(writer)
            return await handler(self.sides, terminal, frame)
        except Refused as refused:
            code = refused.code
        except Exception:
            log.exception("a frame failed", kind=frame.fields["t"], terminal=frame.fields.get("41"))
            code = Code.FAULT
        if code in (Code.UNAVAILABLE, Code.FAULT) and frame.fields["t"] in MONEY:
            code = PosCode.POS_UNKNOWN  # its work may be done, and only the answer lost
        with suppress(PosFault):
            return self.sides.answer(frame, code, terminal)
        return None

    @staticmethod
    def _handler(frame: PosFrame) -> Handler:
        """Refused: POS_NOT_SUPPORTED, POS_FIELD_MISSING."""
        rules.number(frame.fields, "11")
        what, of = frame.fields["t"], frame.fields.get("3", "")
        kind = rules.kind_60(frame.fields)
        for key in ((what, of, kind.kind), (what, "", kind.network), (what, of, ""), (what, "", "")):
            if found := HANDLERS.get(key):
                return found
        raise Refused(PosCode.POS_NOT_SUPPORTED, "3")
