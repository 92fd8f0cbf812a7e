"""The client of a bank's port for payments: submit by reference, query by reference. Nothing is known until a signed
answer about just that payment is there. Never called inside a database transaction."""

from msgspec import Struct

from yifen.core.wire.bank_port import (
    QUERY,
    SUBMIT,
    PaymentOrder,
    PaymentQuery,
    PaymentStatus,
    read_status,
)
from yifen.core.wire.outbound import Answer
from yifen.core.wire.signed_port import NoPortAnswer, SignedPort


class BankPort(SignedPort):
    """Payments of one bank. `last`: the signed answer that the newest status was read of."""

    last: Answer | None = None

    def submit(self, order: PaymentOrder) -> PaymentStatus:
        """Send it; the same reference again is the same payment. NoPortAnswer."""
        status = self._ask(SUBMIT, order, order.reference)
        if status.state == "not_found" or status.amount_fen != order.amount_fen:
            raise NoPortAnswer(f"{status.state} {status.amount_fen} fen: the answer does not fit")
        return status

    def query(self, reference: str, amount_fen: int) -> PaymentStatus:
        """What became of it. NoPortAnswer."""
        status = self._ask(QUERY, PaymentQuery(reference), reference)
        if status.state != "not_found" and status.amount_fen != amount_fen:
            raise NoPortAnswer(f"the bank speaks of {status.amount_fen} fen")
        return status

    def _ask(self, path: str, message: Struct, reference: str) -> PaymentStatus:
        status, self.last = self.told(path, message, reference, read_status)
        if status.reference != reference:
            raise NoPortAnswer("the answer speaks of something else")
        if status.state == "clash":
            raise NoPortAnswer("the bank has another order of this reference")
        return status
