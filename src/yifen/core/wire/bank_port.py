"""The bank port 银企直连口: payment orders and deductions 卡扣, and what became of them, as signed JSON over HTTP.

POST /payments takes an order once for each reference; POST /payments/query says what became of one.
POST /deductions debits a customer's account once for each reference, /deductions/query says what became of
one, /deductions/back gives of it back, once for each number of its own; a reference that was never seen is
blocked by it for ever, and so is one that took nothing. Asked again, each answers as before.
Requests and replies are signed as in the JSON dialect (RFC 9421, hmac-sha256). Only a signed answer
about the same reference and amount counts; `not_found` (404) means: never seen.
"""

from typing import Literal

import msgspec
from msgspec import Struct

from yifen.core.wire.decoding import decoded

SUBMIT, QUERY = "/payments", "/payments/query"
State = Literal["processing", "done", "rejected", "returned", "not_found", "clash"]
STATUS: dict[State, int] = {"not_found": 404, "clash": 409}


class PaymentOrder(Struct, forbid_unknown_fields=True, frozen=True):
    """Pay `amount_fen` in CNY to the creditor. `creditor_bank`: its CNAPS number 联行号. The
    reference is the order's key at the bank for ever."""

    reference: str
    amount_fen: int
    debtor_account: str
    debtor_name: str
    creditor_account: str
    creditor_name: str
    creditor_bank: str
    creditor_bank_name: str
    execute_on: str  # yyyy-MM-dd
    purpose: str = ""


class PaymentQuery(Struct, forbid_unknown_fields=True, frozen=True):
    """What became of the order with this reference?"""

    reference: str


class PaymentStatus(Struct, frozen=True):
    """rejected: it never left our account; returned 退汇: it left, and came back as
    `return_serial`; clash: this reference was used for another order."""

    reference: str
    state: State
    amount_fen: int = 0
    bank_serial: str = ""
    return_serial: str = ""
    reason: str = ""

    @property
    def http_status(self) -> int:
        return STATUS.get(self.state, 200)


DEDUCT, DEDUCTION_QUERY, DEDUCTION_BACK = "/deductions", "/deductions/query", "/deductions/back"
DeductionState = Literal["processing", "taken", "refused", "back", "not_found", "clash"]


class Deduction(Struct, forbid_unknown_fields=True, frozen=True):
    """Debit `amount_fen` in CNY from the account or card whose holder has just this name, all of it or nothing.
    The reference is the deduction's key at the bank for ever, and its serial in the bank's day file."""

    reference: str
    amount_fen: int
    account_no: str
    account_name: str
    summary: str = ""


class DeductionBack(Struct, forbid_unknown_fields=True, frozen=True):
    """Give so much of the deduction back to where it came from, under `number`: its key at the bank for ever."""

    reference: str
    number: str
    amount_fen: int
    reason: str = ""


class DeductionStatus(Struct, frozen=True):
    """taken: the account was debited; refused: it was not, and never will be under this reference; back: what
    was asked under `number` was given back; clash: this reference, or number, was used for something else."""

    reference: str
    state: DeductionState
    amount_fen: int = 0
    bank_serial: str = ""
    reason: str = ""
    number: str = ""

    @property
    def http_status(self) -> int:
        return 404 if self.state == "not_found" else 409 if self.state == "clash" else 200


def encode(message: Struct) -> bytes:
    return msgspec.json.encode(message)


def read_order(body: bytes) -> PaymentOrder:
    """ValueError: it is none."""
    return decoded(body, PaymentOrder)


def read_query(body: bytes) -> PaymentQuery:
    """ValueError: it is none."""
    return decoded(body, PaymentQuery)


def read_status(body: bytes) -> PaymentStatus:
    """ValueError: it is none."""
    return decoded(body, PaymentStatus)


def read_deduction(body: bytes) -> Deduction:
    """ValueError: it is none."""
    return decoded(body, Deduction)


def read_back(body: bytes) -> DeductionBack:
    """ValueError: it is none."""
    return decoded(body, DeductionBack)


def read_deducted(body: bytes) -> DeductionStatus:
    """ValueError: it is none."""
    return decoded(body, DeductionStatus)
