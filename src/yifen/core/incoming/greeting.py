"""Callers of a front that speaks TLS by itself: counted from the moment they connect, not from the end of a
handshake, which whoever only wants to be in the way never begins.
"""

import asyncio
import socket
import ssl
from typing import TYPE_CHECKING

from yifen.core.facts.addresses import caller_of
from yifen.core.incoming.http1 import HEAD_S, HttpConnection

if TYPE_CHECKING:
    from yifen.core.incoming.front import Front

AT_ONCE = 64
AGAIN_S = 0.5


class Greeting:
    """One caller in his handshake; to the front a connection like any other."""

    deadline = float("inf")  # the handshake has a time of its own

    def __init__(self, front: "Front", sock: socket.socket, address: str, tls: ssl.SSLContext) -> None:
        self.caller, self._sock = caller_of(address), sock
        self._front = front
        self._task = front.loop.create_task(self._greet(sock, tls))
        self._task.add_done_callback(self._ended)
        front.came(self)

    async def _greet(self, sock: socket.socket, tls: ssl.SSLContext) -> None:
        await self._front.loop.connect_accepted_socket(
            lambda: HttpConnection(self._front), sock, ssl=tls,
            ssl_handshake_timeout=HEAD_S, ssl_shutdown_timeout=HEAD_S,
        )  # fmt: skip

    def _ended(self, task: asyncio.Task[None]) -> None:
        if task.cancelled() or task.exception():  # he is no TLS, too slow, gone, or one too many
            self._sock.close()
        self._front.went(self)

    def abort(self) -> None:
        self._task.cancel()

    cut = close_idle = abort


class TlsListening:
    """Takes callers until `close`."""

    def __init__(self, front: "Front", sock: socket.socket, tls: ssl.SSLContext, backlog: int) -> None:
        self._front, self._sock, self._tls = front, sock, tls
        sock.setblocking(False)
        sock.listen(backlog)
        self._hear()

    def _hear(self) -> None:
        if self._sock.fileno() >= 0:
            self._front.loop.add_reader(self._sock, self._accept)

    def _accept(self) -> None:
        for _ in range(AT_ONCE):
            try:
                sock, address = self._sock.accept()
            except (BlockingIOError, InterruptedError, ConnectionAbortedError):
                return
            except OSError:  # no file is left: who waits is taken a moment later
                self._front.loop.remove_reader(self._sock)
                self._front.loop.call_later(AGAIN_S, self._hear)
                return
            sock.setblocking(False)
            Greeting(self._front, sock, str(address[0]), self._tls)

    def close(self) -> None:
        if self._sock.fileno() >= 0:
            self._front.loop.remove_reader(self._sock)
            self._sock.close()
