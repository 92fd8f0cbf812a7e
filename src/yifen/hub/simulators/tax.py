"""A tax platform 数电票平台 as an HTTP server, with faults by script; it keeps its invoices and red sheets.

POST /invoices, /invoices/query, /sheets, /sheets/query and /invoices/day as `wire.tax_port` has them, signed both ways.
Unsigned, for who stands beside it: GET /issued (order number → number), POST /confirm/ORDER and /refuse/ORDER: the
buyer's word on a sheet.

| fault of an order, beside those of answers (`signed_door`) | issued? | what the hub sees |
|---|---|---|
| slow | later | 20 issuing, 21 signing, then the invoice |
| drop | no | the connection closes without an answer |
| bad_tax_no, quota, login | no | 22 failed |
| sign | no | 24: signing failed |
| buyer, seller (a sheet) | | 02, 03 until it is confirmed; 07 after 72 hours |
| refuse, expire, abnormal, blocked, person (a sheet) | no | 05, 07, 10, 11, 12 |

Questions meet faults of answers alone.
"""

import json
from collections.abc import Iterable
from typing import NamedTuple
from urllib.parse import urlsplit

from yifen.core.wire.keys import Key
from yifen.core.wire.tax_port import (
    DAY,
    ISSUE,
    QUERY,
    SHEET,
    SHEET_QUERY,
    read_day_query,
    read_invoice_order,
    read_order_query,
    read_sheet_order,
)
from yifen.hub.simulators.door import Clock
from yifen.hub.simulators.listener import ListenerCall, ListenerReply
from yifen.hub.simulators.signed_door import NOTHING, OF_ANSWERS, SignedDoor
from yifen.hub.simulators.tax_books import SHEETS, TaxBooks

OF_INVOICES = OF_ANSWERS | {"slow", "drop", "bad_tax_no", "quota", "login", "sign"} | set(SHEETS)


class TaxPace(NamedTuple):
    """How slow it is, in seconds: a late answer, an invoice that takes its time."""

    late_s: float = 2.0
    issue_s: float = 20.0


class SimulatedTax(SignedDoor):
    """Asks its books, and answers."""

    def __init__(
        self, key: Key, books: TaxBooks, clock: Clock, *, orders: Iterable[str] = (), questions: Iterable[str] = (),
        pace: TaxPace | None = None,
    ) -> None:  # fmt: skip
        self.books, self._pace = books, pace or TaxPace()
        doors = {ISSUE: self._issue, QUERY: self._invoice, SHEET: self._ask_sheet, SHEET_QUERY: self._sheet,
                 DAY: self._day}  # fmt: skip
        super().__init__(key, clock, doors, orders, questions, self._pace.late_s)

    def unsigned(self, call: ListenerCall) -> ListenerReply:
        path = urlsplit(call.path).path
        word, _slash, order_no = path[1:].partition("/")
        if (call.method, path) == ("GET", "/issued"):
            told = {one.order.order_no: one.number for one in self.books.issued(self._clock())}
            return ListenerReply(body=json.dumps(told).encode())
        if call.method == "POST" and word in ("confirm", "refuse"):
            return ListenerReply(200 if self.books.confirm(order_no, word == "confirm") else 404)
        return ListenerReply(404)

    def _issue(self, body: bytes) -> ListenerReply:
        order, meets = read_invoice_order(body), self.order_meets()
        if meets == "drop":
            return NOTHING
        return self.signed(self.books.issue(order, meets, self._clock(), self._pace.issue_s), meets)

    def _invoice(self, body: bytes) -> ListenerReply:
        asked, meets = read_order_query(body), self.question_meets()
        return self.signed(self.books.invoice(asked.order_no, self._clock()), meets)

    def _ask_sheet(self, body: bytes) -> ListenerReply:
        order, meets = read_sheet_order(body), self.order_meets()
        if meets == "drop":
            return NOTHING
        return self.signed(self.books.ask_sheet(order, meets, self._clock()), meets)

    def _sheet(self, body: bytes) -> ListenerReply:
        asked, meets = read_order_query(body), self.question_meets()
        return self.signed(self.books.sheet(asked.order_no, self._clock()), meets)

    def _day(self, body: bytes) -> ListenerReply:
        asked, meets = read_day_query(body), self.question_meets()
        return self.signed(self.books.day(asked.seller_tax_no, asked.day, asked.after, self._clock()), meets)
