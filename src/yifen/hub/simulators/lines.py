"""A small HTTP/1.1 client over kept-alive connections: several times lighter than a full one.

A simulator shares the machine with what it tests, so what it costs itself counts.
"""

import asyncio
from typing import NamedTuple
from urllib.parse import urlsplit

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]
BROKEN = (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, ValueError)


class LineError(Exception):
    """The connection broke, or what came back is not HTTP."""


class Response(NamedTuple):
    """One answer; header names are lower case."""

    status: int
    headers: dict[str, str]
    content: bytes


class Lines:
    """Connections to one server; an idle one is used again."""

    def __init__(self, base_url: str, timeout_s: float) -> None:
        parts = urlsplit(base_url)
        self._tls = parts.scheme == "https"
        self._host = parts.hostname or ""
        self._port = parts.port or (443 if self._tls else 80)
        self._prefix, self._timeout_s = parts.path.rstrip("/"), timeout_s
        self._idle: list[Streams] = []

    async def post(self, path: str, headers: dict[str, str], body: bytes) -> Response:
        """Raises LineError. A connection that was closed while idle is replaced by a new one."""
        lines = [f"POST {self._prefix}{path} HTTP/1.1", f"host: {self._host}:{self._port}",
                 *(f"{name}: {value}" for name, value in headers.items()),
                 f"content-length: {len(body)}", "", ""]  # fmt: skip
        message = "\r\n".join(lines).encode("latin-1") + body
        try:
            async with asyncio.timeout(self._timeout_s):
                streams = await self._streams()
                return await self._exchange(streams, message)
        except TimeoutError:
            raise LineError(f"no answer in {self._timeout_s:g} s") from None
        except BROKEN as error:
            raise LineError(f"{type(error).__name__} {error}") from None

    async def close(self) -> None:
        while self._idle:
            self._idle.pop()[1].close()

    async def _streams(self) -> Streams:
        while self._idle:
            reader, writer = self._idle.pop()
            if not reader.at_eof() and not writer.is_closing():
                return reader, writer
            writer.close()
        return await asyncio.open_connection(self._host, self._port, ssl=self._tls or None)

    async def _exchange(self, streams: Streams, message: bytes) -> Response:
        """One request and its answer; only a whole one gives the connection back."""
        reader, writer = streams
        whole = False
        try:
            writer.write(message)
            response = await read_response(reader)
            whole = response.headers.get("connection", "").lower() != "close"
            return response
        finally:
            if whole:
                self._idle.append(streams)
            else:
                writer.close()


async def read_response(reader: asyncio.StreamReader) -> Response:
    """The next response of a connection; by content-length or in chunks."""
    head = await reader.readuntil(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")[:-2]
    pairs = (line.partition(":") for line in lines)
    headers = {name.lower(): value.strip() for name, _, value in pairs}
    version, status = first.split(" ", 2)[:2]
    if not version.startswith("HTTP/1."):
        raise ValueError(f"not HTTP: {first[:40]!r}")
    if headers.get("transfer-encoding", "").lower() == "chunked":
        content = await read_chunks(reader)
    else:
        content = await reader.readexactly(int(headers.get("content-length", "0")))
    return Response(int(status), headers, content)


async def read_chunks(reader: asyncio.StreamReader) -> bytes:
    content = bytearray()
    while size := int((await reader.readline()).split(b";")[0], 16):
        content += await reader.readexactly(size)
        await reader.readexactly(2)
    while (await reader.readline()).strip():
        pass  # trailers
    return bytes(content)
