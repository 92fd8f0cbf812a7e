"""Ways to billers' systems that a trade brings by its plug (`billers`): the scheme of an address says which. They are
called by the same client, ladder and outbox as those that speak HTTP or the TCP dialect."""

import re
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from functools import cache
from typing import Any, Protocol

from yifen.core.facts.codes import Code, ResultCode
from yifen.core.facts.plug import Dotted
from yifen.core.facts.refused import Refused
from yifen.core.facts.secrets import KeyRing
from yifen.core.partners.endpoint import check_endpoint
from yifen.core.partners.roster import RosterBiller
from yifen.core.plugs import called, plugs
from yifen.core.wire.messages import FileRequest, Request
from yifen.core.wire.outbound import NoReply
from yifen.core.wire.replies import BillerAnswer

_NAMED = re.compile(r"[a-z]+://[a-z0-9][a-z0-9-]{0,31}")
ReadRows = Callable[[str, Any], Awaitable[list[tuple[Any, ...]]]]


class WayFault(NoReply):
    """Nothing is known, with the trade's own number for why; what is said of it holds nothing of a payer."""

    def __init__(self, code: ResultCode, said: str = "") -> None:
        super().__init__(f"{code:04d} {said}".strip())
        self.code, self.said = code, said


class BillerWay(Protocol):
    """One process's. `meanings`: of numbers of its own in an answer, as of a biller's own codes. `repeats`: it knows a
    charge of ours again by its serial, whenever it comes, so an undecided one is sent as often as it has to be."""

    meanings: Mapping[str, str]
    repeats: bool

    def has(self, biller: RosterBiller) -> bool:
        """Does it know how to call this one?"""

    async def load(self, read: ReadRows) -> None:
        """What it keeps in memory, read again: the master data changed."""

    async def ask(self, biller: RosterBiller, message: Request) -> BillerAnswer:
        """NoReply: nothing that can be believed; WireFault: its answer is none. Outside any transaction of ours."""

    async def file(self, biller: RosterBiller, message: FileRequest) -> bytes:
        """Its daily file in our form. NoReply; WireFault: FILE_NOT_READY."""

    async def close(self) -> None:
        """It is asked no more."""


@cache
def by_trades() -> Mapping[str, Dotted]:
    """Who makes the way, by scheme."""
    return {scheme: name for plug in plugs() for scheme, name in plug.billers.items()}


def is_by_trade(endpoint: str) -> bool:
    """Does a trade call this address?"""
    return scheme_of(endpoint) in by_trades()


def check_address(endpoint: str) -> None:
    """Of a biller's own system, whatever calls it. Refused: INPUT_INVALID."""
    if not is_by_trade(endpoint):
        check_endpoint(endpoint)
    elif _NAMED.fullmatch(endpoint) is None:
        raise Refused(Code.INPUT_INVALID, "endpoint", "db://…")


def scheme_of(endpoint: str) -> str:
    return endpoint.partition("://")[0]


def ways(ring: KeyRing, clock: Callable[[], datetime]) -> dict[str, BillerWay]:
    """Those of the trades, for this process."""
    return {scheme: called(name)(ring, clock) for scheme, name in by_trades().items()}
