"""The bank port 银企直连口: payment orders and what became of them, as signed JSON over HTTP.

POST /payments takes an order once for each reference; POST /payments/query says what became of one.
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
