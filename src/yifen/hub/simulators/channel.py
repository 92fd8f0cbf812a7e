"""A channel simulator: queries, charges what it was told, and misbehaves as real channels do.

It repeats serials, uses them again with another amount, pays twice, loses answers, reverses,
reverses what it never sent, and signs wrongly. It trusts nothing but its own record.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from random import Random

from yifen.core.facts.codes import Code
from yifen.core.wire.messages import Charge, Line, Query, Reverse
from yifen.core.wire.replies import PayableView, QueryReply
from yifen.hub.simulators.counters import Counters
from yifen.hub.simulators.door import Clock, HubDoor, Lost
from yifen.hub.simulators.orders import PayVisit, again, other_amount
from yifen.hub.simulators.record import PaymentRecord, Recorded
from yifen.hub.simulators.settling import Settler

ACTS = {
    "plain": 0.84, "repeat": 0.04, "reverse": 0.03, "lose": 0.03, "double": 0.02, "reuse": 0.015,
    "wrong_amount": 0.01, "early_reverse": 0.01, "forge": 0.005,
}  # fmt: skip


class SimulatedChannel:
    """One channel at work. `run` makes a number of payments; counters and record tell the rest."""

    def __init__(self, door: HubDoor, clock: Clock, seed: int, tag: str = "") -> None:
        self.door, self._clock = door, clock
        self.record, self.counters = PaymentRecord(), Counters()
        self._random = Random(f"{seed}|{door.identity.partner}")
        self._tag, self._serials = tag, 0
        self._settler = Settler(door, self.record, self.counters)
        self._acts: dict[str, Callable[[Charge, bool], Awaitable[None]]] = {
            "repeat": self._repeat, "reverse": self._reverse, "double": self._double,
            "reuse": self._reuse,
        }  # fmt: skip

    async def run(self, orders: Iterator[PayVisit], payments: int, at_once: int) -> None:
        """Take orders until this many payments are booked or the orders end."""
        left = payments

        async def teller() -> None:
            nonlocal left
            while left > 0:
                left -= 1
                order = next(orders, None)
                if order is None:
                    return
                if not await self.serve(order):
                    left += 1

        async with asyncio.TaskGroup() as tellers:
            for _ in range(min(at_once, payments)):
                tellers.create_task(teller())

    async def serve(self, order: PayVisit, act: str | None = None) -> bool:
        """One order from query to booking; was it booked?"""
        act = act or self._random.choices(list(ACTS), list(ACTS.values()))[0]
        answer = await self._settler.ask(Query(biller=order.biller, account_no=order.account_no))
        if not isinstance(answer.reply, QueryReply):
            self.counters.refused[answer.code] += 1
            return False
        told = answer.reply
        lines = [line for view in told.payables if (line := self._line(view))]
        if not lines:
            return False
        charge = self._charge(told, lines)
        exact = all(view.mode == "exact" for view in told.payables)
        await self._before(charge, act, exact)
        booked = await self._settler.charge(charge, lose_after_s=self._patience(act))
        if booked and act in self._acts:
            await self._acts[act](charge, exact)
        return booked

    # --- what it does ---------------------------------------------------------------------------

    async def _before(self, charge: Charge, act: str, exact: bool) -> None:
        """Acts that come before the right charge, each under a serial of its own."""
        if act == "forge":
            await self._forge(charge)
        elif act == "wrong_amount" and exact:
            await self._expect(other_amount(charge, self.serial()), Code.AMOUNT_WRONG)
        elif act == "early_reverse":
            ghost = again(charge, self.serial())
            back = Reverse(serial=self.serial(), original_serial=ghost.serial,
                           amount_fen=ghost.amount_fen)  # fmt: skip
            await self._expect(back, Code.ORIGINAL_UNKNOWN_BLOCKED)
            await self._expect(ghost, Code.REVERSED_BEFORE_CHARGE)

    async def _repeat(self, charge: Charge, exact: bool) -> None:
        """Same serial, same content: the identical answer, however often."""
        first, second = await self._settler.ask(charge), await self._settler.ask(charge)
        self.counters.repeats += 2
        if first != second or first.code is not Code.OK:
            self.counters.problems.append(f"{charge.serial}: {first}, then {second}")

    async def _reuse(self, charge: Charge, exact: bool) -> None:
        await self._expect(other_amount(charge, charge.serial), Code.SERIAL_REUSED)

    async def _double(self, charge: Charge, exact: bool) -> None:
        """The payer pays the same bill again under a new serial."""
        if exact:
            await self._expect(again(charge, self.serial()), Code.ALREADY_PAID)

    async def _reverse(self, charge: Charge, exact: bool) -> None:
        back = Reverse(serial=self.serial(), original_serial=charge.serial,
                       amount_fen=charge.amount_fen, reason="柜员录错")  # fmt: skip
        await self._settler.reverse(back)

    async def _forge(self, charge: Charge) -> None:
        """Without the right key nothing may come of it, and the answer proves nothing either."""
        try:
            response = await self.door.forge(again(charge, self.serial()))
        except Lost:
            return
        if b"2005" in response.content:
            self.counters.refused[Code.SIGNATURE_INVALID] += 1
        else:
            self.counters.problems.append(f"a forged message got {response.content[:200]!r}")

    async def _expect(self, message: Charge | Reverse, code: Code) -> None:
        """A message that must be refused with this code."""
        answer = await self._settler.ask(message)
        self.counters.refused[answer.code] += 1
        if answer.code is not code:
            self.counters.problems.append(f"{message.serial}: {answer}, not {code.name}")

    # --- what it makes --------------------------------------------------------------------------

    def serial(self) -> str:
        """A serial of its own, never used twice."""
        self._serials += 1
        return f"{self.door.identity.partner}{self._tag}-{self._serials:07d}"

    def _charge(self, told: QueryReply, lines: list[Line]) -> Charge:
        charge = Charge(
            serial=self.serial(), biller=told.biller, account_no=told.account_no,
            amount_fen=sum(line.amount_fen for line in lines), lines=lines, quote=told.quote,
            paid_at=self._clock().replace(microsecond=0),
        )  # fmt: skip
        self.record.entries[charge.serial] = Recorded(
            charge.biller, charge.account_no, charge.amount_fen
        )
        return charge

    def _line(self, view: PayableView) -> Line | None:
        """What the payer pays of this payable: all that is due, or what he likes where he may."""
        amount = view.due_fen
        if view.mode == "open":
            amount = min(max(self._random.randint(1, 20) * 1000, view.min_fen), view.max_fen)
        elif view.mode == "partial" and self._random.random() < 0.5:
            amount = max(view.min_fen, view.due_fen // 200 * 100)
        return Line(payable=view.payable, amount_fen=amount) if amount else None

    def _patience(self, act: str) -> float | None:
        return self._random.uniform(0.0005, 0.03) if act == "lose" else None
