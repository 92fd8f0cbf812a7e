"""A company's vending system 售电系统 as an HTTP server, with faults by script; it keeps the tokens that it made.

POST /tokens and /tokens/query as `wire.token_port` has them, signed both ways. Unsigned, for who stands
beside it: GET /tokens/made, its tokens by reference.

| fault of an order, beside those of answers (`signed_door`) | made? | what the hub sees |
|---|---|---|
| slow | later | processing, until it is made |
| drop | no | the connection closes without an answer |
| reject | no | rejected, for good |

Questions meet faults of answers alone.
"""

import hashlib
import json
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple
from urllib.parse import urlsplit

from yifen.core.wire.keys import Key
from yifen.core.wire.token_port import (
    ASK,
    ASK_AGAIN,
    TokenOrder,
    TokenStatus,
    encode,
    read_token_order,
    read_token_query,
)
from yifen.hub.simulators.door import Clock
from yifen.hub.simulators.listener import ListenerCall, ListenerReply
from yifen.hub.simulators.signed_door import NOTHING, OF_ANSWERS, SignedDoor

OF_TOKEN_ORDERS = OF_ANSWERS | {"slow", "drop", "reject"}


class VendingPace(NamedTuple):
    """How slow it is, in seconds: a late answer, a token that takes its time."""

    late_s: float = 2.0
    make_s: float = 5.0


class MadeToken(NamedTuple):
    """An order and its token, from `at` on; rejected: the reason, and none."""

    order: TokenOrder
    token: str
    at: datetime
    rejected: str

    def status(self, now: datetime) -> TokenStatus:
        order = self.order
        if self.rejected:
            return TokenStatus(order.reference, "rejected", order.quantity_milli, order.amount_fen, "", self.rejected)
        if now < self.at:
            return TokenStatus(order.reference, "processing", order.quantity_milli, order.amount_fen)
        return TokenStatus(order.reference, "issued", order.quantity_milli, order.amount_fen, self.token)


class SimulatedVending(SignedDoor):
    """Makes a token once for each reference, and answers."""

    def __init__(
        self, key: Key, clock: Clock, *, orders: Iterable[str] = (), questions: Iterable[str] = (),
        pace: VendingPace | None = None,
    ) -> None:  # fmt: skip
        self._pace = pace or VendingPace()
        doors = {ASK: self._order, ASK_AGAIN: self._question}
        super().__init__(key, clock, doors, orders, questions, self._pace.late_s)
        self.made: dict[str, MadeToken] = {}
        self.asked = 0  # orders that were heard, with those that came again

    def unsigned(self, call: ListenerCall) -> ListenerReply:
        if (call.method, urlsplit(call.path).path) != ("GET", "/tokens/made"):
            return ListenerReply(404)
        told = {made.order.reference: made.token for made in self.made.values() if not made.rejected}
        return ListenerReply(body=json.dumps(told).encode())

    def _order(self, body: bytes) -> ListenerReply:
        order, now = read_token_order(body), self._clock()
        fault = self.order_meets()
        if fault == "drop":
            return NOTHING
        self.asked += 1
        there = self.made.get(order.reference)
        if there is not None and there.order != order:
            return self.signed(TokenStatus(order.reference, "clash"), fault)
        if there is None:
            at = now + timedelta(seconds=self._pace.make_s if fault == "slow" else 0)
            there = MadeToken(order, token_of(order), at, "表号未登记" if fault == "reject" else "")
            self.made[order.reference] = there
        return self.signed(there.status(now), fault)

    def _question(self, body: bytes) -> ListenerReply:
        fault, reference = self.question_meets(), read_token_query(body).reference
        there = self.made.get(reference)
        return self.signed(there.status(self._clock()) if there else TokenStatus(reference, "not_found"), fault)


def token_of(order: TokenOrder) -> str:
    """20 digits that follow from the order, so that a test can know them. No STS: a meter takes none of them."""
    digest = hashlib.sha256(encode(order)).digest()
    return f"{int.from_bytes(digest[:9]) % 10**20:020d}"
