"""The hub for synchronous callers: a Hub on an event loop of its own thread.

The teller desk and the payer's pages are channels that Yifen hosts itself: they call the same
verbs as any partner, through the same lanes, without HTTP and without a key.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from datetime import date
from threading import Lock, Thread
from typing import Any, TypeVar, cast

from yifen.core.facts.codes import Code, ResultCode
from yifen.core.partners.roster import RosterPartner
from yifen.core.wire.messages import Charge, Confirm, Query, Reverse, WireFault
from yifen.core.wire.replies import PaymentReply, QueryReply, ReverseReply
from yifen.hub.payments.hub import BOUNDED, Hub

T = TypeVar("T")
M = TypeVar("M", Query, Charge, Confirm, Reverse)
ANSWER_S_MAX = 60.0  # a biller's slow answer ends long before: the hub itself gives up on it


def hub_of(request: Any) -> "LocalHub":
    """The hub of this process, as the pages' middleware hands it to each view."""
    return cast(LocalHub, request.hub)


class LocalHub:
    """Starts with the first call, so that a process that forks workers may hold one. Each verb
    names its channel by partner code, and answers or raises as the hub's own does."""

    def __init__(self, make_hub: Callable[[], Hub]) -> None:
        self._make_hub = make_hub
        self._starting = Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._hub: Hub | None = None

    @property
    def started(self) -> Hub | None:
        """The hub, once anybody called."""
        return self._hub

    def query(self, channel: str, message: Query) -> tuple[Code, QueryReply]:
        return self._run(lambda hub: self._counted(hub, channel, message, hub.query))

    def charge(self, channel: str, message: Charge) -> tuple[Code, PaymentReply | None]:
        return self._run(lambda hub: self._counted(hub, channel, message, hub.charge))

    def charge_all(self, channel: str, messages: Sequence[Charge]) -> list[Code]:
        """Many at once, what each of them came to, in their order: the lanes book them together. One that nobody
        could ask is UNAVAILABLE, and asked again by the same serial."""
        return self._run(lambda hub: self._charged(hub, channel, messages))

    def confirm(self, channel: str, message: Confirm) -> tuple[Code, PaymentReply]:
        return self._run(lambda hub: self._counted(hub, channel, message, hub.confirm))

    def give_back(self, channel: str, message: Reverse) -> tuple[Code, ReverseReply | None]:
        return self._run(lambda hub: self._counted(hub, channel, message, hub.give_back))

    def fetch_file(self, biller: str, day: date) -> bytes:
        """The daily file of a biller's own system, as the hub fetches it."""
        return self._run(lambda hub: hub.fetch_file(biller, day))

    def bound(self, channel: str, biller: str, code: ResultCode) -> str:
        """Whose hours or limit it is that refuses, the channel's or its kind's, and which they are now, in both
        languages; "": another code, or nobody can say."""
        if code not in BOUNDED:
            return ""
        try:
            return self._run(lambda hub: hub.bound(self._channel(hub, channel), biller, Code(code))).detail
        except WireFault:
            return ""

    def stop(self) -> None:
        """Drain, and end the thread; the next call starts anew."""
        with self._starting:
            if self._loop is None or self._hub is None:
                return
            asyncio.run_coroutine_threadsafe(self._hub.stop(), self._loop).result(ANSWER_S_MAX)
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._loop = self._hub = None

    @staticmethod
    def _channel(hub: Hub, code: str) -> RosterPartner:
        """WireFault: PARTNER_UNKNOWN, PARTNER_SUSPENDED. Dialects do not matter in here."""
        partner = hub.roster.partners.get(code)
        if partner is None:
            raise WireFault(Code.PARTNER_UNKNOWN, "partner", code)
        if partner.suspended:
            raise WireFault(Code.PARTNER_SUSPENDED, "partner", code)
        return partner

    async def _charged(self, hub: Hub, channel: str, messages: Sequence[Charge]) -> list[Code]:
        async def one(message: Charge) -> Code:
            try:
                return (await self._counted(hub, channel, message, hub.charge))[0]
            except WireFault as fault:
                return Code(fault.code)

        return list(await asyncio.gather(*map(one, messages)))

    async def _counted(
        self,
        hub: Hub,
        channel: str,
        message: M,
        verb: Callable[[RosterPartner, M], Awaitable[tuple[Code, T]]],
    ) -> tuple[Code, T]:
        """One verb, in the traffic's figures like those that came through a door."""
        partner, now = self._channel(hub, channel), hub.clock()
        return await hub.recorder.counted(now, partner, message, verb(partner, message))

    def _run(self, call: Callable[[Hub], Coroutine[Any, Any, T]]) -> T:
        """WireFault UNAVAILABLE when the hub cannot start or gives no answer: the caller confirms
        by the same serial, as any channel would."""
        try:
            hub, loop = self._started()
            return asyncio.run_coroutine_threadsafe(call(hub), loop).result(ANSWER_S_MAX)
        except TimeoutError:
            raise WireFault(Code.UNAVAILABLE) from None

    def _started(self) -> tuple[Hub, asyncio.AbstractEventLoop]:
        with self._starting:
            if self._hub is not None and self._loop is not None:
                return self._hub, self._loop
            loop = asyncio.new_event_loop()
            Thread(target=_serve, args=(loop,), name="local-hub", daemon=True).start()
            try:
                hub = asyncio.run_coroutine_threadsafe(self._open(), loop).result(ANSWER_S_MAX)
            except BaseException:
                loop.call_soon_threadsafe(loop.stop)
                raise
            self._hub, self._loop = hub, loop
            return hub, loop

    async def _open(self) -> Hub:
        hub = self._make_hub()
        await hub.start()
        return hub


def _serve(loop: asyncio.AbstractEventLoop) -> None:
    """Until it is stopped; then its sockets are given back."""
    loop.run_forever()
    loop.close()
