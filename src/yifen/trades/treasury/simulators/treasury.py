"""A treasury 国库 as an HTTP server, with faults by script: it takes quota and claims, and sends quota and its checks.

POST /vouchers (2301 and 2302), /vouchers/query, /quotas (5102 and 5103) and /papers/day (5101, 5102, 5103; 3504, 3507)
as `wire.paper_port` has them, signed both ways; the finance bureau and the agent bank have one key with it. Unsigned,
for who stands beside it: GET /books (claim → fen cleared, quota by unit and function); POST /grant?bureau=…&unit=…&
func=…&fen=… makes a 5103 of today (`kind`, `number`, `year`, `month`, `eco`, `budget`, `account`, `adjusts` besides).

| fault of a claim or quota, beside those of answers (`signed_door`) | what becomes of it |
|---|---|
| drop | it never came, the connection closes |
"""

import json
from collections.abc import Iterable
from datetime import date
from urllib.parse import parse_qsl, urlsplit

from yifen.core.facts.refused import Refused
from yifen.core.wire.keys import Key
from yifen.hub.simulators.door import Clock
from yifen.hub.simulators.listener import ListenerCall, ListenerReply
from yifen.hub.simulators.signed_door import NOTHING, OF_ANSWERS, SignedDoor
from yifen.trades.treasury.codes import TreasuryCode as C
from yifen.trades.treasury.simulators.treasury_books import TreasuryBooks
from yifen.trades.treasury.wire.cfx import cfx_bytes, read_cfx
from yifen.trades.treasury.wire.checks import check_cfx, check_voucher
from yifen.trades.treasury.wire.mof import read_voucher, voucher_bytes
from yifen.trades.treasury.wire.paper_port import (
    DAY,
    PAPERS_MOST,
    QUERY,
    QUOTA,
    TAKE,
    DayPapers,
    PaperOrder,
    PaperStatus,
    read_day_query,
    read_paper_order,
    read_paper_query,
)

OF_CLAIMS = OF_ANSWERS | {"drop"}
ODD = ("", "missing", "other", "pack")


class SimulatedTreasury(SignedDoor):
    """Asks its books, and answers."""

    def __init__(
        self, key: Key, books: TreasuryBooks, clock: Clock, *, orders: Iterable[str] = (),
        questions: Iterable[str] = (), late_s: float = 2.0,
    ) -> None:  # fmt: skip
        self.books = books
        doors = {TAKE: self._claim, QUERY: self._question, QUOTA: self._quota, DAY: self._day}
        super().__init__(key, clock, doors, orders, questions, late_s)

    def unsigned(self, call: ListenerCall) -> ListenerReply:
        if (call.method, urlsplit(call.path).path) == ("GET", "/books"):
            cleared = {number: voucher.bill.fen("PayAmt") for number, (voucher, _day) in self.books.claims.items()}
            return ListenerReply(body=json.dumps({"cleared": cleared, "quota": self.books.quota_fen()}).encode())
        if (call.method, urlsplit(call.path).path) == ("POST", "/grant"):
            try:
                told = self.books.grant(dict(parse_qsl(urlsplit(call.path).query)), self._clock().date())
                return ListenerReply(body=cfx_bytes(told))
            except (KeyError, ValueError, Refused) as error:
                return ListenerReply(400, body=repr(error).encode())
        return ListenerReply(404)

    def _claim(self, body: bytes) -> ListenerReply:
        order, fault = read_paper_order(body), self.order_meets()
        return NOTHING if fault == "drop" else self.signed(self._taken(order), fault)

    def _taken(self, order: PaperOrder) -> PaperStatus:
        today = self._clock().date()
        try:
            voucher = read_voucher(order.paper)
            if voucher.kind not in ("2301", "2302") or voucher.number != order.reference:
                raise Refused(C.PAPER_KIND, "VtCode", voucher.kind)
            check_voucher(voucher, today)
            answered = self.books.take(voucher, today)
        except Refused as refused:
            return PaperStatus(order.reference, "refused", code=int(refused.code), reason=refused.field)
        if answered is None:
            return PaperStatus(order.reference, "clash")
        return PaperStatus(order.reference, "answered", voucher_bytes(answered))

    def _quota(self, body: bytes) -> ListenerReply:
        order, fault = read_paper_order(body), self.order_meets()
        if fault == "drop":
            return NOTHING
        try:
            told = read_cfx(order.paper)
            if told.number not in ("5102", "5103"):
                raise Refused(C.PAPER_KIND, "MsgNo", told.number)
            check_cfx(told, self._clock().date())
        except Refused as refused:
            why = PaperStatus(order.reference, "refused", code=int(refused.code), reason=refused.field)
            return self.signed(why, fault)
        fits = self.books.quota(order.reference, told)
        return self.signed(PaperStatus(order.reference, "answered" if fits else "clash"), fault)

    def _question(self, body: bytes) -> ListenerReply:
        asked, fault = read_paper_query(body).reference, self.question_meets()
        if asked in self.books.quotas:
            return self.signed(PaperStatus(asked, "answered"), fault)
        if asked not in self.books.claims:
            return self.signed(PaperStatus(asked, "not_found"), fault)
        voucher, day = self.books.claims[asked]
        answered = self.books.take(voucher, day)
        return self.signed(PaperStatus(asked, "answered", voucher_bytes(answered) if answered else b""), fault)

    def _day(self, body: bytes) -> ListenerReply:
        asked, fault = read_day_query(body), self.question_meets()
        day = date.fromisoformat(asked.day)
        papers = [cfx_bytes(told) for told in self.books.quotas_of(asked.kind, day)]
        if asked.kind in ("3504", "3507"):
            papers = [voucher_bytes(voucher) for voucher in self.books.checks(asked.kind, day)]
        told = tuple(papers[:PAPERS_MOST])
        return self.signed(DayPapers(asked.reference, told, len(papers) > PAPERS_MOST), fault)
