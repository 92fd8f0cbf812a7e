"""A door of frames over TCP: each is answered on its own connection, one after the other.

Bounded in connections, of all and of one caller; in the time for a frame once it began, between two, and for taking an
answer; in bytes. Who is slow, half or hostile costs nobody but himself: not even who comes from the same address.
"""

import asyncio
import socket
from collections import Counter
from typing import ClassVar

from yifen.core.facts import request_ids
from yifen.core.facts.addresses import caller_of
from yifen.core.incoming.connections import room

FRAME_S, IDLE_S, TAKEN_S, STOP_S = 5.0, 900.0, 10.0, 45.0
BUFFER = 4096
BACKLOG = 1024


class Strangers:
    """Connections on which no message had a right MAC yet, the oldest first. Where there are too many, one of them
    makes room for who comes: who is known keeps his own."""

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


class FrameDoor:
    """`most`: connections of one caller, 0: no limit. A dialect says how long a frame's head is, how long what follows
    (`size_of`), and what goes back (`answer`)."""

    head_bytes: ClassVar[int]

    def __init__(self, most: int, frame_s: float = FRAME_S, idle_s: float = IDLE_S) -> None:
        self._most, self._frame_s, self._idle_s = most, frame_s, idle_s
        self._room, self._callers = room(), Counter[str]()
        self.strangers = Strangers()
        self._tasks: set[asyncio.Task[None]] = set()
        self._idle: set[asyncio.StreamWriter] = set()
        self._server: asyncio.Server | None = None
        self._leaving = False
        self.answered = 0

    def size_of(self, head: bytes) -> int | None:
        """Bytes that follow the head; None: no frame begins so, the connection ends."""
        raise NotImplementedError

    async def answer(self, body: bytes, writer: asyncio.StreamWriter | None = None) -> bytes | None:
        """What goes back on the line; None: nothing does, the connection ends."""
        raise NotImplementedError

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
        is_too_many = 0 < self._most <= self._callers[caller] and not self.strangers.shown_out(caller)
        if self._leaving or is_too_many or (self.connections >= self._room and not self.strangers.shown_out()):
            writer.transport.abort()
            return
        self.strangers.came(writer, caller)
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
            self.strangers.left(writer)
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
            size = self.size_of(first + await reader.readexactly(self.head_bytes - 1))
            if size is None:
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
