"""The worker: takes undecided calls out of the outbox when they are due, and climbs one rung.

Any number of workers may run; a row is taken by one of them, and by the next when that one dies.
"""

import asyncio
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import structlog
from msgspec import Struct
from msgspec.structs import replace

from yifen.core import loops
from yifen.core.facts import request_ids
from yifen.core.facts.pgarrays import numbers
from yifen.core.facts.sqlfiles import queries
from yifen.core.partners.roster import RosterBiller
from yifen.core.wire.messages import Charge, Line, WireFault
from yifen.hub.payments.hub import Hub
from yifen.hub.payments.remote.rules import LADDER_S

log = structlog.get_logger()
_SQL = queries(__package__)
TAKE_SQL = _SQL["take_calls"]
CLAIM_SQL = _SQL["claim_resend"]
PAYMENT_SQL = _SQL["charge_sent"]
TAKE_MOST = 64
IDLE_S = 0.5


class OutboxCall(Struct, frozen=True):
    """One row of the outbox; `endpoint`, `dialect`: where the biller was asked, if it was."""

    payment_id: int
    step: str
    resent: bool
    endpoint: str | None
    dialect: str | None


class Worker:
    """Runs until `stop` is set."""

    def __init__(self, hub: Hub) -> None:
        self._hub, self._unheard = hub, list[UUID]()

    async def run(self, stop: asyncio.Event) -> None:
        """Look for due calls again and again; a database that is away is waited for."""

        async def one_round() -> float:
            return 0 if await self.round(self._hub.clock()) else IDLE_S

        await loops.keep_on("outbox", one_round, stop)

    async def round(self, now: datetime) -> int:
        """Climb one rung for every call that is due at `now`; answers how many were."""
        owner = self._unheard.pop() if self._unheard else uuid4()
        try:
            rows = await self._hub.read(TAKE_SQL, (now, numbers(LADDER_S), TAKE_MOST, owner))
        except BaseException:
            self._unheard.append(owner)  # what it took may wait for it
            raise
        await asyncio.gather(*(self._climb(OutboxCall(*row)) for row in rows))
        return len(rows)

    async def _climb(self, call: OutboxCall) -> None:
        with request_ids.under(request_ids.taken("", False)):  # each in a task of its own
            await self._rung(call)

    async def _rung(self, call: OutboxCall) -> None:
        try:
            biller, message = await self._payment(call.payment_id)
            if call.endpoint:  # it may have moved, or have a system no more: who was asked answers
                biller = replace(biller, endpoint=call.endpoint, dialect=call.dialect)
            if call.step == "reverse":
                await self._hub.desk.take_back(biller, call.payment_id, message.amount_fen)
            else:
                claim = _first_sending if call.step == "charge" else self._claim
                await self._hub.desk.climb(biller, message, call.payment_id, call.resent, claim)
        except WireFault as fault:  # the row stays in the outbox and is due again later
            log.warning("a rung failed", payment_id=call.payment_id, code=fault.code.name)
        except Exception:  # of any kind, and this payment's alone: all others climb on
            log.exception("a rung failed", payment_id=call.payment_id)

    async def _payment(self, payment_id: int) -> tuple[RosterBiller, Charge]:
        """The biller, and the charge as it was registered."""
        row: tuple[Any, ...] = (await self._hub.read(PAYMENT_SQL, (payment_id % 1000, payment_id)))[
            0
        ]
        biller = self._hub.roster.billers_by_id[row[0]]
        lines = [Line(payable=ref, amount_fen=fen) for ref, fen in zip(row[4], row[5], strict=True)]
        return biller, Charge(
            biller=biller.code, account_no=row[1], amount_fen=row[2], lines=lines, paid_at=row[3]
        )

    async def _claim(self, payment_id: int) -> bool:
        return bool((await self._hub.read(CLAIM_SQL, (payment_id, uuid4())))[0][0])


async def _first_sending(payment_id: int) -> bool:
    """A charge that was registered but never marked sent: sending it is not the one re-send."""
    return True
