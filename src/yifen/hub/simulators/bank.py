"""A bank's port as an HTTP server, with faults by script; it keeps an account and gives statements.

POST /payments, /payments/query, /deductions, /deductions/query and /deductions/back as `wire.bank_port` has
them, signed both ways. Unsigned, for who stands beside it: GET /statement?day=yyyy-MM-dd (camt.053), GET
/books, POST /incoming.

| fault of an order | paid? | what the hub sees |
|---|---|---|
| late | yes | the answer, after its time-out |
| lost | yes | the connection closes without an answer |
| twice | yes | the answer, and the same bytes again |
| garbage, forged | yes | bytes that are no answer; one with a wrong signature |
| slow | later | processing, until it is carried out |
| back | yes | done, and returned 退汇 after a while |
| drop | no | the connection closes without an answer |
| reject | no | rejected, for good |

Deductions meet the same but `back`; a `reject`ed one is refused. Of questions, and of what is given back (which
is done): late, lost, twice, garbage, forged.
"""

import json
from collections import deque
from collections.abc import Callable, Iterable
from datetime import date
from typing import NamedTuple
from urllib.parse import parse_qs, urlsplit

import msgspec

from yifen.core.wire import http_signed
from yifen.core.wire.bank_port import (
    DEDUCT,
    DEDUCTION_BACK,
    DEDUCTION_QUERY,
    QUERY,
    SUBMIT,
    DeductionStatus,
    PaymentStatus,
    encode,
    read_back,
    read_deduction,
    read_order,
    read_query,
)
from yifen.core.wire.decoding import decoded
from yifen.core.wire.keys import Key
from yifen.core.wire.messages import WireFault
from yifen.hub.simulators.bank_books import BankBooks
from yifen.hub.simulators.bank_deductions import FAULTY, BankDeductions
from yifen.hub.simulators.bank_statement import camt053
from yifen.hub.simulators.door import Clock
from yifen.hub.simulators.listener import Listener, ListenerCall, ListenerReply

OF_ANSWERS = frozenset({"late", "lost", "twice", "garbage", "forged"})
OF_ORDERS = OF_ANSWERS | {"slow", "back", "drop", "reject"}


class Pace(NamedTuple):
    """How slow it is, in seconds: a late answer, a slow payment, one that comes back."""

    late_s: float = 2.0
    process_s: float = 5.0
    back_s: float = 0.0


class Incoming(msgspec.Struct, forbid_unknown_fields=True):
    """Money for the account, for example of a channel's day."""

    amount_fen: int
    reference: str
    name: str = "渠道清算"
    account_no: str = "2430000000000001"


class SimulatedBank:
    """Checks who speaks, asks its books, answers; unless a fault says otherwise."""

    def __init__(
        self, key: Key, books: BankBooks, clock: Clock, *, orders: Iterable[str] = (),
        questions: Iterable[str] = (), pace: Pace | None = None, deductions: BankDeductions | None = None,
    ) -> None:  # fmt: skip
        self._key, self.books, self._clock = key, books, clock
        self.deductions = deductions or BankDeductions([])
        self._pace = pace or Pace()
        self.orders, self.questions = deque(orders), deque(questions)
        self.listener: Listener

    async def open(self, host: str = "127.0.0.1", port: int = 0) -> int:
        """Listen; answers the port."""
        self.listener = Listener(self.answer, host, port)
        await self.listener.open()
        return self.listener.port

    async def answer(self, call: ListenerCall) -> ListenerReply:
        """One HTTP request."""
        path = urlsplit(call.path).path
        match call.method, path:
            case "GET", "/statement":
                return self._statement(call.path)
            case "GET", "/books":
                self.books.carry_out(self._clock())
                return ListenerReply(body=json.dumps(self.books.sent()).encode())
            case "POST", "/incoming":
                return self._incoming(call)
            case "POST", path if path in self._doors():
                return self._signed(call)
        return ListenerReply(404)

    def _signed(self, call: ListenerCall) -> ListenerReply:
        try:
            http_signed.verify("POST", call.path, call.headers, call.body, lambda *_: self._key,
                               self._now(), "http")  # fmt: skip
            return self._doors()[call.path](call.body)
        except (WireFault, ValueError):
            return ListenerReply(400)

    def _doors(self) -> dict[str, Callable[[bytes], ListenerReply]]:
        return {SUBMIT: self._order, QUERY: self._question, DEDUCT: self._deduct,
                DEDUCTION_QUERY: self._deducted, DEDUCTION_BACK: self._give_back}  # fmt: skip

    def _deduct(self, body: bytes) -> ListenerReply:
        asked, fault = read_deduction(body), self.orders.popleft() if self.orders else "ok"
        if fault == "drop":
            return ListenerReply(times=0)
        status = self.deductions.take(asked, self._clock(), self._pace.process_s if fault == "slow" else 0.0,
                                      FAULTY if fault == "reject" else "")  # fmt: skip
        return self._reply(status, fault)

    def _deducted(self, body: bytes) -> ListenerReply:
        fault = self.questions.popleft() if self.questions else "ok"
        return self._reply(self.deductions.look(read_query(body).reference, self._clock()), fault)

    def _give_back(self, body: bytes) -> ListenerReply:
        fault = self.questions.popleft() if self.questions else "ok"
        return self._reply(self.deductions.give_back(read_back(body), self._clock()), fault)

    def _order(self, body: bytes) -> ListenerReply:
        order, now = read_order(body), self._clock()
        fault = self.orders.popleft() if self.orders else "ok"
        if fault == "drop":
            return ListenerReply(times=0)
        status = self.books.take(
            order, now, process_s=self._pace.process_s if fault == "slow" else 0.0,
            back_s=self._pace.back_s if fault == "back" else None,
            rejected="账户状态异常" if fault == "reject" else "",
        )  # fmt: skip
        return self._reply(status, fault)

    def _question(self, body: bytes) -> ListenerReply:
        fault = self.questions.popleft() if self.questions else "ok"
        status = self.books.look(read_query(body).reference, self._clock())
        return self._reply(status, fault)

    def _reply(self, status: PaymentStatus | DeductionStatus, fault: str) -> ListenerReply:
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

    def _statement(self, target: str) -> ListenerReply:
        try:
            day = date.fromisoformat(parse_qs(urlsplit(target).query)["day"][0])
        except (KeyError, ValueError):
            return ListenerReply(400)
        now = self._clock()
        opening, entries = self.books.day(day, now)
        body = camt053(self.books.account_no, day, opening, entries, now)
        return ListenerReply(200, (("content-type", "application/xml"),), body)

    def _incoming(self, call: ListenerCall) -> ListenerReply:
        try:
            money = decoded(call.body, Incoming)
        except ValueError:
            return ListenerReply(400)
        entry = self.books.money_in(money.amount_fen, money.reference, money.name,
                                    money.account_no, self._clock())  # fmt: skip
        return ListenerReply(body=json.dumps({"serial": entry.serial}).encode())

    def _now(self) -> int:
        return int(self._clock().timestamp())


def read_words(text: str, known: frozenset[str]) -> list[str]:
    """`ok,late,drop`: what the first, second, third meets. ValueError for a word that is none."""
    words = [word for word in text.split(",") if word]
    for word in words:
        if word != "ok" and word not in known:
            raise ValueError(f"{word!r} is not one of {', '.join(sorted(known))}")
    return words
