"""The client of a company's vending system: a token by reference, what became of it by reference. Nothing is known
until a signed answer about just that sale is there. Never called inside a database transaction."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import psycopg
from msgspec import Struct

from yifen.core.facts.secrets import KeyRing
from yifen.core.facts.sqlfiles import queries
from yifen.core.wire.keys import Key
from yifen.core.wire.signed_port import TIMEOUT_S, NoPortAnswer, SignedPort
from yifen.core.wire.token_port import (
    ASK,
    ASK_AGAIN,
    TokenOrder,
    TokenQuery,
    TokenStatus,
    read_token_status,
)

Clock = Callable[[], datetime]
_SQL = queries(__package__)


class VendingPort(SignedPort):
    """One company's."""

    def ask(self, order: TokenOrder) -> TokenStatus:
        """For a token; the same reference again is the same token. NoPortAnswer."""
        status = self._call(ASK, order, order)
        if status.state == "not_found":
            raise NoPortAnswer("it does not know what it was just asked for")
        return status

    def ask_again(self, order: TokenOrder) -> TokenStatus:
        """What became of it; `not_found`: it was never asked. NoPortAnswer."""
        return self._call(ASK_AGAIN, TokenQuery(order.reference), order)

    def _call(self, path: str, message: Struct, order: TokenOrder) -> TokenStatus:
        status, _answer = self.told(path, message, order.reference, read_token_status)
        if status.reference != order.reference:
            raise NoPortAnswer("the answer speaks of something else")
        if status.state == "clash":
            raise NoPortAnswer("it has another order of this reference")
        told = (status.quantity_milli, status.amount_fen)
        if status.state != "not_found" and told != (order.quantity_milli, order.amount_fen):
            raise NoPortAnswer(f"the answer speaks of {told[0]} for {told[1]} fen")
        return status


def port_of(
    conn: psycopg.Connection[Any], ring: KeyRing, biller_id: int, clock: Clock, timeout_s: float = TIMEOUT_S
) -> VendingPort | None:
    """None: the company has no vending system any more."""
    row = conn.execute(_SQL["vending"], (biller_id,)).fetchone()
    if row is None or not row[0]:
        return None
    endpoint, sealed, version, code = row
    secret = ring.open(bytes(sealed), key_context(biller_id))
    return VendingPort(endpoint, Key(partner=code, version=version, algorithm="hmac-sha256", secret=secret), clock,
                       timeout_s)  # fmt: skip


def key_context(biller_id: int) -> str:
    """For what the key is sealed, as the plug has it."""
    return f"billing_vending:{biller_id}"
