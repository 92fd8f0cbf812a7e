"""Calls of a biller's own system in either dialect: bounded, signed both ways, with time-outs.

Never called inside a database transaction.
"""

import asyncio
import time
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from typing import TypeVar
from urllib.parse import urlsplit

import structlog
from msgspec import Struct
from msgspec.json import encode

from yifen.core import tracing
from yifen.core.facts import request_ids
from yifen.core.facts.codes import Code
from yifen.core.partners.own_keys import OwnKeys
from yifen.core.partners.roster import Pair, Roster, RosterBiller
from yifen.core.wire import http_signed, json_http, outbound, xml_client
from yifen.core.wire.keys import SLOW, Key
from yifen.core.wire.messages import FileRequest, Request, WireFault
from yifen.core.wire.replies import BillerAnswer
from yifen.core.wire.sealing import seal, unseal
from yifen.hub.payments.remote.breaker import Breaker
from yifen.hub.payments.remote.rules import fits
from yifen.hub.payments.remote.ways import BillerWay, WayFault, scheme_of
from yifen.hub.payments.wirelog_queue import Exchange

log = structlog.get_logger()
FILE_S_MAX = 45
FILE_BYTES_MAX = 256 << 20
REPLY_KEPT = 1 << 20  # bytes of a file that the wire log may look at
T = TypeVar("T")
Hear = Callable[[Exchange, bytes, int], None]


class NoBillerAnswer(Exception):
    """The biller did not answer in time, or not in a way that can be believed."""


class CallUnderWay(Struct):
    """One call under way, for the wire log."""

    exchange: Exchange
    started: float
    reply: bytes = b""

    def tell(self, hear: Hear, ended: float) -> None:
        hear(self.exchange, self.reply, round(1000 * (ended - self.started)))


class BillerClient:
    """One way out, and for each biller a bound on calls at once and a breaker."""

    def __init__(
        self,
        roster: Callable[[], Roster],
        own: OwnKeys,
        clock: Callable[[], datetime],
        hear: Hear,
        ways: Mapping[str, BillerWay],
    ) -> None:
        self._roster, self._own, self._clock, self._hear, self._ways = roster, own, clock, hear, ways
        self._way = outbound.WayOut()
        self._slots: dict[int, asyncio.Semaphore] = {}
        self._breakers: dict[int, Breaker] = {}

    async def close(self) -> None:
        await self._way.close()
        for way in self._ways.values():
            await way.close()

    def is_down(self, biller: RosterBiller) -> bool:
        """Is the breaker open, or is there no key to call it with? Then nothing new should be
        registered for it."""
        way = self._way_to(biller)
        has_key = way.has(biller) if way else self._pair(biller) is not None
        return self._breaker(biller).is_open(time.monotonic()) or not has_key

    def meanings(self, biller: RosterBiller) -> Mapping[str, str]:
        """Of codes that are not ours: what the biller's master data say, and its way."""
        way = self._way_to(biller)
        return {**biller.meanings, **way.meanings} if way else biller.meanings

    def repeats(self, biller: RosterBiller) -> bool:
        """May an undecided charge be sent to it again and again?"""
        way = self._way_to(biller)
        return way is not None and way.repeats

    async def ask(self, biller: RosterBiller, message: Request) -> BillerAnswer:
        """The biller's answer. NoBillerAnswer for everything that leaves us not knowing."""
        breaker = self._breaker(biller)
        if not breaker.lets_through(time.monotonic()):
            raise NoBillerAnswer("the circuit breaker is open")
        slots = self._slots.setdefault(biller.id, asyncio.Semaphore(biller.calls_max))
        try:
            await asyncio.wait_for(slots.acquire(), biller.timeout_s)
        except TimeoutError:  # our own bound: it says nothing about the biller
            raise NoBillerAnswer("all calls to this biller are taken") from None
        call = self._call(biller, message)
        try:
            with tracing.span("biller", verb=message.VERB, biller=biller.code):
                async with asyncio.timeout(biller.timeout_s):
                    answer = await self._exchange(biller, message, call)
        except (outbound.NoReply, TimeoutError, WireFault) as error:
            breaker.failed(time.monotonic())
            if isinstance(error, WayFault):
                call.exchange.code = error.code  # type: ignore[assignment]  # the log takes any number
                call.reply = encode({"code": f"{error.code:04d}"} | ({"result": error.said} if error.said else {}))
            raise NoBillerAnswer(f"{type(error).__name__}: {error}") from None
        except Exception as error:  # a fault of our own reading: it decides nothing, and is seen
            breaker.failed(time.monotonic())
            log.exception("a biller's answer could not be taken", biller=biller.code)
            raise NoBillerAnswer(type(error).__name__) from None
        finally:
            slots.release()
            call.tell(self._hear, time.monotonic())
        breaker.succeeded()
        if not fits(message, answer.reply):
            raise NoBillerAnswer("the answer speaks of something else")
        return answer

    async def fetch(self, biller: RosterBiller, message: FileRequest) -> bytes:
        """The biller's daily file, proved to be its own. WireFault: FILE_NOT_READY, or whatever it
        answers instead; BILLER_UNAVAILABLE for everything that leaves us without one."""
        call = self._call(biller, message)
        try:
            async with asyncio.timeout(FILE_S_MAX):
                body = await self._file(biller, message, call)
        except (outbound.NoReply, TimeoutError) as error:
            raise WireFault(Code.BILLER_UNAVAILABLE, "biller", type(error).__name__) from None
        except WireFault as fault:
            call.exchange.code = fault.code
            raise
        finally:
            call.tell(self._hear, time.monotonic())
        call.exchange.code = Code.OK
        return body

    async def _file(self, biller: RosterBiller, message: FileRequest, call: CallUnderWay) -> bytes:
        """The file, or its refusal raised; the digest of an XML reply stands before either."""
        if way := self._way_to(biller):
            return await way.file(biller, message)
        pair = self._checked_pair(biller)
        if biller.dialect == "xml":
            key = pair.ours
            content = unseal((await self._post_xml(biller, message, key, call)).body, key.secret)
            if content.lstrip()[:1] != b"<":
                return content
            answer = xml_client.read_reply(seal(content, key.secret), "file", key.secret)
            raise WireFault(answer.code, "biller", answer.message)
        response = await self._post_json(biller, message, pair, call)
        if response.headers.get("content-type") != json_http.PROBLEM_TYPE:
            return response.body
        answer = json_http.read_reply("file", response.body)
        raise WireFault(answer.code, "biller", answer.message)

    def _breaker(self, biller: RosterBiller) -> Breaker:
        return self._breakers.setdefault(biller.id, Breaker())

    def _way_to(self, biller: RosterBiller) -> BillerWay | None:
        return self._ways.get(scheme_of(biller.endpoint))

    def _pair(self, biller: RosterBiller) -> Pair | None:
        return self._roster().pair(biller.code, biller.dialect, self._own, self._clock())

    def _checked_pair(self, biller: RosterBiller) -> Pair:
        """WireFault: KEY_UNKNOWN."""
        pair = self._pair(biller)
        if pair is None:
            raise WireFault(Code.KEY_UNKNOWN, "key_version", biller.code)
        return pair

    def _call(self, biller: RosterBiller, message: Request) -> CallUnderWay:
        partner = self._roster().partners[biller.code]
        exchange = Exchange(
            at=self._clock(),
            dialect=scheme_of(biller.endpoint) if self._way_to(biller) else biller.dialect,
            verb=message.VERB,
            body=b"",
            direction="out",
            partner=partner,
            proved=True,
            encoding=partner.encoding.lower() if biller.dialect == "xml" else "utf-8",
            message=message,
            code=Code.BILLER_UNAVAILABLE,  # until there is an answer that can be believed
        )
        return CallUnderWay(exchange, time.monotonic())

    async def _exchange(self, biller: RosterBiller, message: Request, call: CallUnderWay) -> BillerAnswer:
        if way := self._way_to(biller):
            answer = await way.ask(biller, message)
            call.exchange.code = answer.code
            if answer.is_foreign:
                call.reply = encode({"code": answer.wire_code})
            return answer
        pair = self._checked_pair(biller)
        ask = self._xml if biller.dialect == "xml" else self._json
        answer = await ask(biller, message, pair, call)
        call.exchange.code = answer.code
        return answer

    async def _xml(self, biller: RosterBiller, message: Request, pair: Pair, call: CallUnderWay) -> BillerAnswer:
        unit, key = self._roster().partners[biller.code].unit, pair.ours
        response = await self._post_xml(biller, message, key, call)
        return xml_client.read_reply(response.body, message.VERB, key.secret, unit)

    async def _post_xml(
        self, biller: RosterBiller, message: Request, key: Key, call: CallUnderWay
    ) -> outbound.Answer:
        partner = self._roster().partners[biller.code]
        body = call.exchange.body = xml_client.request_bytes(
            message,
            partner=biller.code,
            key_version=key.version,
            key=key.secret,
            sent_at=int(self._clock().timestamp()),
            unit=partner.unit,
            encoding=call.exchange.encoding,
        )
        url = f"{biller.endpoint}/xml/v1/{message.VERB}"
        return await self._post(url, {}, body, biller, call)

    async def _json(
        self, biller: RosterBiller, message: Request, pair: Pair, call: CallUnderWay
    ) -> BillerAnswer:
        response = await self._post_json(biller, message, pair, call)
        return json_http.read_reply(message.VERB, response.body)

    async def _post_json(
        self, biller: RosterBiller, message: Request, pair: Pair, call: CallUnderWay
    ) -> outbound.Answer:
        now = int(self._clock().timestamp())
        body = call.exchange.body = json_http.request_body(message)
        url = f"{biller.endpoint}/json/v1/{message.VERB}"
        serial = getattr(message, "serial", None)
        path = urlsplit(url).path
        sign, verify = http_signed.sign_request, http_signed.verify_reply
        headers = await _aside(pair, partial(sign, "POST", path, body, pair.ours, now, serial))
        response = await self._post(url, headers, body, biller, call)
        now = int(self._clock().timestamp())
        await _aside(pair, partial(verify, response.status, response.headers, response.body,
                                   lambda *_: pair.theirs, now))  # fmt: skip
        return response

    async def _post(
        self, url: str, headers: Mapping[str, str], body: bytes, biller: RosterBiller, call: CallUnderWay
    ) -> outbound.Answer:
        """Sent, and what came back kept for the wire log. NoReply."""
        if call.exchange.verb == FileRequest.VERB:
            bounds = FILE_S_MAX, FILE_BYTES_MAX
        else:
            bounds = biller.timeout_s, outbound.ANSWER_BYTES_MAX
        if request_id := request_ids.current():
            headers = {**headers, request_ids.HEADER: request_id}
        answer = await self._way.call("POST", url, headers, body, *bounds)
        call.reply = answer.body[:REPLY_KEPT]
        return answer


async def _aside(pair: Pair, work: Callable[[], T]) -> T:
    """SM2 takes some 30 ms in pure Python: in a thread, so that it does not hold up the loop."""
    return await asyncio.to_thread(work) if pair.ours.algorithm in SLOW else work()
