"""A bank's own books in memory: one customer's account, payments by reference. Pure; no HTTP.

A reference is one payment for ever. A payment is debited when it is carried out, which may be later
than it was ordered; one that comes back 退汇 is credited again, as an entry of its own.
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import NamedTuple

from yifen.core.wire.bank_port import PaymentOrder, PaymentStatus, State


class BankEntry(NamedTuple):
    """One line of the account. `sign` -1: out."""

    at: datetime
    sign: int
    amount_fen: int
    reference: str  # end to end; "" for a payment that came back
    serial: str  # the bank's
    account_no: str
    name: str
    remark: str


class BankPayment:
    """One order and its course: carried out at `done_at`, back at `back_at`, or rejected."""

    def __init__(
        self, order: PaymentOrder, serial: str, done_at: datetime, back_at: datetime | None,
        rejected: str = "",
    ) -> None:  # fmt: skip
        self.order, self.serial, self.done_at, self.back_at = order, serial, done_at, back_at
        self.rejected = rejected
        self.booked = 0  # entries that are written

    def state(self, now: datetime) -> State:
        if self.rejected:
            return "rejected"
        if self.back_at is not None and now >= self.back_at:
            return "returned"
        return "done" if now >= self.done_at else "processing"


class BankBooks:
    """The account of one customer, its payments and its lines. `others`: accounts that pay by the same port, without
    lines here."""

    def __init__(
        self, account_no: str, name: str, opening_fen: int = 10**12, others: Iterable[str] = ()
    ) -> None:  # fmt: skip
        self.account_no, self.name, self.opening_fen = account_no, name, opening_fen
        self._payers = {account_no, *others}
        self.entries: list[BankEntry] = []
        self._payments: dict[str, BankPayment] = {}
        self._serials = 0

    def take(
        self, order: PaymentOrder, now: datetime, *, process_s: float = 0.0,
        back_s: float | None = None, rejected: str = "",
    ) -> PaymentStatus:  # fmt: skip
        """An order, once for each reference. `back_s`: it comes back so long after it left."""
        there = self._payments.get(order.reference)
        if there is not None and there.order != order:
            return PaymentStatus(order.reference, "clash")
        if there is None:
            if not rejected and order.debtor_account not in self._payers:
                rejected = "无此付款账户"
            done_at = now + timedelta(seconds=process_s)
            back_at = None if back_s is None else done_at + timedelta(seconds=back_s)
            there = BankPayment(order, self._serial(), done_at, back_at, rejected)
            self._payments[order.reference] = there
        return self._status(there, now)

    def look(self, reference: str, now: datetime) -> PaymentStatus:
        """What became of an order."""
        there = self._payments.get(reference)
        if there is None:
            return PaymentStatus(reference, "not_found")
        return self._status(there, now)

    def money_in(
        self, amount_fen: int, reference: str, name: str, account_no: str, now: datetime
    ) -> BankEntry:
        """Somebody pays into the account."""
        entry = BankEntry(now, 1, amount_fen, reference, self._serial(), account_no, name, "来账")
        self.entries.append(entry)
        return entry

    def sent(self) -> dict[str, int]:
        """Reference → fen that left the account and did not come back."""
        out = {entry.reference: entry.amount_fen for entry in self.entries if entry.sign < 0}
        back = {entry.remark.removeprefix("退汇 ") for entry in self.entries if entry.sign > 0}
        return {reference: fen for reference, fen in out.items() if reference not in back}

    def carry_out(self, now: datetime) -> None:
        """Write the lines of everything that happened by now."""
        for payment in self._payments.values():
            self._write(payment, now)

    def day(self, day: date, now: datetime) -> tuple[int, list[BankEntry]]:
        """The balance before a day, and the day's lines."""
        self.carry_out(now)
        before = sum(e.sign * e.amount_fen for e in self.entries if e.at.date() < day)
        return self.opening_fen + before, [e for e in self.entries if e.at.date() == day]

    def _status(self, payment: BankPayment, now: datetime) -> PaymentStatus:
        self._write(payment, now)
        order, state = payment.order, payment.state(now)
        return PaymentStatus(
            order.reference, state, order.amount_fen,
            bank_serial="" if state == "processing" else payment.serial,
            return_serial=f"{payment.serial}R" if state == "returned" else "",
            reason=payment.rejected or ("户名不符" if state == "returned" else ""),
        )  # fmt: skip

    def _write(self, payment: BankPayment, now: datetime) -> None:
        order = payment.order
        if payment.rejected or order.debtor_account != self.account_no:
            return
        if payment.booked == 0 and now >= payment.done_at:
            self.entries.append(
                BankEntry(payment.done_at, -1, order.amount_fen, order.reference, payment.serial,
                      order.creditor_account, order.creditor_name, order.purpose)
            )  # fmt: skip
            payment.booked = 1
        if payment.booked == 1 and payment.back_at is not None and now >= payment.back_at:
            self.entries.append(
                BankEntry(payment.back_at, 1, order.amount_fen, "", f"{payment.serial}R",
                      order.creditor_account, order.creditor_name, f"退汇 {order.reference}")
            )  # fmt: skip
            payment.booked = 2

    def _serial(self) -> str:
        self._serials += 1
        return f"BK{self._serials:010d}"
