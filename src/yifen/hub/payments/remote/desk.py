"""The desk for billers with a system of their own: first call, re-query ladder, one re-send.

A payment is registered and its money held before the biller is called, marked sent before the
first byte leaves, and decided by one ResultWork afterwards; a crash anywhere leaves a row in the
outbox (biller_call) that any worker takes up (H3, H4; domain.md 1.1, cases 1 and 2).
"""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from yifen.core.partners.roster import RosterBiller
from yifen.core.wire.messages import Charge, Confirm, Reverse
from yifen.hub.payments.calls import Booked, ResultWork
from yifen.hub.payments.remote.client import BillerClient, NoBillerAnswer
from yifen.hub.payments.remote.rules import (
    LADDER_S,
    UNKNOWN,
    BillerOutcome,
    charge_outcome,
    confirm_outcome,
    reverse_outcome,
)

Submit = Callable[[ResultWork], Awaitable[Booked]]
ClaimResend = Callable[[int], Awaitable[bool]]


def charge_serial(payment_id: int) -> str:
    """Our serial at the biller: the same for every re-send."""
    return str(payment_id)


def reverse_serial(payment_id: int) -> str:
    """The serial under which we reverse at the biller."""
    return f"{payment_id}R"


class BillerDesk:
    """Calls billers and books what they say; `submit` hands a ResultWork to its lane."""

    def __init__(self, client: BillerClient, submit: Submit, clock: Callable[[], datetime]) -> None:
        self._client, self._submit, self._clock = client, submit, clock

    async def first_charge(self, biller: RosterBiller, message: Charge, booked: Booked) -> Booked:
        """A freshly registered payment: mark it sent, call, book the answer."""
        payment_id = booked.payment_id
        assert payment_id is not None
        patience = timedelta(seconds=2 * biller.timeout_s + LADDER_S[0])  # a slot, then an answer
        marked = await self._submit(ResultWork(payment_id, "sent", due_at=self._clock() + patience))
        if marked.repeated:  # somebody decided it meanwhile, for example a reversal
            return marked
        outcome = await self._charge(biller, message, payment_id, again=False)
        soon = self._clock() + timedelta(seconds=LADDER_S[0])
        return await self._book(payment_id, outcome, soon)

    async def climb(
        self,
        biller: RosterBiller,
        message: Charge,
        payment_id: int,
        resent: bool,
        claim: ClaimResend,
    ) -> Booked:
        """One rung for an undecided charge: re-query, and send once more what never arrived.
        `claim` is asked for the right to the one re-send, where the biller does not know a repeat."""
        repeats = self._client.repeats(biller)
        outcome = await self._confirm(biller, payment_id, message.amount_fen, resent and not repeats)
        if outcome.resend and (repeats or await claim(payment_id)):
            outcome = await self._charge(biller, message, payment_id, again=True)
        return await self._book(payment_id, outcome)

    async def take_back(
        self, biller: RosterBiller, payment_id: int, amount_fen: int
    ) -> Booked | None:
        """One rung for a reversal; None while the biller gives no clear answer."""
        message = Reverse(
            serial=reverse_serial(payment_id),
            original_serial=charge_serial(payment_id),
            amount_fen=amount_fen,
        )
        try:
            outcome = reverse_outcome(await self._client.ask(biller, message))
        except NoBillerAnswer:
            return None
        return None if outcome is None else await self._book(payment_id, outcome)

    async def _charge(
        self, biller: RosterBiller, message: Charge, payment_id: int, again: bool
    ) -> BillerOutcome:
        ours = Charge(
            serial=charge_serial(payment_id),
            biller=biller.code,
            account_no=message.account_no,
            amount_fen=message.amount_fen,
            lines=message.lines,
            paid_at=message.paid_at,
        )
        try:
            return charge_outcome(await self._client.ask(biller, ours), self._client.meanings(biller), again)
        except NoBillerAnswer:
            return UNKNOWN

    async def _confirm(
        self, biller: RosterBiller, payment_id: int, amount_fen: int, resent: bool
    ) -> BillerOutcome:
        message = Confirm(original_serial=charge_serial(payment_id))
        try:
            return confirm_outcome(await self._client.ask(biller, message), amount_fen, resent)
        except NoBillerAnswer:
            return UNKNOWN

    async def _book(
        self, payment_id: int, outcome: BillerOutcome, due_at: datetime | None = None
    ) -> Booked:
        word, serial, code, _ = outcome
        return await self._submit(ResultWork(payment_id, word, serial, code, due_at))
