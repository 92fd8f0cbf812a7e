"""A small HTTP/1.1 server that may misbehave on purpose: no framework lets it lie this well."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import NamedTuple

BODY_MAX = 1 << 20
PAST_MAX = 1 << 24  # a longer body is not even read past: the connection closes


class ListenerCall(NamedTuple):
    """One request; header names are lower case. `too_large`: its body was read past, not kept."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    too_large: bool = False


class ListenerReply(NamedTuple):
    """What goes back. `times` 0: nothing at all, the connection closes; 2: the same bytes twice.
    `late_s`: how long to wait before."""

    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    times: int = 1
    late_s: float = 0.0


class Listener:
    """Serves until closed; `pause` makes connections refused for a while."""

    def __init__(
        self, answer: Callable[[ListenerCall], Awaitable[ListenerReply]], host: str, port: int
    ) -> None:
        self._answer, self._host, self.port = answer, host, port
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._writers: set[asyncio.StreamWriter] = set()

    async def open(self) -> None:
        self._server = await asyncio.start_server(
            self._serve, self._host, self.port, backlog=256, reuse_address=True
        )
        self.port = self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        """Stop listening and drop every connection."""
        if self._server is not None:
            self._server.close()
            self._server = None
        for writer in list(self._writers):
            writer.close()

    def pause(self, seconds: float) -> None:
        """Nobody listens for this long."""
        task = asyncio.create_task(self._pause(seconds))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _pause(self, seconds: float) -> None:
        await self.close()
        await asyncio.sleep(seconds)
        if self._server is None:  # another pause may have ended before
            await self.open()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        try:
            while call := await read_call(reader):
                reply = await self._answer(call)
                if reply.late_s:
                    await asyncio.sleep(reply.late_s)
                if not reply.times:
                    break
                writer.write(reply_bytes(reply) * reply.times)
                await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass  # the caller went away
        finally:
            self._writers.discard(writer)
            writer.close()


async def read_call(reader: asyncio.StreamReader) -> ListenerCall | None:
    """The next request of a connection; None at its end or when it cannot be read."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError:
        return None
    first, *lines = head.decode("latin-1").split("\r\n")[:-2]
    words = first.split(" ")
    pairs = (line.partition(":") for line in lines)
    headers = {name.strip().lower(): value.strip() for name, _, value in pairs}
    length = headers.get("content-length", "0")
    if len(words) != 3 or not length.isdigit() or int(length) > PAST_MAX:
        return None
    if int(length) > BODY_MAX:
        await read_past(reader, int(length))
        return ListenerCall(words[0], words[1], headers, b"", too_large=True)
    return ListenerCall(words[0], words[1], headers, await reader.readexactly(int(length)))


async def read_past(reader: asyncio.StreamReader, length: int) -> None:
    """So that a caller who is still sending can hear the refusal."""
    while length:
        part = await reader.readexactly(min(length, 1 << 16))
        length -= len(part)


def reply_bytes(reply: ListenerReply) -> bytes:
    headers = {"content-type": "application/octet-stream", **dict(reply.headers)}
    headers["content-length"] = str(len(reply.body))
    lines = [f"HTTP/1.1 {reply.status} X", *(f"{n}: {v}" for n, v in headers.items()), "", ""]
    return "\r\n".join(lines).encode("latin-1") + reply.body
