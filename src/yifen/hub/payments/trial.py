"""The sandbox's answers that leave a channel not knowing: a charge is booked, and its first answer
comes too late, or says 8001. A channel shows there that it asks and never pays twice."""

import asyncio
from contextlib import suppress

from msgspec.structs import replace

from yifen.core.facts.codes import Code
from yifen.core.facts.sandbox import LATE_ACCOUNT, SANDBOX_BOOK_ID, VAGUE_ACCOUNT
from yifen.core.partners.roster import RosterPartner
from yifen.core.wire.messages import WireFault
from yifen.hub.payments.calls import Booked

HOLD_S = 25.0  # longer than any channel should wait
HELD_MAX = 16  # answers held at once by one process; more are answered without waiting


class Trial:
    """One process's held answers. `hold_s`: how long."""

    def __init__(self, hold_s: float = HOLD_S) -> None:
        self.hold_s, self._held, self._ending = hold_s, 0, asyncio.Event()

    def end(self) -> None:
        """Nobody is kept waiting any more."""
        self._ending.set()

    async def told(self, partner: RosterPartner, account_no: str, booked: Booked) -> Booked:
        """What the channel is told of this charge; a repeat, and every real one, is told the truth.
        WireFault UNAVAILABLE, after a while, for the account that is answered late."""
        if partner.book_id != SANDBOX_BOOK_ID or booked.repeated or booked.code is not Code.OK:
            return booked
        if account_no == LATE_ACCOUNT:
            await self._hold()
            raise WireFault(Code.UNAVAILABLE)
        return replace(booked, code=Code.PROCESSING) if account_no == VAGUE_ACCOUNT else booked

    async def _hold(self) -> None:
        if self._held >= HELD_MAX:
            return
        self._held += 1
        try:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._ending.wait(), self.hold_s)
        finally:
            self._held -= 1
