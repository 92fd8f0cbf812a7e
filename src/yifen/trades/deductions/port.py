"""The client of a bank's port for deductions: only a signed answer about just this reference and amount counts.
Never called inside a database transaction."""

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any, NamedTuple

import psycopg
from msgspec import Struct

from yifen.core.facts.secrets import KeyRing
from yifen.core.facts.sqlfiles import queries
from yifen.core.partners.roster import key_context
from yifen.core.wire.bank_port import (
    DEDUCT,
    DEDUCTION_BACK,
    DEDUCTION_QUERY,
    Deduction,
    DeductionBack,
    DeductionStatus,
    PaymentQuery,
    read_deducted,
)
from yifen.core.wire.keys import Key
from yifen.core.wire.signed_port import TIMEOUT_S, NoPortAnswer, SignedPort

_SQL = queries(__package__)


class BankWord(NamedTuple):
    """What the bank says, and the bytes under which it signed that: status, headers, body, version of the key."""

    status: DeductionStatus
    signed: bytes


class DeductionPort(SignedPort):
    """Deductions of one bank."""

    def deduct(self, asked: Deduction) -> BankWord:
        """Ask for it; the same reference again is the same deduction. NoPortAnswer."""
        word = self._said(DEDUCT, asked, asked.reference, "", asked.amount_fen)
        if word.status.state == "not_found":
            raise NoPortAnswer("the bank does not know what it was just asked")
        return word

    def query(self, reference: str, amount_fen: int) -> BankWord:
        """What became of it. NoPortAnswer."""
        return self._said(DEDUCTION_QUERY, PaymentQuery(reference), reference, "", amount_fen)

    def back(self, asked: DeductionBack) -> BankWord:
        """Give it back, or block it; the same number again is the same. NoPortAnswer."""
        return self._said(DEDUCTION_BACK, asked, asked.reference, asked.number, asked.amount_fen)

    def _said(self, path: str, message: Struct, reference: str, number: str, amount_fen: int) -> BankWord:
        status, answer = self.told(path, message, number or reference, read_deducted)
        if (status.reference, status.number) != (reference, number) or status.state == "clash":
            raise NoPortAnswer(f"{status.state}: the answer speaks of something else")
        if status.state != "not_found" and status.amount_fen != amount_fen:
            raise NoPortAnswer(f"the bank speaks of {status.amount_fen} fen")
        kept = [self._key.version, answer.status, dict(answer.headers), answer.body.decode()]
        return BankWord(status, json.dumps(kept).encode())


def port_of(
    conn: psycopg.Connection[Any], ring: KeyRing, channel_id: int, clock: Callable[[], datetime],
    timeout_s: float = TIMEOUT_S,
) -> DeductionPort | None:  # fmt: skip
    """The port of a channel's bank; None: it has none, or no key that counts now. A suspended channel is still asked
    what became of money."""
    row = conn.execute(_SQL["port"], (channel_id, clock(), clock())).fetchone()
    if row is None:
        return None
    endpoint, code, version, sealed = row
    return DeductionPort(endpoint, key_of(ring, code, version, sealed), clock, timeout_s)


def key_of(ring: KeyRing, code: str, version: int, sealed: bytes) -> Key:
    """A shared key of a channel, opened. KeyRingError."""
    secret = ring.open(bytes(sealed), key_context(code, version))
    return Key(partner=code, version=version, algorithm="hmac-sha256", secret=secret)
