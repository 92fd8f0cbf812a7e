"""An agent bank 代理银行 as an HTTP server, with faults by script: it repays cards, tells a hub of swipes.

POST /vouchers, /vouchers/query and /papers/day as `wire.paper_port` has them, POST /cards/query for swipes that it told
of, signed both ways. Unsigned, for who stands beside it: GET /books (detail → fen that went out), POST /tell?to=/path:
the body is signed (`serial`: its number) and posted to the hub's door (`times=2`: twice; 0: it is only asked for), its
answer is answered; POST /close?day=yyyy-MM-dd: the day's claims go to the treasury.

| fault of a voucher, beside those of answers (`signed_door`) | what becomes of it |
|---|---|
| slow | nothing is decided for a while |
| drop | it never came, the connection closes |
| fail, part | no line is paid; every second one is not, with its reason |
| hold | every second line waits three working days, and fails then |
| back | paid, and every second line comes back 退票 after a while |
"""

import json
from collections.abc import Iterable
from datetime import date
from typing import NamedTuple
from urllib.parse import parse_qs, urlsplit

from yifen.core.facts.refused import Refused
from yifen.core.wire import http_signed
from yifen.core.wire.bank_port import encode
from yifen.core.wire.cards_port import CARDS_QUERY, read_cards_query
from yifen.core.wire.keys import Key
from yifen.hub.simulators.door import Clock
from yifen.hub.simulators.lines import LineError, Lines
from yifen.hub.simulators.listener import ListenerCall, ListenerReply
from yifen.hub.simulators.signed_door import NOTHING, OF_ANSWERS, SignedDoor
from yifen.trades.treasury.simulators.agent_books import AgentBooks
from yifen.trades.treasury.simulators.card_words import CardWords
from yifen.trades.treasury.wire.checks import check_voucher
from yifen.trades.treasury.wire.mof import MofVoucher, read_voucher, voucher_bytes
from yifen.trades.treasury.wire.paper_port import (
    DAY,
    PAPERS_MOST,
    QUERY,
    TAKE,
    DayPapers,
    PaperOrder,
    PaperStatus,
    read_day_query,
    read_paper_order,
    read_paper_query,
    reference_of,
)

OF_VOUCHERS = OF_ANSWERS | {"slow", "drop", "fail", "part", "hold", "back"}


class AgentPace(NamedTuple):
    """In seconds: a late answer, a slow voucher, a line that comes back."""

    late_s: float = 2.0
    process_s: float = 5.0
    back_s: float = 0.0


class Neighbours(NamedTuple):
    """Where the hub's doors and the treasury's port are; empty: not told. The treasury's key is another one."""

    hub: str = ""
    treasury: str = ""
    treasury_key: Key | None = None


class SimulatedAgentBank(SignedDoor):
    """Asks its books, and answers."""

    def __init__(
        self, key: Key, books: AgentBooks, clock: Clock, *, orders: Iterable[str] = (), questions: Iterable[str] = (),
        pace: AgentPace | None = None, neighbours: Neighbours | None = None,
    ) -> None:  # fmt: skip
        self.books, self._pace, self._neighbours = books, pace or AgentPace(), neighbours or Neighbours()
        self.words = CardWords()
        doors = {TAKE: self._take, QUERY: self._question, DAY: self._day, CARDS_QUERY: self._swipes}
        super().__init__(key, clock, doors, orders, questions, self._pace.late_s)

    async def answer(self, call: ListenerCall) -> ListenerReply:
        """What it posts to others takes a while; all else is as of any door."""
        match call.method, urlsplit(call.path).path:
            case "POST", "/tell":
                return await self._tell(call)
            case "POST", "/close":
                return await self._close(call)
        return await super().answer(call)

    def unsigned(self, call: ListenerCall) -> ListenerReply:
        if (call.method, urlsplit(call.path).path) == ("GET", "/books"):
            return ListenerReply(body=json.dumps(self.books.paid(self._clock())).encode())
        return ListenerReply(404)

    def _take(self, body: bytes) -> ListenerReply:
        order, fault = read_paper_order(body), self.order_meets()
        if fault == "drop":
            return NOTHING
        try:
            voucher = read_voucher(order.paper)
            check_voucher(voucher, self._clock().date())
            ours = reference_of(voucher.bill.text("AdmDivCode"), voucher.number)
            if voucher.kind != "8202" or ours != order.reference:
                return self.signed(PaperStatus(order.reference, "refused", reason="8202"), fault)
        except Refused as refused:
            why = PaperStatus(order.reference, "refused", code=int(refused.code), reason=refused.field)
            return self.signed(why, fault)
        fits = self.books.take(voucher, fault, self._clock(), self._pace.process_s, self._pace.back_s)
        return self.signed(self._status(order.reference) if fits else PaperStatus(order.reference, "clash"), fault)

    def _question(self, body: bytes) -> ListenerReply:
        fault = self.question_meets()
        return self.signed(self._status(read_paper_query(body).reference), fault)

    def _status(self, number: str) -> PaperStatus:
        if number not in self.books.kept:
            return PaperStatus(number, "not_found")
        answered = self.books.answer(number, self._clock())
        if answered is None:
            return PaperStatus(number, "taken")
        return PaperStatus(number, "answered", voucher_bytes(answered))

    def _day(self, body: bytes) -> ListenerReply:
        asked, fault = read_day_query(body), self.question_meets()
        papers = self._papers(asked.kind, date.fromisoformat(asked.day))
        told = tuple(voucher_bytes(voucher) for voucher in papers[:PAPERS_MOST])
        return self.signed(DayPapers(asked.reference, told, len(papers) > PAPERS_MOST), fault)

    def _swipes(self, body: bytes) -> ListenerReply:
        asked, fault = read_cards_query(body), self.question_meets()
        return self.signed(self.words.answer(asked), fault)

    def _papers(self, kind: str, day: date) -> list[MofVoucher]:
        return self.books.papers(kind, day, self._clock()) if kind in ("2301", "2302", "2203") else []

    async def _tell(self, call: ListenerCall) -> ListenerReply:
        """A notice of cards or swipes to the hub, signed as the bank's."""
        asked = parse_qs(urlsplit(call.path).query)
        path, times = asked.get("to", [""])[0], int(asked.get("times", ["1"])[0])
        if times and (not self._neighbours.hub or not path.startswith("/")):
            return ListenerReply(400)
        self.words.keep(call.body)
        said = ListenerReply(502 if times else 200)
        for _time in range(times):
            said = await self._post(self._neighbours.hub, path, call.body, self._key, asked.get("serial", [""])[0])
        return said

    async def _close(self, call: ListenerCall) -> ListenerReply:
        """The end of a day: its claims, then its refunds, to the treasury."""
        key = self._neighbours.treasury_key
        try:
            day = date.fromisoformat(parse_qs(urlsplit(call.path).query)["day"][0])
        except (KeyError, ValueError):
            return ListenerReply(400)
        if not self._neighbours.treasury or key is None:
            return ListenerReply(400)
        said = []
        for voucher in [*self._papers("2301", day), *self._papers("2302", day)]:
            body = encode(PaperOrder(voucher.number, voucher_bytes(voucher)))
            reply = await self._post(self._neighbours.treasury, TAKE, body, key, voucher.number)
            said.append([voucher.number, reply.status])
        return ListenerReply(body=json.dumps(said).encode())

    async def _post(self, base: str, path: str, body: bytes, key: Key, number: str) -> ListenerReply:
        lines = Lines(base, 20.0)
        headers = http_signed.sign_request("POST", path, body, key, self._now(), number or None)
        try:
            answer = await lines.post(path, headers, body)
        except LineError as error:
            return ListenerReply(502, body=str(error).encode())
        finally:
            await lines.close()
        return ListenerReply(answer.status, body=answer.content)
