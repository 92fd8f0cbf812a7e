"""A front of our own 自有前端 for an ASGI application: one process, one loop, no bridge to another language.

Bounded as `http1.py` says, and in how many connections one caller has; how slow a body may be, the application.
TLS by the system's own library.
"""

import asyncio
import signal
import socket
import ssl
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from email.utils import formatdate
from pathlib import Path
from typing import Any

import structlog

from yifen.core.incoming.connections import room
from yifen.core.incoming.greeting import Greeting, TlsListening
from yifen.core.incoming.http1 import ASGI, HttpConnection
from yifen.core.incoming.http_exchange import HttpExchange
from yifen.core.incoming.leaving import Application, Scope

SWEEP_S = 0.5
STOP_S_MAX = 15.0
BACKLOG = 4096
Held = HttpConnection | Greeting
log = structlog.get_logger()


class Front:
    """The connections of one process; the oldest of a caller's who has more than `most` are closed (0: no limit).
    `closing`: every answer is the last of its connection."""

    def __init__(self, application: Application, address: tuple[str, int], tls: bool, most: int = 0) -> None:
        self._application, self.address, self.scheme = application, address, "https" if tls else "http"
        self.loop = asyncio.get_running_loop()
        self.connections: set[Held] = set()
        self._of: defaultdict[str, dict[Held, None]] = defaultdict(dict)  # by caller, the oldest first
        self.closing, self._room, self._most, self._too_many = False, room(), most, 0
        self._tasks: set[asyncio.Task[None]] = set()
        self._sweep()

    def came(self, connection: Held) -> None:
        self.connections.add(connection)
        held = self._of[connection.caller]
        held[connection] = None
        if len(self.connections) > self._room:
            connection.abort()
        elif 0 < self._most < len(held):
            self._too_many += 1
            next(iter(held)).abort()

    def went(self, connection: Held) -> None:
        self.connections.discard(connection)
        held = self._of[connection.caller]
        held.pop(connection, None)
        if not held:
            del self._of[connection.caller]

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
        if self._too_many:
            log.warning("an address had too many connections", closed=self._too_many, most=self._most)
            self._too_many = 0
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


def serve(
    application: Application, sock: socket.socket, certificate: Path | None, key: Path | None, most: int
) -> None:
    """In a process of its own, with a loop of uvloop, until SIGTERM or SIGINT. `most`: connections of one caller."""
    import uvloop

    uvloop.run(_serve(application, sock, tls_of(certificate, key), most))


def tls_of(certificate: Path | None, key: Path | None) -> ssl.SSLContext | None:
    """TLS 1.3 with this certificate; None: plain, a proxy speaks TLS."""
    if certificate is None:
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.load_cert_chain(certificate, key)
    return context


async def _serve(application: Application, sock: socket.socket, tls: ssl.SSLContext | None, most: int) -> None:
    loop, ended = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ended.set)
    front = Front(application, sock.getsockname()[:2], tls is not None, most)
    listening: list[asyncio.Server | TlsListening] = []

    def deafen() -> None:
        for one in listening:
            one.close()

    async with living(application, deafen):
        listening.append(
            TlsListening(front, sock, tls, BACKLOG) if tls else
            await loop.create_server(lambda: HttpConnection(front), sock=sock, backlog=BACKLOG)
        )  # fmt: skip
        await ended.wait()
        deafen()
        await front.stop()


@asynccontextmanager
async def living(application: Application, deafen: Callable[[], None]) -> AsyncIterator[None]:
    """ASGI's lifespan around what runs inside. `deafen`: the application may say that no new caller is taken. What it
    raises ends the process."""
    events: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
    began = asyncio.Event()

    async def send(event: dict[str, Any]) -> None:
        if event["type"] == "lifespan.startup.complete":
            began.set()

    scope = {"type": "lifespan", "asgi": ASGI, "deafen": deafen}
    life = asyncio.ensure_future(application(scope, events.get, send))
    events.put_nowait({"type": "lifespan.startup"})
    await asyncio.wait({asyncio.ensure_future(began.wait()), life}, return_when=asyncio.FIRST_COMPLETED)
    if life.done():
        life.result()
        raise SystemExit(1)
    yield
    events.put_nowait({"type": "lifespan.shutdown"})
    await life
