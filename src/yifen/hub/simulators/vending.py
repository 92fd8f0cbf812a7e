"""A company's vending system 售电系统 as an HTTP server, with faults by script; it keeps the tokens that it made.

POST /tokens and /tokens/query as `wire.token_port` has them, signed both ways. Unsigned, for who stands
beside it: GET /tokens/made, its tokens by reference.

| fault of an order | made? | what the hub sees |
|---|---|---|
| late | yes | the answer, after its time-out |
| lost | yes | the connection closes without an answer |
| twice | yes | the answer, and the same bytes again |
| garbage, forged | yes | bytes that are no answer; one with a wrong signature |
| slow | later | processing, until it is made |
| drop | no | the connection closes without an answer |
| reject | no | rejected, for good |

Of questions: late, lost, twice, garbage, forged.
"""

import hashlib
import json
from collections import deque
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple
from urllib.parse import urlsplit

import msgspec

from yifen.core.wire import http_signed
from yifen.core.wire.keys import Key
from yifen.core.wire.messages import WireFault
from yifen.core.wire.token_port import (
    ASK,
    TokenOrder,
    TokenStatus,
    encode,
    read_token_order,
    read_token_query,
)
from yifen.hub.simulators.door import Clock
from yifen.hub.simulators.listener import Listener, ListenerCall, ListenerReply

OF_TOKEN_ANSWERS = frozenset({"late", "lost", "twice", "garbage", "forged"})
OF_TOKEN_ORDERS = OF_TOKEN_ANSWERS | {"slow", "drop", "reject"}


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


class SimulatedVending:
    """Checks who speaks, makes a token once for each reference, answers; unless a fault says otherwise."""

    def __init__(
        self, key: Key, clock: Clock, *, orders: Iterable[str] = (), questions: Iterable[str] = (),
        pace: VendingPace | None = None,
    ) -> None:  # fmt: skip
        self._key, self._clock, self._pace = key, clock, pace or VendingPace()
        self.orders, self.questions = deque(orders), deque(questions)
        self.made: dict[str, MadeToken] = {}
        self.asked = 0  # orders that were heard, with those that came again
        self.listener: Listener

    async def open(self, host: str = "127.0.0.1", port: int = 0) -> int:
        """Listen; answers the port."""
        self.listener = Listener(self.answer, host, port)
        await self.listener.open()
        return self.listener.port

    async def answer(self, call: ListenerCall) -> ListenerReply:
        """One HTTP request."""
        match call.method, urlsplit(call.path).path:
            case "GET", "/tokens/made":
                told = {made.order.reference: made.token for made in self.made.values() if not made.rejected}
                return ListenerReply(body=json.dumps(told).encode())
            case "POST", ("/tokens" | "/tokens/query") as path:
                return self._signed(call, path)
        return ListenerReply(404)

    def _signed(self, call: ListenerCall, path: str) -> ListenerReply:
        try:
            http_signed.verify("POST", call.path, call.headers, call.body, lambda *_: self._key,
                               self._now(), "http")  # fmt: skip
            return self._order(call.body) if path == ASK else self._question(call.body)
        except (WireFault, ValueError):
            return ListenerReply(400)

    def _order(self, body: bytes) -> ListenerReply:
        order, now = read_token_order(body), self._clock()
        fault = self.orders.popleft() if self.orders else "ok"
        if fault == "drop":
            return ListenerReply(times=0)
        self.asked += 1
        there = self.made.get(order.reference)
        if there is not None and there.order != order:
            return self._reply(TokenStatus(order.reference, "clash"), fault)
        if there is None:
            at = now + timedelta(seconds=self._pace.make_s if fault == "slow" else 0)
            there = MadeToken(order, token_of(order), at, "表号未登记" if fault == "reject" else "")
            self.made[order.reference] = there
        return self._reply(there.status(now), fault)

    def _question(self, body: bytes) -> ListenerReply:
        fault = self.questions.popleft() if self.questions else "ok"
        reference = read_token_query(body).reference
        there = self.made.get(reference)
        return self._reply(there.status(self._clock()) if there else TokenStatus(reference, "not_found"), fault)

    def _reply(self, status: TokenStatus, fault: str) -> ListenerReply:
        body, key = encode(status), self._key
        if fault == "forged":
            key = msgspec.structs.replace(key, secret=b"forged" + key.secret)
        headers = http_signed.sign_reply(status.http_status, body, key, self._now())
        good = ListenerReply(status.http_status, tuple(headers.items()), body)
        match fault:
            case "late":
                return good._replace(late_s=self._pace.late_s)
            case "lost":
                return good._replace(times=0)
            case "twice":
                return good._replace(times=2)
            case "garbage":
                return ListenerReply(200, (), bytes(range(255, 0, -1)))
        return good

    def _now(self) -> int:
        return int(self._clock().timestamp())


def token_of(order: TokenOrder) -> str:
    """20 digits that follow from the order, so that a test can know them. No STS: a meter takes none of them."""
    digest = hashlib.sha256(encode(order)).digest()
    return f"{int.from_bytes(digest[:9]) % 10**20:020d}"
