"""The gateway's ASGI application: two doors, pages of health and readiness, and nothing of Django."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from time import perf_counter_ns
from typing import Any

import structlog
from msgspec import json

from yifen import __version__
from yifen.core import garbage, loops, tracing
from yifen.core.facts import request_ids
from yifen.core.facts.codes import Code
from yifen.core.facts.settings import Settings
from yifen.core.incoming import bodies
from yifen.core.incoming.bodies import Gone, TooLarge, TooSlow
from yifen.core.metrics.life import Life
from yifen.core.metrics.places import NO_DATABASE, STARTING, Word
from yifen.core.metrics.reading import Measure
from yifen.core.wire.components import header_map
from yifen.core.wire.json_http import PROBLEM_TYPE, problem_body
from yifen.core.wire.messages import REQUESTS, WireFault
from yifen.core.wire.openapi import openapi
from yifen.core.wire.xml_sha1 import reply_bytes
from yifen.hub.doors import json_door, unproved, xml_door
from yifen.hub.doors.xml_door import SealedFile
from yifen.hub.measured.process import Measured, wrong
from yifen.hub.payments.files import StoredFile
from yifen.hub.payments.hub import Hub
from yifen.hub.payments.traffic_recorder import whole_ms
from yifen.hub.payments.wirelog_queue import Exchange

log = structlog.get_logger()
Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
Fields = list[tuple[bytes, bytes]]
ID_NAME = request_ids.HEADER.lower().encode()
PLAIN: Fields = [(b"content-type", b"text/plain; charset=utf-8")]
XML_HEADERS: Fields = [(b"content-type", b"application/xml")]
FIRST_S = 3.0
SLICE = 64 * 1024  # of a file: the server holds some of them for each caller
TAKEN_S_MAX = 30.0  # how long a caller may leave one of them


class Gateway:
    """ASGI 3: lifespan starts and drains the hub; each HTTP request goes to a door."""

    def __init__(
        self, make_hub: Callable[[], Hub], settings: Settings, check: Callable[[], None],
        make_life: Callable[["Gateway"], Life],
    ) -> None:  # fmt: skip
        """`check`: raises what is wrong with the database; asked in a thread before the hub starts.
        `make_life`: what tells of this process, by `wrong` and `figures`."""
        self._make_hub, self._settings, self._check, self._make_life = make_hub, settings, check, make_life
        self._opened, self._unopened = asyncio.Event(), STARTING
        self._openapi = json.encode(openapi(__version__))
        self._routes = {f"/{dialect}/v1/{verb}": (dialect, verb)
                        for dialect in ("xml", "json") for verb in REQUESTS}  # fmt: skip

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await self._http(scope, receive, send)
        elif scope["type"] == "lifespan":
            await self._lifespan(receive, send)

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        """It listens soon in any case; until the database is there, and as it must be, every verb is UNAVAILABLE."""
        await receive()
        self._hub, life = self._make_hub(), self._make_life(self)
        self._measured = Measured(self._hub)
        life.begin()
        opening = loops.begin("opening", loops.keep_on("opening", self._open, self._opened, for_ever=True))
        await loops.pause(self._opened, FIRST_S)  # nobody is refused where the database is there
        await send({"type": "lifespan.startup.complete"})
        await receive()
        self._opened.set()  # or never, now
        await opening
        await asyncio.to_thread(life.end)
        await self._hub.stop()
        await send({"type": "lifespan.shutdown.complete"})

    async def _open(self) -> float:
        try:
            await asyncio.to_thread(self._check)
            await self._hub.start()
        except Exception:
            self._unopened = NO_DATABASE
            raise
        garbage.settle()
        self._opened.set()
        return 0

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        given = _header(scope, ID_NAME) if self._settings.request_ids else ""
        request_id = request_ids.taken(given, bool(given))
        if request_ids.APART in scope:
            request_ids.begin(request_id)
            await self._respond(scope, receive, send)
        else:
            await request_ids.apart(self._respond(scope, receive, send), request_id)

    async def _respond(self, scope: Scope, receive: Receive, send: Send) -> None:
        dialect, verb = self._routes.get(scope["path"], ("", ""))
        try:
            if not dialect:
                if scope["path"] == "/ready":
                    await self._say_ready(send)
                    return
                if page := self._page(scope["path"]):
                    await _send(send, 200, [(b"content-type", page[0])], page[1])
                    return
                raise WireFault(Code.PATH_UNKNOWN, detail=scope["path"][:200])
            if scope["method"] != "POST":
                raise WireFault(Code.METHOD_NOT_ALLOWED)
            if not self._opened.is_set():
                raise WireFault(Code.UNAVAILABLE)
            with tracing.span("door", dialect=dialect, verb=verb) as told:
                code = await self._answer(scope, dialect, verb, await self._body(scope, receive), send)
                if told is not None:
                    told.set_attribute("yifen.code", int(code))
        except Gone:
            return
        except WireFault as fault:
            await self._refuse(send, dialect, verb, fault)
        except asyncio.CancelledError:
            raise
        except Exception:
            log.exception("a request failed", path=scope["path"])
            await self._refuse(send, dialect, verb, WireFault(Code.FAULT))

    async def _answer(self, scope: Scope, dialect: str, verb: str, body: bytes, send: Send) -> Code:
        """Through the door of its dialect; the recorder hears of it whatever happens. The code that was told."""
        exchange = Exchange(at=self._hub.clock(), dialect=dialect, verb=verb, body=body)
        window, started = self._settings.replay_window_s, perf_counter_ns()
        opening, file, headers, status = b"", None, XML_HEADERS, 200
        try:
            if dialect == "xml":
                found = await xml_door.answer(self._hub, exchange, window)
                opening, file = found if isinstance(found, SealedFile) else (found, None)
            else:
                status, fields, reply = await json_door.answer(
                    self._hub, exchange, scope["path"], header_map(scope["headers"]), window
                )
                headers = [(name.encode(), value.encode()) for name, value in fields.items()]
                opening, file = (b"", reply) if isinstance(reply, StoredFile) else (reply, None)
        except Exception:
            exchange.code = Code.FAULT
            raise
        finally:
            taken_ns = perf_counter_ns() - started
            self._hub.recorder.hear(exchange, opening, whole_ms(taken_ns))
        await unproved.wait(exchange, taken_ns / 1e9)
        if file is None:
            await _send(send, status, headers, opening)
        else:
            await self._send_file(send, status, headers, opening, file)
        return exchange.code

    async def _send_file(
        self, send: Send, status: int, headers: Fields, opening: bytes, file: StoredFile
    ) -> None:
        """In parts, as the caller takes them. Once begun nothing else can be said: what breaks it off
        ends the connection, and the caller sees that the file is not whole."""
        await send({"type": "http.response.start", "status": status,
                    "headers": _whole(headers, len(opening) + file.size)})  # fmt: skip
        try:
            await _send_part(send, opening)
            async for part in self._hub.parts(file.file_id):
                for start in range(0, len(part), SLICE):
                    await _send_part(send, part[start : start + SLICE])
        except (TimeoutError, WireFault) as error:
            log.warning("a file was broken off", file_id=file.file_id, error=repr(error))
            return
        await send({"type": "http.response.body", "body": b""})

    async def _say_ready(self, send: Send) -> None:
        """For a balancer: whether calls are answered here, as of the last second, and else why not."""
        why = self.wrong()
        body = "".join(f"{zh} · {en}\n" for zh, en in why) or "ready\n"
        await _send(send, 503 if why else 200, PLAIN, body.encode())

    def wrong(self) -> list[Word]:
        """Why this process should get no calls now."""
        return wrong(self._hub) if self._opened.is_set() else [self._unopened]

    def figures(self) -> Iterable[Measure]:
        """Of this process, once there are any."""
        return self._measured() if self._opened.is_set() else ()

    def _page(self, path: str) -> tuple[bytes, bytes] | None:
        """The few things that anyone may read: (content type, body)."""
        match path:
            case "/health":
                return PLAIN[0][1], b"ok\n"
            case "/keys":
                return b"application/json", json_door.keys_body(self._hub)
            case "/openapi.json":
                return b"application/json", self._openapi
        return None

    async def _body(self, scope: Scope, receive: Receive) -> bytes:
        """The whole body. WireFault MESSAGE_TOO_LARGE as soon as it is, MESSAGE_TOO_SLOW."""
        try:
            return await bodies.whole(scope, receive, self._settings.body_max)
        except TooLarge:
            detail = f"at most {self._settings.body_max} bytes"
            raise WireFault(Code.MESSAGE_TOO_LARGE, detail=detail) from None
        except TooSlow:
            raise WireFault(Code.MESSAGE_TOO_SLOW) from None

    async def _refuse(self, send: Send, dialect: str, verb: str, fault: WireFault) -> None:
        """In the dialect's own shape; unsigned, for nobody has proved who they are."""
        if dialect == "xml":
            sent_at = int(self._hub.clock().timestamp())
            body = reply_bytes(verb, "", fault.code, None, key=b"", sent_at=sent_at,
                               field=fault.field, detail=fault.detail)  # fmt: skip
            await _send(send, 200, XML_HEADERS, body)
        else:
            body = problem_body(fault.code, fault.field, fault.detail)
            headers = [(b"content-type", PROBLEM_TYPE.encode())]
            if fault.code is Code.METHOD_NOT_ALLOWED:
                headers.append((b"allow", b"POST"))
            await _send(send, fault.code.meaning.status, headers, body)


def _whole(headers: Fields, length: int) -> Fields:
    """With what every answer has."""
    return [*headers, (b"content-length", b"%d" % length), (ID_NAME, request_ids.current().encode())]


def _header(scope: Scope, name: bytes) -> str:
    return next((value.decode("latin-1") for key, value in scope["headers"] if key == name), "")


async def _send_part(send: Send, part: bytes) -> None:
    """TimeoutError: the caller does not take it."""
    async with asyncio.timeout(TAKEN_S_MAX):
        await send({"type": "http.response.body", "body": part, "more_body": True})


async def _send(send: Send, status: int, headers: Fields, body: bytes) -> None:
    await send({"type": "http.response.start", "status": status, "headers": _whole(headers, len(body))})
    await send({"type": "http.response.body", "body": body})
