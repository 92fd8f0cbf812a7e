"""The client of a company's vending system: a token by reference, what became of it by reference. Nothing is known
until a signed answer about just that sale is there. Never called inside a database transaction."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import psycopg
from msgspec import Struct

from yifen.core.facts.secrets import KeyRing
from yifen.core.facts.sqlfiles import queries
from yifen.core.wire import http_signed, outbound
from yifen.core.wire.keys import Key
from yifen.core.wire.messages import WireFault
from yifen.core.wire.token_port import (
    ASK,
    ASK_AGAIN,
    TokenOrder,
    TokenQuery,
    TokenStatus,
    encode,
    read_token_status,
)

Clock = Callable[[], datetime]
TIMEOUT_S = 10.0
_SQL = queries(__package__)


class NoTokenAnswer(Exception):
    """The vending system did not answer in time, or not in a way that can be believed."""


class VendingPort:
    """One company's. `timeout_s` bounds each call of it; the clock is passed, never read."""

    def __init__(self, endpoint: str, key: Key, clock: Clock, timeout_s: float = TIMEOUT_S) -> None:
        self._endpoint, self._key, self._clock, self._timeout_s = endpoint.rstrip("/"), key, clock, timeout_s

    def ask(self, order: TokenOrder) -> TokenStatus:
        """For a token; the same reference again is the same token. NoTokenAnswer."""
        status = self._call(ASK, order, order)
        if status.state == "not_found":
            raise NoTokenAnswer("it does not know what it was just asked for")
        return status

    def ask_again(self, order: TokenOrder) -> TokenStatus:
        """What became of it; `not_found`: it was never asked. NoTokenAnswer."""
        return self._call(ASK_AGAIN, TokenQuery(order.reference), order)

    def _call(self, path: str, message: Struct, order: TokenOrder) -> TokenStatus:
        body, url = encode(message), self._endpoint + path
        headers = http_signed.sign_request(
            "POST", urlsplit(url).path, body, self._key, self._now(), order.reference
        )
        try:
            answer = outbound.call("POST", url, headers, body, self._timeout_s)
            http_signed.verify_reply(
                answer.status, answer.headers, answer.body, lambda *_: self._key, self._now()
            )
            status = read_token_status(answer.body)
        except (outbound.NoReply, WireFault, ValueError) as error:
            raise NoTokenAnswer(f"{type(error).__name__}: {error}") from None
        if status.reference != order.reference or status.http_status != answer.status:
            raise NoTokenAnswer("the answer speaks of something else")
        if status.state == "clash":
            raise NoTokenAnswer("it has another order of this reference")
        told = (status.quantity_milli, status.amount_fen)
        if status.state != "not_found" and told != (order.quantity_milli, order.amount_fen):
            raise NoTokenAnswer(f"the answer speaks of {told[0]} for {told[1]} fen")
        return status

    def _now(self) -> int:
        return int(self._clock().timestamp())


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
