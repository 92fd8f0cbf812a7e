"""What a conformance run of a biller is given: whom to call, how to reach it, what time it is."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Literal, NamedTuple, Protocol

from msgspec import Struct

from yifen.core.wire.keys import Key
from yifen.core.wire.table import Unit

Dialect = Literal["xml", "json"]


class Target(Struct, frozen=True, kw_only=True):
    """A biller's system as the hub would know it. `key`: with which we sign; `reply_key`: the
    biller's public key, which proves its answers; None where `key` is a secret that both share;
    `account_no`: a sandbox account that owes something; `encoding` (a codec) and `unit` concern
    XML only; `settle_s`: how long a late message may still be under way."""

    url: str
    partner: str
    dialect: Dialect
    key: Key
    account_no: str
    encoding: str = "utf-8"
    unit: Unit = "fen"
    timeout_s: float = 5.0
    settle_s: float = 1.0
    reply_key: Key | None = None


class Heard(NamedTuple):
    """An HTTP answer; header names are lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Silence(Exception):
    """No whole answer came in time."""


class Transport(Protocol):
    """The way there."""

    def post(self, url: str, headers: Mapping[str, str], body: bytes, wait_s: float) -> Heard:
        """The answer, waited for this long. Raises Silence."""
        ...

    def hang_up(self, url: str, headers: Mapping[str, str], body: bytes) -> None:
        """Send it all and close the connection without reading an answer. Raises Silence when it
        could not be sent."""
        ...


class Timing(NamedTuple):
    """Time is passed in: the wall clock, a clock that only goes forward, and waiting."""

    now: Callable[[], datetime]
    elapsed_s: Callable[[], float]
    pause: Callable[[float], None]
