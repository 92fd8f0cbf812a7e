"""Calls of another house's port, each signed by a shared key and answered under it: the client's half of
`bank_port`. Nothing is known until a signed answer is there. Never called inside a database transaction."""

from collections.abc import Callable
from datetime import datetime
from typing import Protocol, TypeVar
from urllib.parse import urlsplit

from msgspec import Struct

from yifen.core.facts.codes import Code
from yifen.core.facts.refused import Refused
from yifen.core.wire import http_signed, outbound
from yifen.core.wire.bank_port import encode
from yifen.core.wire.keys import Key
from yifen.core.wire.messages import WireFault

TIMEOUT_S = 10.0


class AnyStatus(Protocol):
    """An answer, which says its own HTTP status."""

    @property
    def http_status(self) -> int: ...


StatusT = TypeVar("StatusT", bound=AnyStatus)


class NoPortAnswer(Exception):
    """The other house did not answer in time, or not in a way that can be believed."""


class NotCalled(NoPortAnswer):
    """This process may not call it: nothing was sent."""


class SignedPort:
    """One house: bank, core, tax platform, vending system. `timeout_s` bounds each call; the clock is passed."""

    def __init__(
        self, endpoint: str, key: Key, clock: Callable[[], datetime], timeout_s: float = TIMEOUT_S
    ) -> None:
        self._endpoint, self._key = endpoint.rstrip("/"), key
        self.clock, self.timeout_s = clock, timeout_s

    def check_way(self) -> None:
        """Asked before anything is written of a call. Refused: NOT_CALLED."""
        try:
            outbound.check_way(self._endpoint)
        except outbound.Walled:
            raise Refused(Code.NOT_CALLED, detail=urlsplit(self._endpoint).netloc) from None

    def signed(self, path: str, message: Struct, reference: str) -> outbound.Answer:
        """What it answers under its signature; `reference` is the request's Idempotency-Key. NoPortAnswer."""
        body, url = encode(message), self._endpoint + path
        headers = http_signed.sign_request("POST", urlsplit(url).path, body, self._key, self._now(), reference)
        try:
            answer = outbound.call("POST", url, headers, body, self.timeout_s)
            http_signed.verify_reply(answer.status, answer.headers, answer.body, lambda *_: self._key, self._now())
        except outbound.Walled as error:
            raise NotCalled(str(error)) from None
        except (outbound.NoReply, WireFault, ValueError) as error:
            raise NoPortAnswer(f"{type(error).__name__}: {error}") from None
        return answer

    def told(
        self, path: str, message: Struct, reference: str, read: Callable[[bytes], StatusT]
    ) -> tuple[StatusT, outbound.Answer]:
        """What it says, as `read` has it: a ValueError is no answer, nor is another HTTP status. NoPortAnswer."""
        answer = self.signed(path, message, reference)
        try:
            status = read(answer.body)
        except ValueError as error:
            raise NoPortAnswer(f"{type(error).__name__}: {error}") from None
        if status.http_status != answer.status:
            raise NoPortAnswer("the answer speaks of something else")
        return status, answer

    def _now(self) -> int:
        return int(self.clock().timestamp())
