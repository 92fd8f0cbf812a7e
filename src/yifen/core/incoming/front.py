"""A front of our own 自有前端 for an ASGI application: one process, one loop, no bridge to another language.

Bounded as `http1.py` says; how many one address may have, `connections.py`; how slow a body may be, the application.
TLS by the system's own library.
"""

import asyncio
import signal
import socket
import ssl
from collections.abc import Coroutine
from email.utils import formatdate
from pathlib import Path
from typing import Any

import structlog

from yifen.core.incoming.connections import room
from yifen.core.incoming.http1 import HEAD_S, HttpConnection
from yifen.core.incoming.http_exchange import HttpExchange
from yifen.core.incoming.leaving import Application, Scope

SWEEP_S = 0.5
STOP_S_MAX = 15.0
BACKLOG = 4096
ASGI = {"version": "3.0"}
log = structlog.get_logger()


class Front:
    """The connections of one process. `closing`: every answer is the last of its connection."""

    def __init__(self, application: Application, address: tuple[str, int], tls: bool) -> None:
        self._application, self.address, self.scheme = application, address, "https" if tls else "http"
        self.loop = asyncio.get_running_loop()
        self.connections: set[HttpConnection] = set()
        self.closing, self._most = False, room()
        self._tasks: set[asyncio.Task[None]] = set()
        self._sweep()

    def came(self, connection: HttpConnection) -> None:
        self.connections.add(connection)
        if len(self.connections) > self._most:
            connection.cut()

    def serve(self, exchange: HttpExchange, scope: Scope, connection: HttpConnection) -> None:
        """The application answers it, in a task of its own."""
        asked: Coroutine[Any, Any, None] = self._application(scope, exchange.receive, exchange.send)  # type: ignore[assignment]
        task = self.loop.create_task(asked)
        self._tasks.add(task)

        def done(_: asyncio.Task[None]) -> None:
            self._tasks.discard(task)
            if not task.cancelled() and (error := task.exception()):
                log.error("a request failed", path=scope["path"], exc_info=error)
            connection.left(exchange)

        task.add_done_callback(done)

    def _sweep(self) -> None:
        """Who is too slow is cut."""
        self.date = formatdate(usegmt=True).encode()
        now = self.loop.time()
        for connection in [one for one in self.connections if one.deadline < now]:
            connection.cut()
        self._sweeping = self.loop.call_later(SWEEP_S, self._sweep)

    async def stop(self) -> None:
        """Whoever was heard is answered; who says nothing is closed."""
        self.closing = True
        for connection in list(self.connections):
            connection.close_idle()
        until = self.loop.time() + STOP_S_MAX
        while self.connections and self.loop.time() < until:
            await asyncio.sleep(0.02)
        self._sweeping.cancel()


def serve(application: Application, sock: socket.socket, certificate: Path | None, key: Path | None) -> None:
    """In a process of its own, with a loop of uvloop, until SIGTERM or SIGINT."""
    import uvloop

    uvloop.run(_serve(application, sock, tls_of(certificate, key)))


def tls_of(certificate: Path | None, key: Path | None) -> ssl.SSLContext | None:
    """TLS 1.3 with this certificate; None: plain, a proxy speaks TLS."""
    if certificate is None:
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.load_cert_chain(certificate, key)
    return context


async def _serve(application: Application, sock: socket.socket, tls: ssl.SSLContext | None) -> None:
    loop, ended = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ended.set)
    front = Front(application, sock.getsockname()[:2], tls is not None)
    times: dict[str, Any] = {"ssl_handshake_timeout": HEAD_S, "ssl_shutdown_timeout": HEAD_S} if tls else {}
    listening: list[asyncio.Server] = []

    def deafen() -> None:
        for one in listening:
            one.close()

    life = Lifespan(application, deafen)
    await life.begin()
    listening.append(await loop.create_server(
        lambda: HttpConnection(front), sock=sock, backlog=BACKLOG, ssl=tls, **times
    ))  # fmt: skip
    await ended.wait()
    deafen()
    await front.stop()
    await life.end()


class Lifespan:
    """ASGI's. `deafen`: the application may say that no new caller is taken."""

    def __init__(self, application: Application, deafen: Any) -> None:
        self._events: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._began = asyncio.Event()
        scope = {"type": "lifespan", "asgi": ASGI, "deafen": deafen}
        self._task = asyncio.ensure_future(application(scope, self._events.get, self._send))

    async def _send(self, event: dict[str, Any]) -> None:
        if event["type"] == "lifespan.startup.complete":
            self._began.set()

    async def begin(self) -> None:
        """What the application raises ends the process."""
        self._events.put_nowait({"type": "lifespan.startup"})
        began = asyncio.ensure_future(self._began.wait())
        await asyncio.wait({began, self._task}, return_when=asyncio.FIRST_COMPLETED)
        if self._task.done():
            self._task.result()
            raise SystemExit(1)

    async def end(self) -> None:
        self._events.put_nowait({"type": "lifespan.shutdown"})
        await self._task
