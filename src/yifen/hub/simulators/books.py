"""A biller's own books in memory: its payers, their bills, what was paid. Pure; no HTTP, no clock.

The four verbs as a biller with a system of its own must answer them: idempotent by serial, with
tombstones for reversals that come first.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import NamedTuple

from yifen.core.facts.codes import Code, wire_code
from yifen.core.wire.content import content_hash
from yifen.core.wire.messages import Charge, Confirm, Message, Query, Reverse
from yifen.core.wire.replies import PayableView, PaymentReply, QueryReply, Reply, ReverseReply
from yifen.hub.simulators.people import Payer, PayerBill

Said = tuple[Code, Reply | None]


class SerialOutcome(NamedTuple):
    """What one serial came to."""

    digest: bytes
    code: Code
    reply: Reply | None


class BillerBooks:
    """Accounts, receipts by serial, and which charges were reversed."""

    def __init__(self, biller: str, payers: Iterable[Payer]) -> None:
        self._biller = biller
        self._payers = {payer.account_no: payer for payer in payers}
        self._paid: dict[tuple[str, str], int] = {}
        self._receipts: dict[str, SerialOutcome] = {}
        self._charges: dict[str, Charge] = {}
        self._reversed: set[str] = set()
        self._tombstones: set[str] = set()
        self._numbers = 0

    def state(self) -> dict[str, tuple[int, str]]:
        """Serial → (fen, booked or reversed) of every charge that was ever booked."""
        return {serial: (charge.amount_fen, "reversed" if serial in self._reversed else "booked")
                for serial, charge in self._charges.items()}  # fmt: skip

    def add(self, payer: Payer) -> None:
        """One payer more."""
        self._payers[payer.account_no] = payer

    def charge_of(self, serial: str) -> Charge | None:
        """What it booked under a serial, if it did."""
        return self._charges.get(serial)

    def bookings(self) -> Iterator[tuple[str, str, Charge, int, datetime]]:
        """What was ever booked or taken back: (verb, serial, the charge, own number, when)."""
        for serial, receipt in self._receipts.items():
            reply = receipt.reply
            if isinstance(reply, PaymentReply) and reply.booked_at is not None:
                yield "charge", serial, self._charges[serial], reply.payment_id, reply.booked_at
            elif isinstance(reply, ReverseReply) and reply.booked_at is not None:
                charge = self._charges[reply.original_serial]
                yield "reverse", serial, charge, reply.payment_id, reply.booked_at

    def answer(self, message: Message, now: datetime) -> Said:
        """One verb; the same serial and content get the same answer."""
        match message:
            case Query():
                return self._query(message)
            case Confirm():
                return self._confirm(message)
            case Charge() | Reverse():
                return self._once(message, now)
        return Code.PATH_UNKNOWN, None

    def _once(self, message: Charge | Reverse, now: datetime) -> Said:
        digest, known = content_hash(message), self._receipts.get(message.serial)
        if known is not None:
            return (known.code, known.reply) if known.digest == digest else (
                Code.SERIAL_REUSED, None)  # fmt: skip
        if isinstance(message, Charge):
            code, reply = self._charge(message, now)
        else:
            code, reply = self._reverse(message, now)
        self._receipts[message.serial] = SerialOutcome(digest, code, reply)
        return code, reply

    def _query(self, message: Query) -> Said:
        payer = self._payers.get(message.account_no)
        if payer is None:
            return Code.ACCOUNT_UNKNOWN, None
        due = [(bill, self._due(payer, bill)) for bill in payer.bills]
        views = [
            PayableView(payable=bill.ref, title=bill.title, mode="exact", due_fen=fen,
                        min_fen=fen, max_fen=fen, due_on=bill.due_on)
            for bill, fen in due if fen > 0
        ]  # fmt: skip
        return Code.OK, QueryReply(biller=self._biller, account_no=payer.account_no,
                                   payer_name="*" + payer.name[1:], payables=views)  # fmt: skip

    def _due(self, payer: Payer, bill: PayerBill) -> int:
        return bill.due_fen - self._paid.get((payer.account_no, bill.ref), 0)

    def _charge(self, charge: Charge, now: datetime) -> Said:
        if charge.serial in self._tombstones:
            return Code.REVERSED_BEFORE_CHARGE, None
        if charge.biller != self._biller:
            return Code.BILLER_UNKNOWN, None
        if len({line.payable for line in charge.lines}) < len(charge.lines):
            return Code.PAYABLE_REPEATED, None
        if sum(line.amount_fen for line in charge.lines) != charge.amount_fen:
            return Code.TOTAL_WRONG, None
        payer = self._payers.get(charge.account_no)
        if payer is None:
            return Code.ACCOUNT_UNKNOWN, None
        bills = {bill.ref: bill for bill in payer.bills}
        for line in charge.lines:
            bill = bills.get(line.payable)
            if bill is None:
                return Code.PAYABLE_UNKNOWN, None
            due = self._due(payer, bill)
            if due == 0:
                return Code.ALREADY_PAID, None
            if line.amount_fen != due:
                return Code.AMOUNT_WRONG, None
        self._move(charge, 1)
        self._charges[charge.serial] = charge
        return Code.OK, self._payment(charge, now)

    def _reverse(self, back: Reverse, now: datetime) -> Said:
        charge = self._charges.get(back.original_serial)
        if charge is None:
            self._tombstones.add(back.original_serial)
            return Code.ORIGINAL_UNKNOWN_BLOCKED, None
        if charge.amount_fen != back.amount_fen:
            return Code.ORIGINAL_MISMATCH, None
        if charge.serial in self._reversed:
            return Code.ALREADY_REVERSED, None
        self._move(charge, -1)
        self._reversed.add(charge.serial)
        first = self._receipts[charge.serial].reply
        assert isinstance(first, PaymentReply)
        return Code.OK, ReverseReply(
            payment_id=first.payment_id, serial=back.serial, original_serial=charge.serial,
            amount_fen=charge.amount_fen, business_day=first.business_day,
            booked_at=now.replace(microsecond=0),
        )  # fmt: skip

    def _confirm(self, message: Confirm) -> Said:
        """The charge as it stands now, or the refusal it got."""
        receipt = self._receipts.get(message.original_serial)
        if receipt is None:
            return Code.SERIAL_UNKNOWN, None
        if not isinstance(receipt.reply, PaymentReply):
            return receipt.code, None
        first = receipt.reply
        gone = message.original_serial in self._reversed
        return Code.OK, PaymentReply(
            payment_id=first.payment_id, serial=first.serial, amount_fen=first.amount_fen,
            business_day=first.business_day, booked_at=first.booked_at,
            payer_state="returned" if gone else "taken",
            biller_state="reversed" if gone else "booked", result=wire_code(receipt.code),
        )  # fmt: skip

    def _move(self, charge: Charge, sign: int) -> None:
        for line in charge.lines:
            where = (charge.account_no, line.payable)
            self._paid[where] = self._paid.get(where, 0) + sign * line.amount_fen

    def _payment(self, charge: Charge, now: datetime) -> PaymentReply:
        self._numbers += 1
        return PaymentReply(
            payment_id=self._numbers, serial=charge.serial, amount_fen=charge.amount_fen,
            business_day=now.date(), booked_at=now.replace(microsecond=0),
            payer_state="taken", biller_state="booked",
        )  # fmt: skip
