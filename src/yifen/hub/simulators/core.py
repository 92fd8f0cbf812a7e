"""A core bank 核心系统 as an HTTP server, with faults by script; it keeps accounts and their postings.

POST /accounts/query, /accounts/agree, /postings, /postings/query, /postings/undo, /packs and /packs/query as
`wire.core_port` has them, signed both ways. Unsigned, for who stands beside it: GET /balances (account → fen), GET
/postings (the journal, line by line), GET /codes (a mandate's number → the code that went to its holder's phone).

| fault of a posting or undo, beside those of answers (`signed_door`) | posted? | what the hub sees |
|---|---|---|
| slow | later | processing, until it is posted |
| drop | no | the connection closes without an answer |
| reject | no | refused, for good |

Questions meet faults of answers alone.
"""

import json
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import NamedTuple
from urllib.parse import urlsplit

from msgspec.structs import replace

from yifen.core.wire.core_port import (
    ACCOUNT,
    AGREE,
    PACK,
    PACK_QUERY,
    POST,
    QUERY,
    UNDO,
    CorePackStatus,
    CoreStatus,
    read_account_query,
    read_agree_query,
    read_core_query,
    read_pack,
    read_posting,
    read_undo,
)
from yifen.core.wire.keys import Key
from yifen.core.wire.pin_block import pin_key, pin_of
from yifen.hub.simulators.core_books import CoreBooks
from yifen.hub.simulators.door import Clock
from yifen.hub.simulators.listener import ListenerCall, ListenerReply
from yifen.hub.simulators.signed_door import NOTHING, OF_ANSWERS, SignedDoor

OF_POSTINGS = OF_ANSWERS | {"slow", "drop", "reject"}
REFUSED = "system_closed"


class CorePace(NamedTuple):
    """How slow it is, in seconds: a late answer, a posting that takes its time."""

    late_s: float = 2.0
    post_s: float = 5.0


class SimulatedCore(SignedDoor):
    """Asks its books, and answers."""

    def __init__(
        self, key: Key, books: CoreBooks, clock: Clock, *, postings: Iterable[str] = (), questions: Iterable[str] = (),
        pace: CorePace | None = None,
    ) -> None:  # fmt: skip
        self.books, self._pace = books, pace or CorePace()
        self._slow: dict[str, tuple[datetime, Callable[[], CoreStatus | CorePackStatus]]] = {}
        doors = {ACCOUNT: self._account, POST: self._post, QUERY: self._question, UNDO: self._undo, AGREE: self._agree,
                 PACK: self._pack, PACK_QUERY: self._pack_question}  # fmt: skip
        super().__init__(key, clock, doors, postings, questions, self._pace.late_s)

    def unsigned(self, call: ListenerCall) -> ListenerReply:
        self._carry_out()
        match call.method, urlsplit(call.path).path:
            case "GET", "/balances":
                return ListenerReply(body=json.dumps(self.books.balances()).encode())
            case "GET", "/postings":
                return ListenerReply(body=json.dumps([line._asdict() for line in self.books.journal]).encode())
            case "GET", "/codes":
                return ListenerReply(body=json.dumps(self.books.codes).encode())
        return ListenerReply(404)

    def _agree(self, body: bytes) -> ListenerReply:
        return self.signed(self.books.agree(read_agree_query(body)), self.question_meets())

    def _account(self, body: bytes) -> ListenerReply:
        self._carry_out()
        asked, fault = read_account_query(body), self.question_meets()
        pin = self._pin(asked.pin_block, asked.account_no)
        state = self.books.look(asked.account_no, asked.cheque_no, pin)
        return self.signed(replace(state, nonce=asked.nonce), fault)

    def _post(self, body: bytes) -> ListenerReply:
        asked = read_posting(body)
        pin = self._pin(asked.pin_block, asked.debit)
        return self._asked(asked.serial, lambda refused: self.books.post(asked, pin, refused))

    def _undo(self, body: bytes) -> ListenerReply:
        asked = read_undo(body)
        self._carry_out(asked.original)  # what it has begun it ends first
        return self._asked(asked.serial, lambda _: self.books.undo(asked))

    def _asked(self, serial: str, book: Callable[[str], CoreStatus]) -> ListenerReply:
        self._carry_out()
        fault = self.order_meets()
        if fault == "drop":
            return NOTHING
        if fault == "slow" and serial not in self.books.kept:
            at = self._clock() + timedelta(seconds=self._pace.post_s)
            self._slow.setdefault(serial, (at, lambda: book("")))
        if serial in self._slow:
            return self.signed(CoreStatus(serial, "processing"), fault)
        return self.signed(book(REFUSED if fault == "reject" else ""), fault)

    def _question(self, body: bytes) -> ListenerReply:
        self._carry_out()
        fault, serial = self.question_meets(), read_core_query(body).serial
        slow = CoreStatus(serial, "processing")
        return self.signed(slow if serial in self._slow else self.books.query(serial), fault)

    def _pack(self, body: bytes) -> ListenerReply:
        asked = read_pack(body)
        self._carry_out()
        fault = self.order_meets()
        if fault == "drop":
            return NOTHING
        if fault == "slow" and asked.serial not in self.books.packs:
            at = self._clock() + timedelta(seconds=self._pace.post_s)
            self._slow.setdefault(asked.serial, (at, lambda: self.books.post_pack(asked)))
        if asked.serial in self._slow:
            return self.signed(CorePackStatus(asked.serial, "processing"), fault)
        return self.signed(self.books.post_pack(asked, REFUSED if fault == "reject" else ""), fault)

    def _pack_question(self, body: bytes) -> ListenerReply:
        self._carry_out()
        fault, serial = self.question_meets(), read_core_query(body).serial
        slow = CorePackStatus(serial, "processing")
        return self.signed(slow if serial in self._slow else self.books.pack(serial), fault)

    def _carry_out(self, serial: str = "") -> None:
        """What was slow and is due, or has this serial."""
        for name, (at, book) in list(self._slow.items()):
            if at <= self._clock() or name == serial:
                del self._slow[name]
                book()

    def _pin(self, block: str, account_no: str) -> str | None:
        """As the core reads it; None: none was given. What cannot be read is no PIN of this account."""
        if not block:
            return None
        try:
            return pin_of(block, account_no, pin_key(self._key.secret))
        except ValueError:
            return "?"
