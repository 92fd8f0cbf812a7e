"""How a process of a server leaves 退出 while others go on at the same port: nobody is cut off.

The server (granian, or our own front) ends a process by closing what is idle, and a message that was just then
on its way is lost. So a process that is told to leave first takes no new caller, says `Connection: close` with every
answer, and ends once nobody is connected any more.
"""

import asyncio
import ctypes
import os
import signal
import socket
import stat
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from functools import partial
from typing import Any

LEAVE = signal.SIGUSR1
IDLE_S = 10  # the server ends a connection on which nothing came for so long
LOOK_S = 0.1
LEAVE_S_MAX = IDLE_S + 2.0
READY_FD = "YIFEN_READY_FD"  # between our own processes: where one says that it serves
_PR_SET_PDEATHSIG = 1
Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]


class Leaving:
    """ASGI: the application, in a process that can leave. `port`: where its callers come in."""

    def __init__(self, application: Application, port: int) -> None:
        self._application, self._port = application, port
        self._deafen: Callable[[], None] = partial(deafen, port)
        self._task: asyncio.Task[None] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            asyncio.get_running_loop().add_signal_handler(LEAVE, self._leave)
            self._deafen = scope.get("deafen", self._deafen)  # our own front can be told
            end_with_parent()
            await self._application(scope, receive, _telling(send))
        elif self._task is None:
            await self._application(scope, receive, send)
        else:
            await self._application(scope, receive, _closing(send))

    def _leave(self) -> None:
        if self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._until_alone())

    async def _until_alone(self) -> None:
        """Then the server's own way out: whoever is still here is answered in any case."""
        self._deafen()
        try:
            async with asyncio.timeout(LEAVE_S_MAX):
                await asyncio.sleep(LOOK_S)  # whom the server took last
                while any(True for _ in sockets_at(self._port, listening=False)):
                    await asyncio.sleep(LOOK_S)
        except TimeoutError:
            pass
        os.kill(os.getpid(), signal.SIGTERM)


def _closing(send: Send) -> Send:
    async def closing(event: dict[str, Any]) -> None:
        if event["type"] == "http.response.start":
            event = event | {"headers": [*event["headers"], (b"connection", b"close")]}
        await send(event)

    return closing


def _telling(send: Send) -> Send:
    """Whoever started this process hears when it serves."""

    async def telling(event: dict[str, Any]) -> None:
        await send(event)
        if event["type"] == "lifespan.startup.complete" and (told := os.environ.get(READY_FD)):
            with suppress(OSError):
                os.write(int(told), b".")

    return telling


def sockets_at(port: int, listening: bool) -> Iterator[int]:
    """The files of this process that listen at this port, or are connected to it."""
    for name in os.listdir("/proc/self/fd"):
        with suppress(OSError):
            number = int(name)
            if stat.S_ISSOCK(os.fstat(number).st_mode):
                with socket.socket(fileno=os.dup(number)) as held:
                    inet = held.family in (socket.AF_INET, socket.AF_INET6)
                    listens = bool(inet and held.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN))
                    if inet and listens is listening and held.getsockname()[1] == port:
                        yield number


def deafen(port: int) -> None:
    """Takes no new caller from now on. granian cannot be told so: it finds a socket to which nobody
    calls in the place of the one that it listens at, which others go on listening at."""
    for number in list(sockets_at(port, listening=True)):
        with socket.create_server(("127.0.0.1", 0), backlog=1) as nobody:
            nobody.setblocking(False)
            os.dup2(nobody.fileno(), number, inheritable=False)


def end_with_parent() -> None:
    """A process whose parent was killed ends too (Linux): nobody could tell it to any more."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
