"""A line to the database that a test can cut or silence: bytes pass until they do not."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit


class Proxy:
    """`freeze`: the connections of now pass nothing any more and stay open; new ones work. `deafen`: the
    server still hears the next message, and its answer is lost with the connection."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._host, self._port = parts.hostname, parts.port
        self._now: set[int] = set()
        self._frozen: set[int] = set()
        self._deaf: set[int] = set()
        self.made = 0
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._writers: list[asyncio.StreamWriter] = []
        self._server = self._call(asyncio.start_server(self._one, "127.0.0.1", 0))
        port = self._server.sockets[0].getsockname()[1]
        self.url = url.replace(f":{parts.port}/", f":{port}/")

    def freeze(self) -> None:
        self._frozen |= self._now

    def deafen(self) -> None:
        self._deaf |= self._now

    def close(self) -> None:
        self._call(self._end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _call(self, work: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    async def _end(self) -> None:
        self._server.close()
        ours = asyncio.current_task()
        others = [task for task in asyncio.all_tasks() if task is not ours]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        for writer in self._writers:
            writer.close()
        await asyncio.sleep(0.05)

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.made += 1
        me = self.made
        self._now.add(me)
        reader2, writer2 = await asyncio.open_connection(self._host, self._port)
        self._writers += writer, writer2
        await asyncio.gather(self._pump(me, reader, writer2, False), self._pump(me, reader2, writer, True),
                             return_exceptions=True)  # fmt: skip
        self._now.discard(me)

    async def _pump(
        self, me: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, answers: bool
    ) -> None:
        while data := await reader.read(65536):
            while me in self._frozen:
                await asyncio.sleep(3600)
            if answers and me in self._deaf:
                break
            writer.write(data)
            await writer.drain()
        writer.close()


@contextmanager
def proxy(url: str) -> Iterator[Proxy]:
    made = Proxy(url)
    try:
        yield made
    finally:
        made.close()
