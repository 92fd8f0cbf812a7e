"""The port of pipes: what a transport is given, and what it answers. A new way to a partner is a module with a
`TRANSPORT`, and a line in `_TRANSPORTS`."""

from collections.abc import Callable, Mapping
from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import Any, NamedTuple

from yifen.core.facts.plug import Dotted, Text
from yifen.core.plugs import called

SAID_MAX = 300


def plain(text: str) -> str:
    """Of the other side's words what the database takes: without NUL and halves of characters, and not too long."""
    return text.replace("\x00", "\ufffd").encode("utf-8", "replace").decode()[:SAID_MAX]


class TryResult(StrEnum):
    """Of one try."""

    DELIVERED = "delivered"
    FAILED = "failed"  # tried again, later and later
    REFUSED = "refused"  # it will never be taken: given up at once
    GONE = "gone"  # nobody wants it there any longer: the pipe is switched off


class Outcome(NamedTuple):
    """What a try came to. `said`: words for people, without secrets; `retry_after_s`: not before that."""

    result: TryResult
    said: str = ""
    status: int | None = None
    retry_after_s: float | None = None


class PipeEnd(NamedTuple):
    """The pipe as a transport sees it. `secrets`: opened; the newest first, then the one before while it
    counts."""

    pipe_id: int
    ref: str
    partner: str  # its code
    kind: str
    address: str
    settings: Mapping[str, Any]
    secrets: tuple[bytes, ...]


class ToldEvent(NamedTuple):
    """The event that is told."""

    uid: str
    kind: str
    at: datetime
    data: Mapping[str, Any]
    source: str = ""  # the EventSource's name; "" of a test


class SaidSetting(NamedTuple):
    """A setting of a pipe as people read it: a host key by its fingerprint."""

    title: Text
    value: str | Text


class PipeTransport(NamedTuple):
    """A way to partners. `deliver(pipe, event, now)`: one try, outside any transaction, in a thread, within
    `wait_s`; it raises nothing that it knows. `check(address, settings)`: Refused with the field that cannot
    be. `places`: how many tries of a pipe that is well are under way at once. `words(settings)`: by name, each as
    people read it. `check_secret(secret)`: of a pipe that is made with what it signs in with; None: with nothing.
    Refused PIPE_SECRET_INVALID. `secret_goes_to(address, settings)`: to whom the secret is shown; where that changes,
    a secret must come with it. Whoever dies behind an answer sends the event again: the other side knows it by its
    uid."""

    kind: str
    deliver: Callable[[PipeEnd, ToldEvent, datetime], Outcome]
    wait_s: float
    check: Callable[[str, Mapping[str, Any]], None]
    places: int = 16
    words: Callable[[Mapping[str, Any]], dict[str, SaidSetting]] = lambda settings: {}
    check_secret: Callable[[bytes | None], None] = lambda secret: None
    secret_goes_to: Callable[[str, Mapping[str, Any]], Any] = lambda address, settings: None


_TRANSPORTS: dict[str, Dotted] = {
    "webhook": "yifen.trades.pipes.webhook:TRANSPORT",
    "sftp": "yifen.trades.pipes.sftp:TRANSPORT",
    "mail": "yifen.trades.pipes.mail:TRANSPORT",
}


@cache
def transport(kind: str) -> PipeTransport:
    """Of this kind, imported when it is used. KeyError: there is none."""
    found: PipeTransport = called(_TRANSPORTS[kind])
    return found


def kinds() -> tuple[str, ...]:
    """Those that there are."""
    return tuple(_TRANSPORTS)
