"""The line between processes and the database: it passes bytes, falls silent, breaks, or is not there."""

import asyncio
from contextlib import suppress
from typing import Literal

Health = Literal["well", "away"]


class Line:
    """A TCP proxy on a port of its own. `silence` lets the connections of now hang for ever, as a firewall
    does that forgot them; new ones work."""

    def __init__(self, host: str, port: int) -> None:
        self._to = (host, port)
        self._silent: set[asyncio.Event] = set()
        self._open: dict[asyncio.Event, list[asyncio.StreamWriter]] = {}
        self.health: Health = "well"
        self.port = 0

    async def open(self) -> None:
        self._server = await asyncio.start_server(self._pass, "127.0.0.1", 0, backlog=256)
        self.port = self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        self._server.close()
        self.cut()
        await asyncio.sleep(0.1)  # what hung comes to its end

    def silence(self) -> int:
        """How many connections hang now."""
        for flowing in self._open:
            flowing.clear()
        return len(self._open)

    def cut(self) -> None:
        """Every connection breaks."""
        for flowing, writers in list(self._open.items()):
            for writer in writers:
                writer.transport.abort()
            flowing.set()

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.health == "away":
            writer.transport.abort()
            return
        flowing = asyncio.Event()
        flowing.set()
        with suppress(OSError):
            there, back = await asyncio.open_connection(*self._to)
            self._open[flowing] = [writer, back]
            await asyncio.gather(self._pump(reader, back, flowing), self._pump(there, writer, flowing))
        self._open.pop(flowing, None)
        writer.transport.abort()

    async def _pump(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, flowing: asyncio.Event
    ) -> None:
        with suppress(OSError):
            while data := await reader.read(65_536):
                await flowing.wait()
                if writer.is_closing():
                    break
                writer.write(data)
                await writer.drain()
        writer.transport.abort()
