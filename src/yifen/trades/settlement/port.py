"""The client of a bank's port: submit by reference, query by reference. Nothing is known until a
signed answer about just that payment is there. Never called inside a database transaction."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import psycopg
from msgspec import Struct

from yifen.core.facts.secrets import KeyRing
from yifen.core.facts.sqlfiles import queries
from yifen.core.partners.roster import key_context
from yifen.core.wire.bank_port import (
    QUERY,
    SUBMIT,
    PaymentOrder,
    PaymentQuery,
    PaymentStatus,
    read_status,
)
from yifen.core.wire.keys import Key
from yifen.core.wire.signed_port import TIMEOUT_S, SignedPort
from yifen.core.wire.signed_port import NoPortAnswer as NoPortAnswer

Clock = Callable[[], datetime]
BANK_SQL = queries(__package__)["bank_port"]


class BankPort(SignedPort):
    """Payments of one bank."""

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
        status, _answer = self.told(path, message, reference, read_status)
        if status.reference != reference:
            raise NoPortAnswer("the answer speaks of something else")
        if status.state == "clash":
            raise NoPortAnswer("the bank has another order of this reference")
        return status


def port_of(
    conn: psycopg.Connection[Any], ring: KeyRing, bank_id: int, clock: Clock,
    timeout_s: float = TIMEOUT_S,
) -> BankPort | None:  # fmt: skip
    """The port of a bank with an endpoint and a valid shared key; None: its payouts go by file."""
    row = conn.execute(BANK_SQL, (bank_id, clock(), clock())).fetchone()
    if row is None:
        return None
    endpoint, code, version, sealed = row
    secret = ring.open(bytes(sealed), key_context(code, version))
    key = Key(partner=code, version=version, algorithm="hmac-sha256", secret=secret)
    return BankPort(endpoint, key, clock, timeout_s)
