"""Books of a biller that break one rule each."""

from datetime import datetime
from typing import Any

from msgspec.structs import replace

from yifen.core.facts.codes import Code
from yifen.core.wire.messages import Charge, Confirm, Query, Reverse
from yifen.core.wire.replies import PayableView, PaymentReply, QueryReply
from yifen.hub.simulators.books import BillerBooks, Said


class VagueMinimum(BillerBooks):
    def _query(self, message: Query) -> Said:
        code, reply = super()._query(message)
        for view in reply.payables if isinstance(reply, QueryReply) else ():
            view.min_fen = 1
        return code, reply


class KnowsEverybody(BillerBooks):
    def _query(self, message: Query) -> Said:
        code, reply = super()._query(message)
        if reply is None:
            return Code.OK, QueryReply(biller=message.biller, account_no=message.account_no,
                                       payer_name="*", payables=[])  # fmt: skip
        return code, reply


class BooksNothing(BillerBooks):
    def _move(self, charge: Charge, sign: int) -> None:
        pass


class ForgetsConfirm(BillerBooks):
    def _confirm(self, message: Confirm) -> Said:
        return Code.SERIAL_UNKNOWN, None


class ConfirmsAnotherPayment(BillerBooks):
    def _confirm(self, message: Confirm) -> Said:
        code, reply = super()._confirm(message)
        return code, replace(reply, payment_id=999_999) if reply else None


class NeverReverses(BillerBooks):
    def _reverse(self, back: Reverse, now: datetime) -> Said:
        known = back.original_serial in self._charges
        return (Code.BILLER_REJECTED, None) if known else super()._reverse(back, now)


class ReversesInWordsOnly(BillerBooks):
    def _move(self, charge: Charge, sign: int) -> None:
        super()._move(charge, max(sign, 0))


class AnswersRepeatsAnew(BillerBooks):
    def _once(self, message: Any, now: datetime) -> Said:
        known = message.serial in self._receipts
        code, reply = super()._once(message, now)
        if known and isinstance(reply, PaymentReply):
            reply = replace(reply, biller_serial="again")
        return code, reply


class BooksRepeatsAgain(BillerBooks):
    def _once(self, message: Any, now: datetime) -> Said:
        known = self._receipts.get(message.serial)
        code, reply = super()._once(message, now)
        if known and code is Code.OK and isinstance(message, Charge):
            self._move(message, 1)
        return code, reply


class ReplaysWithoutLooking(BillerBooks):
    def _once(self, message: Any, now: datetime) -> Said:
        known = self._receipts.get(message.serial)
        return (known.code, known.reply) if known else super()._once(message, now)


class LooksAtPayablesOnly(BillerBooks):
    """Another amount under the same serial is taken for a repeat."""

    def _once(self, message: Any, now: datetime) -> Said:
        first = self._charges.get(message.serial)
        if first and [line.payable for line in first.lines] == [
            line.payable for line in getattr(message, "lines", ())
        ]:
            known = self._receipts[message.serial]
            return known.code, known.reply
        return super()._once(message, now)


class LooksAtPaidOnly(BillerBooks):
    """A serial with another payable is booked as a new charge."""

    def _once(self, message: Any, now: datetime) -> Said:
        known = self._receipts.get(message.serial)
        first = self._charges.get(message.serial)
        if known and isinstance(message, Charge) and first and first.lines != message.lines:
            code, reply = self._charge(message, now)
            if code is Code.OK:
                return code, reply
        return super()._once(message, now)


class TakesAnyAmount(BillerBooks):
    def _charge(self, charge: Charge, now: datetime) -> Said:
        code, reply = super()._charge(charge, now)
        if code is Code.AMOUNT_WRONG:
            return self._booked(charge, now)
        return code, reply

    def _booked(self, charge: Charge, now: datetime) -> Said:
        self._move(charge, 1)
        self._charges[charge.serial] = charge
        return Code.OK, self._payment(charge, now)


class TakesAnyTotal(TakesAnyAmount):
    def _charge(self, charge: Charge, now: datetime) -> Said:
        code, reply = BillerBooks._charge(self, charge, now)
        return self._booked(charge, now) if code is Code.TOTAL_WRONG else (code, reply)


class TakesWhatItKnows(TakesAnyAmount):
    def _charge(self, charge: Charge, now: datetime) -> Said:
        code, reply = BillerBooks._charge(self, charge, now)
        if code is Code.PAYABLE_UNKNOWN:
            return self._booked(replace(charge, lines=charge.lines[:1]), now)
        return code, reply


class TakesItTwice(TakesAnyAmount):
    def _charge(self, charge: Charge, now: datetime) -> Said:
        code, reply = BillerBooks._charge(self, charge, now)
        return self._booked(charge, now) if code is Code.ALREADY_PAID else (code, reply)


class SaysRefusedOfUnknown(BillerBooks):
    def _confirm(self, message: Confirm) -> Said:
        code, reply = super()._confirm(message)
        return (Code.BILLER_REJECTED, None) if code is Code.SERIAL_UNKNOWN else (code, reply)


class ReversesAnyAmount(BillerBooks):
    def _reverse(self, back: Reverse, now: datetime) -> Said:
        charge = self._charges.get(back.original_serial)
        if charge is not None:
            back = replace(back, amount_fen=charge.amount_fen)
        return super()._reverse(back, now)


class KeepsNoTombstone(BillerBooks):
    def _reverse(self, back: Reverse, now: datetime) -> Said:
        said = super()._reverse(back, now)
        self._tombstones.clear()
        return said


class ReversesTwice(BillerBooks):
    def _reverse(self, back: Reverse, now: datetime) -> Said:
        self._reversed.discard(back.original_serial)
        return super()._reverse(back, now)


class BooksAfterReversal(BillerBooks):
    def _once(self, message: Any, now: datetime) -> Said:
        if isinstance(message, Charge) and message.serial in self._reversed:
            self._reversed.discard(message.serial)
            del self._receipts[message.serial]
        return super()._once(message, now)


class OfAnyMode(BillerBooks):
    """An honest one whose bills may be paid in part, or at any time."""

    def _query(self, message: Query) -> Said:
        code, reply = super()._query(message)
        if isinstance(reply, QueryReply):
            payer = self._payers[message.account_no]
            open_ones = [(bill, self._due(payer, bill)) for bill in payer.bills]
            reply.payables = [
                PayableView(payable=bill.ref, title=bill.title, mode=bill.mode,
                            due_fen=0 if bill.mode == "open" else due,
                            min_fen=bill.min_fen if bill.mode == "open" else min(bill.min_fen, due),
                            max_fen=bill.max_fen if bill.mode == "open" else due)
                for bill, due in open_ones if due > 0 or bill.mode == "open"
            ]  # fmt: skip
        return code, reply

    def _charge(self, charge: Charge, now: datetime) -> Said:
        payer = self._payers.get(charge.account_no)
        bills = {bill.ref: bill for bill in payer.bills} if payer else {}
        for line in charge.lines if payer else ():
            bill = bills.get(line.payable)
            if bill is None:
                return Code.PAYABLE_UNKNOWN, None
            due = self._due(payer, bill)
            if bill.mode == "partial" and due == 0:
                return Code.ALREADY_PAID, None
            least, most = bill.min_fen, bill.max_fen if bill.mode == "open" else due
            if not min(least, most) <= line.amount_fen <= most:
                return Code.AMOUNT_WRONG, None
        if sum(line.amount_fen for line in charge.lines) != charge.amount_fen:
            return Code.TOTAL_WRONG, None
        if charge.serial in self._tombstones:
            return Code.REVERSED_BEFORE_CHARGE, None
        self._move(charge, 1)
        self._charges[charge.serial] = charge
        return Code.OK, self._payment(charge, now)


class OnePaymentId(OfAnyMode):
    """Each payment has the number of the first."""

    def _payment(self, charge: Charge, now: datetime) -> PaymentReply:
        return replace(super()._payment(charge, now), payment_id=1)
