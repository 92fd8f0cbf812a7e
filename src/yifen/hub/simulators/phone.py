"""A phone bank 电话银行 as a channel: callers key in digits, the bank queries, charges and confirms at the hub
and takes the money of its own customer.

It never guesses. An answer that was lost is asked for by the same serial; what is not certain then is told as
being processed, and followed until it is. Whoever hung up before an answer came gets his money back: the charge is
reversed, and goes on being so until the hub has said what became of it.
"""

import asyncio
from collections.abc import Callable, Coroutine
from datetime import date
from typing import Any, Protocol

from yifen.core.facts.codes import Code
from yifen.core.facts.plug import Text
from yifen.core.wire.messages import Charge, Confirm, Line, Query, Refund, Request, Reverse
from yifen.core.wire.replies import BillerAnswer, QueryReply
from yifen.hub.simulators import phone_menu as menu
from yifen.hub.simulators import phone_words as words
from yifen.hub.simulators.door import Clock, Lost
from yifen.hub.simulators.record import PaymentRecord, Recorded
from yifen.hub.simulators.settling import AGAIN, result_of

TRIES = 3  # of one question while somebody holds the line
UNCERTAIN = (Code.PROCESSING, Code.UNAVAILABLE, Code.FAULT)  # it may have been booked
OF_MESSAGES = range(1000, 3000)  # codes of a message that was not heard: they tell nothing of another one


class HungUp(Exception):
    """The caller is gone."""


class PhoneLine(Protocol):
    """One call: keys come in, sentences go out."""

    @property
    def gone(self) -> bool: ...

    async def key(self, timeout_s: float) -> str:
        """The next key; empty: none came in time. HungUp."""

    def say(self, text: str) -> None: ...


class PhoneDoor(Protocol):
    """The hub's door: an answer that was proved, or Lost."""

    async def ask(self, message: Request) -> BillerAnswer: ...


class PhoneBank:
    """One bank: `serve` takes a call, pays `limit_fen` at most at a time. `record` holds every payment: sent (not
    certain), booked, refused, reversed."""

    def __init__(
        self, door: PhoneDoor, partner: str, services: tuple[menu.PhoneService, ...], clock: Clock, *,
        limit_fen: int | None = None, silence_s: float = 8.0, pause_s: float = 1.0,
        told: Callable[[str], None] = lambda line: None,
    ) -> None:  # fmt: skip
        self._door, self._services, self._clock, self._told = door, services, clock, told
        self._limit_fen, self._silence_s, self._pause_s = limit_fen, silence_s, pause_s
        self._begun, self._serials = f"{partner}-{clock():%y%m%d%H%M%S}", 0
        self.record = PaymentRecord()
        self._following: set[asyncio.Task[None]] = set()

    async def serve(self, line: PhoneLine) -> None:
        """From the greeting to the end of the call."""
        step, bill = menu.begin(self._services), None
        try:
            while True:
                for text in step.said:
                    line.say(text.en if step.call.english else text.zh)
                if step.call.at == menu.OVER:
                    return
                if step.act == menu.ASK:
                    step, bill = await self._ask(step.call)
                elif step.act == menu.PAY and bill is not None:
                    step = await self._pay(step.call, bill, line)
                else:
                    key = await line.key(self._silence_s)
                    step = menu.pressed(step.call, key) if key else menu.silent(step.call)
        except HungUp:
            return

    async def settled(self) -> None:
        """Once nothing is followed any longer."""
        while self._following:
            await asyncio.gather(*self._following)

    async def _ask(self, call: menu.PhoneCall) -> tuple[menu.PhoneStep, QueryReply | None]:
        assert call.service is not None
        try:
            answer = await self._answer(Query(biller=call.service.biller, account_no=call.account_no))
        except Lost:
            return menu.not_told(call, words.BUSY), None
        if not isinstance(answer.reply, QueryReply):
            return menu.not_told(call, said(answer.code), answer.code is Code.ACCOUNT_UNKNOWN), None
        return menu.due(call, bills_of(answer.reply), self._limit_fen), answer.reply

    async def _pay(self, call: menu.PhoneCall, bill: QueryReply, line: PhoneLine) -> menu.PhoneStep:
        charge = Charge(
            serial=self._serial(), biller=bill.biller, account_no=bill.account_no, amount_fen=call.pays_fen,
            lines=[Line(payable=one.payable, amount_fen=one.fen) for one in call.pays],
            quote=bill.quote, paid_at=self._clock().replace(microsecond=0),
        )  # fmt: skip
        self.record.entries[charge.serial] = Recorded(charge.biller, charge.account_no, charge.amount_fen)
        code = await self._charge(charge)
        if code is None and line.gone:
            self._follow(self._take_back(charge))
        elif code is None:
            self._follow(self._learn(charge))
            return menu.paid(call, words.PROCESSING)
        elif code is Code.OK:
            self._write(charge.serial, "booked")
            return menu.paid(call, words.paid(charge.amount_fen, charge.serial))
        else:
            self._write(charge.serial, "refused")
            return menu.paid(call, words.refused(said(code)))
        raise HungUp

    async def _charge(self, charge: Charge) -> Code | None:
        """What became of it; None: that is not certain yet. One that never arrived is sent again, by its serial."""
        message: Request = charge
        certain, code = True, Code.BUSY
        for _ in range(TRIES):
            try:
                code = result_of(await self._door.ask(message))
            except Lost:
                code = Code.UNAVAILABLE
            certain = certain and code not in UNCERTAIN
            if code is Code.OK or (code not in AGAIN if certain else is_decided(code)):
                return code
            message = charge if certain or code is Code.SERIAL_UNKNOWN else Confirm(original_serial=charge.serial)
            await asyncio.sleep(self._pause_s)
        return code if certain else None

    async def _learn(self, charge: Charge) -> None:
        """Ask until the hub has decided: the customer's money is held so long. One that never arrived shall not
        arrive tomorrow: it is reversed, which blocks it."""
        while True:
            code = await self._once(Confirm(original_serial=charge.serial))
            if code is Code.SERIAL_UNKNOWN:
                return await self._take_back(charge)
            if is_decided(code):
                return self._write(charge.serial, "booked" if code is Code.OK else "refused")
            await asyncio.sleep(self._pause_s)

    async def _take_back(self, charge: Charge) -> None:
        """Reverse until the hub has said that it is so: it is no longer booked, or never will be. Of a day that is
        over it is refunded."""
        back = self._back(Reverse, charge)
        message: Request = back
        while True:
            code = await self._once(message)
            if code in (Code.OK, Code.ALREADY_REVERSED):
                self.record.entries[charge.serial].reversed_by = back.serial
                return self._write(charge.serial, "reversed")
            if code in (Code.ORIGINAL_UNKNOWN_BLOCKED, Code.ORIGINAL_NOT_BOOKED):
                return self._write(charge.serial, "refused")
            if code is Code.DAY_CLOSED_USE_REFUND:
                back = self._back(Refund, charge)
            message = Confirm(original_serial=back.serial) if code is Code.PROCESSING else back
            await asyncio.sleep(self._pause_s)

    def _back(self, verb: type[Reverse], charge: Charge) -> Reverse:
        return verb(serial=self._serial(), original_serial=charge.serial, amount_fen=charge.amount_fen,
                    reason="挂机冲正")  # fmt: skip

    async def _once(self, message: Request) -> Code:
        """What is known of it after one more message; UNAVAILABLE: nothing."""
        try:
            return result_of(await self._door.ask(message))
        except Lost:
            return Code.UNAVAILABLE

    async def _answer(self, message: Request) -> BillerAnswer:
        """Of a question that may be asked again. Lost: nobody answers, or the hub cannot now."""
        for _ in range(TRIES):
            try:
                answer = await self._door.ask(message)
            except Lost:
                pass
            else:
                if answer.code not in AGAIN:
                    return answer
            await asyncio.sleep(self._pause_s)
        raise Lost(f"no answer to {message.VERB}")

    def _follow(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._following.add(task)
        task.add_done_callback(self._following.discard)

    def _write(self, serial: str, state: str) -> None:
        entry = self.record.entries[serial]
        entry.state = state
        self._told(f"{serial} {entry.biller} {entry.account_no} {entry.amount_fen} fen {state}")

    def _serial(self) -> str:
        self._serials += 1
        return f"{self._begun}-{self._serials:04d}"


def is_decided(code: Code) -> bool:
    """Does this answer, to a confirm or a repeat, say for good what became of a charge?"""
    return not code.meaning.retryable and code not in (*UNCERTAIN, Code.SERIAL_UNKNOWN) and code not in OF_MESSAGES


def bills_of(bill: QueryReply) -> tuple[menu.PhoneBill, ...]:
    """All that is due, the oldest first; what may be paid at will is not asked for on the phone."""
    found = [one for one in bill.payables if one.mode != "open" and one.due_fen > 0]
    found.sort(key=lambda one: one.due_on or date.max)
    return tuple(menu.PhoneBill(one.payable, one.due_fen, one.min_fen) for one in found)


def said(code: Code) -> Text:
    """A refusal in the words of the code table."""
    return Text(code.meaning.zh, code.meaning.en)
