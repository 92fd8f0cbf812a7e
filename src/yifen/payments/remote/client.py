"""Calls of a biller's own system in either dialect: bounded, signed both ways, with time-outs.

Never called inside a database transaction.
"""

import asyncio
import time
from collections.abc import Callable
from datetime import datetime
from urllib.parse import urlsplit

import httpx

from yifen.kernel.codes import Code
from yifen.partners.roster import Biller, Roster
from yifen.payments.remote.breaker import Breaker
from yifen.payments.remote.rules import fits
from yifen.wire import http_signed, json_http, xml_client
from yifen.wire.keys import Key
from yifen.wire.messages import Request, WireFault
from yifen.wire.replies import Answer


class NoAnswer(Exception):
    """The biller did not answer in time, or not in a way that can be believed."""


class BillerClient:
    """One HTTP client, and for each biller a bound on calls at once and a breaker."""

    def __init__(self, roster: Callable[[], Roster], clock: Callable[[], datetime]) -> None:
        self._roster, self._clock = roster, clock
        self._http = httpx.AsyncClient(
            limits=httpx.Limits(max_connections=256, max_keepalive_connections=64),
            follow_redirects=False,
            trust_env=False,
        )
        self._slots: dict[int, asyncio.Semaphore] = {}
        self._breakers: dict[int, Breaker] = {}

    async def close(self) -> None:
        await self._http.aclose()

    def is_down(self, biller: Biller) -> bool:
        """Is the breaker open? Then nothing new should be registered for it."""
        return self._breaker(biller).is_open(time.monotonic())

    async def ask(self, biller: Biller, message: Request) -> Answer:
        """The biller's answer. NoAnswer for everything that leaves us not knowing."""
        breaker = self._breaker(biller)
        if not breaker.lets_through(time.monotonic()):
            raise NoAnswer("the circuit breaker is open")
        slots = self._slots.setdefault(biller.id, asyncio.Semaphore(biller.calls_max))
        try:
            await asyncio.wait_for(slots.acquire(), biller.timeout_s)
        except TimeoutError:  # our own bound: it says nothing about the biller
            raise NoAnswer("all calls to this biller are taken") from None
        try:
            async with asyncio.timeout(biller.timeout_s):
                answer = await self._exchange(biller, message)
        except (httpx.HTTPError, TimeoutError, OSError, WireFault) as error:
            breaker.failed(time.monotonic())
            raise NoAnswer(f"{type(error).__name__}: {error}") from None
        finally:
            slots.release()
        breaker.succeeded()
        if not fits(message, answer.reply):
            raise NoAnswer("the answer speaks of something else")
        return answer

    def _breaker(self, biller: Biller) -> Breaker:
        return self._breakers.setdefault(biller.id, Breaker())

    async def _exchange(self, biller: Biller, message: Request) -> Answer:
        key = self._roster().signing_key(biller.code, biller.dialect, self._clock())
        if key is None:
            raise WireFault(Code.KEY_UNKNOWN, "key_version", biller.code)
        if biller.dialect == "xml":
            return await self._xml(biller, message, key)
        return await self._json(biller, message, key)

    async def _xml(self, biller: Biller, message: Request, key: Key) -> Answer:
        partner = self._roster().partners[biller.code]
        body = xml_client.request_bytes(
            message,
            partner=biller.code,
            key_version=key.version,
            key=key.secret,
            sent_at=int(self._clock().timestamp()),
            unit=partner.unit,
            encoding=partner.encoding.lower(),
        )
        url = f"{biller.endpoint}/xml/v1/{message.VERB}"
        response = await self._http.post(url, content=body, timeout=None)
        return xml_client.read_reply(response.content, message.VERB, key.secret, partner.unit)

    async def _json(self, biller: Biller, message: Request, key: Key) -> Answer:
        now = int(self._clock().timestamp())
        body = json_http.request_body(message)
        url = f"{biller.endpoint}/json/v1/{message.VERB}"
        serial = getattr(message, "serial", None)
        headers = http_signed.sign_request("POST", urlsplit(url).path, body, key, now, serial)
        response = await self._http.post(url, content=body, headers=headers, timeout=None)
        http_signed.verify_reply(
            response.status_code,
            {name.lower(): value for name, value in response.headers.items()},
            response.content,
            lambda *_: key,
            int(self._clock().timestamp()),
        )
        return json_http.read_reply(message.VERB, response.content)
