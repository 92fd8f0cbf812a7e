"""A bank's port as an HTTP server, with faults by script; it keeps an account and gives statements.

POST /payments, /payments/query, /deductions, /deductions/query and /deductions/back as `wire.bank_port` has
them, signed both ways. Unsigned, for who stands beside it: GET /statement?day=yyyy-MM-dd (camt.053), GET
/books, POST /incoming.

| fault of an order, beside those of answers (`signed_door`) | paid? | what the hub sees |
|---|---|---|
| slow | later | processing, until it is carried out |
| back | yes | done, and returned 退汇 after a while |
| drop | no | the connection closes without an answer |
| reject | no | rejected, for good |

What is paid to an account that it knows as closed comes back too.

Deductions meet the same but `back`; a `reject`ed one is refused. Questions, and what is given back (which is done),
meet faults of answers alone.
"""

import json
from collections.abc import Iterable
from datetime import date
from typing import NamedTuple
from urllib.parse import parse_qs, urlsplit

import msgspec

from yifen.core.wire.bank_port import (
    DEDUCT,
    DEDUCTION_BACK,
    DEDUCTION_QUERY,
    QUERY,
    SUBMIT,
    read_back,
    read_deduction,
    read_order,
    read_query,
)
from yifen.core.wire.decoding import decoded
from yifen.core.wire.keys import Key
from yifen.hub.simulators.bank_books import BankBooks
from yifen.hub.simulators.bank_deductions import FAULTY, BankDeductions
from yifen.hub.simulators.bank_statement import camt053
from yifen.hub.simulators.door import Clock
from yifen.hub.simulators.listener import ListenerCall, ListenerReply
from yifen.hub.simulators.signed_door import NOTHING, OF_ANSWERS, SignedDoor

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


class SimulatedBank(SignedDoor):
    """Asks its books, and answers."""

    def __init__(
        self, key: Key, books: BankBooks, clock: Clock, *, orders: Iterable[str] = (),
        questions: Iterable[str] = (), pace: Pace | None = None, deductions: BankDeductions | None = None,
    ) -> None:  # fmt: skip
        self.books, self.deductions, self._pace = books, deductions or BankDeductions([]), pace or Pace()
        doors = {SUBMIT: self._order, QUERY: self._question, DEDUCT: self._deduct,
                 DEDUCTION_QUERY: self._deducted, DEDUCTION_BACK: self._give_back}  # fmt: skip
        super().__init__(key, clock, doors, orders, questions, self._pace.late_s)

    def unsigned(self, call: ListenerCall) -> ListenerReply:
        match call.method, urlsplit(call.path).path:
            case "GET", "/statement":
                return self._statement(call.path)
            case "GET", "/books":
                self.books.carry_out(self._clock())
                return ListenerReply(body=json.dumps(self.books.sent()).encode())
            case "POST", "/incoming":
                return self._incoming(call)
        return ListenerReply(404)

    def _deduct(self, body: bytes) -> ListenerReply:
        asked, fault = read_deduction(body), self.order_meets()
        if fault == "drop":
            return NOTHING
        status = self.deductions.take(asked, self._clock(), self._pace.process_s if fault == "slow" else 0.0,
                                      FAULTY if fault == "reject" else "")  # fmt: skip
        return self.signed(status, fault)

    def _deducted(self, body: bytes) -> ListenerReply:
        fault = self.question_meets()
        return self.signed(self.deductions.look(read_query(body).reference, self._clock()), fault)

    def _give_back(self, body: bytes) -> ListenerReply:
        fault = self.question_meets()
        return self.signed(self.deductions.give_back(read_back(body), self._clock()), fault)

    def _order(self, body: bytes) -> ListenerReply:
        order, fault = read_order(body), self.order_meets()
        if fault == "drop":
            return NOTHING
        status = self.books.take(
            order, self._clock(), process_s=self._pace.process_s if fault == "slow" else 0.0,
            back_s=self._pace.back_s if fault == "back" or self.deductions.is_closed(order.creditor_account) else None,
            rejected="账户状态异常" if fault == "reject" else "",
        )  # fmt: skip
        return self.signed(status, fault)

    def _question(self, body: bytes) -> ListenerReply:
        fault = self.question_meets()
        return self.signed(self.books.look(read_query(body).reference, self._clock()), fault)

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
