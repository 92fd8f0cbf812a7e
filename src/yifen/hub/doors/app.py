"""The gateway's ASGI application: two doors, a health page, and nothing of Django."""

import asyncio
from collections.abc import Awaitable, Callable
from time import perf_counter_ns
from typing import Any

import structlog
from msgspec import json

from yifen import __version__
from yifen.core.facts.codes import Code
from yifen.core.facts.settings import Settings
from yifen.core.wire.components import header_map
from yifen.core.wire.json_http import PROBLEM_TYPE, problem_body
from yifen.core.wire.messages import REQUESTS, WireFault
from yifen.core.wire.openapi import openapi
from yifen.core.wire.xml_sha1 import reply_bytes
from yifen.hub.doors import json_door, xml_door
from yifen.hub.payments.hub import Hub
from yifen.hub.payments.traffic_recorder import whole_ms
from yifen.hub.payments.wirelog_queue import Exchange

log = structlog.get_logger()
Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
XML_HEADERS = [(b"content-type", b"application/xml")]


class Gateway:
    """ASGI 3: lifespan starts and drains the hub; each HTTP request goes to a door."""

    def __init__(self, make_hub: Callable[[], Hub], settings: Settings) -> None:
        self._make_hub, self._settings = make_hub, settings
        self._openapi = json.encode(openapi(__version__))
        self._routes = {f"/{dialect}/v1/{verb}": (dialect, verb)
                        for dialect in ("xml", "json") for verb in REQUESTS}  # fmt: skip

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await self._http(scope, receive, send)
        elif scope["type"] == "lifespan":
            await self._lifespan(receive, send)

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        await receive()
        self._hub = self._make_hub()
        try:
            await self._hub.start()
        except Exception as error:
            log.error("the gateway cannot start", error=str(error))
            await send({"type": "lifespan.startup.failed", "message": str(error)})
            return
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await self._hub.stop()
        await send({"type": "lifespan.shutdown.complete"})

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        dialect, verb = self._routes.get(scope["path"], ("", ""))
        try:
            if not dialect:
                if page := self._page(scope["path"]):
                    await _send(send, 200, [(b"content-type", page[0])], page[1])
                    return
                raise WireFault(Code.PATH_UNKNOWN, detail=scope["path"][:200])
            if scope["method"] != "POST":
                raise WireFault(Code.METHOD_NOT_ALLOWED)
            await self._answer(scope, dialect, verb, await self._body(receive), send)
        except WireFault as fault:
            await self._refuse(send, dialect, verb, fault)
        except asyncio.CancelledError:
            raise
        except Exception:
            log.exception("a request failed", path=scope["path"])
            await self._refuse(send, dialect, verb, WireFault(Code.FAULT))

    async def _answer(self, scope: Scope, dialect: str, verb: str, body: bytes, send: Send) -> None:
        """Through the door of its dialect; the recorder hears of it whatever happens."""
        exchange = Exchange(at=self._hub.clock(), dialect=dialect, verb=verb, body=body)
        window, reply, started = self._settings.replay_window_s, b"", perf_counter_ns()
        try:
            if dialect == "xml":
                reply = await xml_door.answer(self._hub, exchange, window)
                status, headers = 200, XML_HEADERS
            else:
                status, fields, reply = await json_door.answer(
                    self._hub, exchange, scope["path"], header_map(scope["headers"]), window
                )
                headers = [(name.encode(), value.encode()) for name, value in fields.items()]
        except Exception:
            exchange.code = Code.FAULT
            raise
        finally:
            self._hub.recorder.hear(exchange, reply, whole_ms(perf_counter_ns() - started))
        await _send(send, status, headers, reply)

    def _page(self, path: str) -> tuple[bytes, bytes] | None:
        """The few things that anyone may read: (content type, body)."""
        match path:
            case "/health":
                return b"text/plain", b"ok\n"
            case "/keys":
                return b"application/json", json_door.keys_body(self._hub)
            case "/openapi.json":
                return b"application/json", self._openapi
        return None

    async def _body(self, receive: Receive) -> bytes:
        """The whole body. WireFault MESSAGE_TOO_LARGE as soon as it is."""
        event = await receive()
        body: bytes = event.get("body", b"")
        while event.get("more_body") and len(body) <= self._settings.body_max:
            event = await receive()
            body += event.get("body", b"")
        if len(body) > self._settings.body_max:
            raise WireFault(
                Code.MESSAGE_TOO_LARGE, detail=f"at most {self._settings.body_max} bytes"
            )
        return body

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
            await _send(send, fault.code.meaning.status, headers, body)


async def _send(send: Send, status: int, headers: list[tuple[bytes, bytes]], body: bytes) -> None:
    length = (b"content-length", str(len(body)).encode())
    await send({"type": "http.response.start", "status": status, "headers": [*headers, length]})
    await send({"type": "http.response.body", "body": body})
