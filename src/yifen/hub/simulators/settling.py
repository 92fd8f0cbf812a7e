"""How a channel gets to know what became of a message: repeat, confirm, wait, never guess."""

import asyncio

from yifen.core.facts.codes import Code
from yifen.core.wire.messages import Charge, Confirm, Request, Reverse
from yifen.core.wire.replies import BillerAnswer, PaymentReply
from yifen.hub.simulators.counters import Counters
from yifen.hub.simulators.door import HubDoor, Lost
from yifen.hub.simulators.record import PaymentRecord

AGAIN = (Code.BUSY, Code.UNAVAILABLE, Code.FAULT, Code.BILLER_UNAVAILABLE, Code.PAYABLE_HELD)
TRIES_MAX = 40
PAUSE_S = 0.25
DECIDED_S_MAX = 120.0


class StillUndecided(Exception):
    """The hub did not decide in DECIDED_S_MAX seconds."""


class Settler:
    """Asks until there is an answer, and writes what it means into the channel's record."""

    def __init__(self, door: HubDoor, record: PaymentRecord, counters: Counters) -> None:
        self._door, self._record, self._counters = door, record, counters

    async def ask(self, message: Request) -> BillerAnswer:
        """The answer, after as many repeats of the same message as it takes. Raises Lost when
        nobody answers for long."""
        for _ in range(TRIES_MAX):
            try:
                answer = await self._door.ask(message)
            except Lost:
                self._counters.lost += 1
            else:
                if answer.code not in AGAIN:
                    return answer
            await asyncio.sleep(PAUSE_S)
        raise Lost(f"{self._door.identity.partner}: no answer to {message}")

    async def charge(self, charge: Charge, lose_after_s: float | None = None) -> bool:
        """Send a charge and follow it to its end; was it booked? With `lose_after_s` the first
        answer is not waited for."""
        if lose_after_s is None:
            code = (await self.ask(charge)).code
        else:
            await self._door.hang_up(charge, lose_after_s)
            self._counters.lost += 1
            code = await self._whereabouts(charge)
        if code is Code.PROCESSING:
            code = await self._wait(charge.serial)
        entry = self._record.entries[charge.serial]
        if code is Code.OK:
            entry.state = "booked"
            self._counters.payments += 1
            self._counters.amount_fen += entry.amount_fen
            return True
        entry.state = "refused"
        self._counters.refused[code] += 1
        return False

    async def reverse(self, back: Reverse) -> None:
        """Take a booked charge back."""
        code = (await self.ask(back)).code
        if code is Code.PROCESSING:
            code = await self._wait(back.serial)
        entry = self._record.entries[back.original_serial]
        if code is Code.OK:
            entry.state, entry.reversed_by = "reversed", back.serial
            self._counters.reversed += 1
        else:
            self._counters.refused[code] += 1

    async def _whereabouts(self, charge: Charge) -> Code:
        """After a lost answer: ask for the result, and repeat what never arrived."""
        answer = await self.ask(Confirm(original_serial=charge.serial))
        if answer.code is Code.SERIAL_UNKNOWN:
            return (await self.ask(charge)).code
        return result_of(answer)

    async def _wait(self, serial: str) -> Code:
        """Confirm 结果查询 until the hub has decided."""
        self._counters.unknown += 1
        try:
            async with asyncio.timeout(DECIDED_S_MAX):
                code = Code.PROCESSING
                while code is Code.PROCESSING:
                    await asyncio.sleep(PAUSE_S)
                    code = result_of(await self.ask(Confirm(original_serial=serial)))
        except TimeoutError:
            raise StillUndecided(f"{serial} is not decided after {DECIDED_S_MAX:.0f} s") from None
        self._counters.unknown -= 1
        self._counters.resolved += 1
        return code


def result_of(answer: BillerAnswer) -> Code:
    """What the original request was or would be answered with."""
    if isinstance(answer.reply, PaymentReply) and answer.reply.result is not None:
        return Code(int(answer.reply.result))
    return answer.code
