"""A WSGI application behind an ASGI server: a thread serves a request only once its body is whole.

So a slow or endless body holds a task and a spooled file, never one of the few threads. Files are sent
by the loop, so a slow reader of one holds no thread either; one who takes nothing is left.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from tempfile import SpooledTemporaryFile
from typing import IO, Any
from wsgiref.util import FileWrapper

from yifen.core.incoming.bodies import Gone, Receive, TooLarge, TooSlow, parts
from yifen.core.incoming.callers import Callers, TooMany
from yifen.core.incoming.environ import Environ, Scope, environ_of

Send = Callable[[dict[str, Any]], Awaitable[None]]
Wsgi = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]
IN_MEMORY = PART = 64 * 1024
TAKEN_S_MAX = 30.0  # how long a caller may leave a part of an answer
UNDER_WAY_MAX = 64  # of one caller


class Threaded:
    """`address_of`: who calls, behind the operator's own proxies. `bytes_max`: of any body; which page
    takes how much is for the application. `started`, `ended`: called once, when the process begins to serve
    and when it has served."""

    def __init__(
        self, application: Wsgi, threads: int, bytes_max: int,
        address_of: Callable[[Environ], str], started: Callable[[], None], ended: Callable[[], None],
    ) -> None:  # fmt: skip
        self._application, self._bytes_max = application, bytes_max
        self._address_of, self._started, self._ended = address_of, started, ended
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="page")
        self._callers = Callers(UNDER_WAY_MAX)

    def standing(self) -> dict[str, int]:
        """Threads, and whole requests that wait for one."""
        return {"max": self._threads._max_workers, "waiting": self._threads._work_queue.qsize()}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
        elif scope["type"] == "http":
            try:
                with (
                    SpooledTemporaryFile(IN_MEMORY) as body,
                    self._callers.one(self._address_of(environ := environ_of(scope, body))),
                ):
                    await self._take(environ, receive, body)
                    await self._answer(environ, send)
            except TooMany:
                await _refuse(send, HTTPStatus.TOO_MANY_REQUESTS)
            except TooSlow:
                await _refuse(send, HTTPStatus.REQUEST_TIMEOUT)
            except TooLarge:
                await _refuse(send, HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
            except Gone:
                return

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        await receive()
        self._started()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        self._threads.shutdown()
        self._ended()
        await send({"type": "lifespan.shutdown.complete"})

    async def _take(self, environ: Environ, receive: Receive, body: IO[bytes]) -> None:
        """The body into the file. Raises TooSlow, TooLarge, Gone."""
        said = str(environ.get("CONTENT_LENGTH", "0"))
        if said.isdecimal() and int(said) > self._bytes_max:
            raise TooLarge
        async for part in parts(receive, self._bytes_max):
            body.write(part)
        environ["CONTENT_LENGTH"] = str(body.tell())
        body.seek(0)

    async def _answer(self, environ: Environ, send: Send) -> None:
        loop = asyncio.get_running_loop()

        def push(event: dict[str, Any]) -> None:
            asyncio.run_coroutine_threadsafe(_in_time(send, event), loop).result()

        file = await loop.run_in_executor(self._threads, _serve, self._application, environ, push)
        if file is not None:
            try:
                while part := await loop.run_in_executor(self._threads, file.filelike.read, PART):
                    await _in_time(send, _part(part))
            finally:
                await loop.run_in_executor(self._threads, file.close)
        await send({"type": "http.response.body", "body": b""})


def _serve(
    application: Wsgi, environ: Environ, push: Callable[[dict[str, Any]], None]
) -> FileWrapper | None:
    """In a thread: the answer pushed to the caller, or its head and the file that is to follow."""
    heads: list[dict[str, Any]] = []

    def start(status: str, headers: list[tuple[str, str]], _error: Any = None) -> None:
        raw = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers]
        heads[:] = [{"type": "http.response.start", "status": int(status[:3]), "headers": raw}]

    said = application(environ, start)
    if isinstance(said, FileWrapper):
        push(heads[0])
        return said
    try:
        push(heads[0])
        for part in said:
            push(_part(part))
    finally:
        if close := getattr(said, "close", None):
            close()
    return None


def _part(body: bytes) -> dict[str, Any]:
    return {"type": "http.response.body", "body": body, "more_body": True}


async def _in_time(send: Send, event: dict[str, Any]) -> None:
    async with asyncio.timeout(TAKEN_S_MAX):
        await send(event)


async def _refuse(send: Send, status: HTTPStatus) -> None:
    """Before anybody looked at the request: no page, no language, only the number and its words."""
    body = f"{status.value} {status.phrase}\n".encode()
    headers = [(b"content-type", b"text/plain"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status.value, "headers": headers})
    await send({"type": "http.response.body", "body": body})
