"""Into the wire log 报文留存: which exchanges with partners are kept, and where they wait.

What is kept is decided per partner; a message is masked before it is written (X3). The queue is
bounded: what finds no room is counted and dropped, for no payment waits for a log.
"""

import re
from collections import Counter, deque
from collections.abc import Sequence
from datetime import datetime
from hashlib import blake2b
from typing import Literal

from msgspec import Struct, json

from yifen.core.facts.account_numbers import clean_account
from yifen.core.facts.codes import Code
from yifen.core.facts.pgarrays import numbers, plain, texts
from yifen.core.facts.sqlfiles import queries
from yifen.core.partners.roster import RosterPartner
from yifen.core.wire.content import HASH_BYTES, content_hash
from yifen.core.wire.kinds import SERIAL
from yifen.core.wire.messages import Request
from yifen.hub.payments.wirelog_mask import BODY_MAX, masked, shown_tail

SLOW_MS = 1000
QUEUE_MAX = 2000
UNPROVED_MAX = 50  # of them in the queue: anyone may send such messages
UNPROVED_SHARE = 5  # of these in one partner's name: a flood in it leaves room for others
UNPROVED_BYTES = 200
SANDBOX_BYTES = 2000  # of such a one in a sandbox's name: its developers look for what is wrong with it
KEEP_SQL = queries(__package__)["keep_messages"]
SERIAL_PATTERN = re.compile(SERIAL.pattern)
Direction = Literal["in", "out"]


class Exchange(Struct, kw_only=True):
    """One message and its answer, filled in by a door as it learns of it. `proved`: a signature
    showed that it comes from `partner`; `serial`: as it was sent, while there is no `message`;
    `result`: what a confirm was told of the original; `mark`: of the signed request, the same when it
    comes again; `fault`: of a sandbox, why it was refused."""

    at: datetime
    dialect: str
    verb: str
    body: bytes
    direction: Direction = "in"
    partner: RosterPartner | None = None
    proved: bool = False
    encoding: str = "utf-8"
    serial: str | None = None
    message: Request | None = None
    code: Code = Code.OK
    result: str | None = None
    mark: bytes = b""
    fault: dict[str, str] | None = None

    @property
    def is_anyones(self) -> bool:
        """Whoever reaches the door may have sent it."""
        return not self.proved and self.dialect != "hosted"


class QueuedExchange(Struct, frozen=True):
    """An exchange in the queue, its bodies cut to what can be kept."""

    exchange: Exchange
    request: tuple[bytes, int]  # the beginning, and how long it was
    reply: tuple[bytes, int]
    ms: int


def is_kept(setting: str, code: Code, ms: int) -> bool:
    """`setting`: all | faults | none, of the partner; a fault is refused, undecided or slow."""
    if setting == "faults":
        return code is not Code.OK or ms > SLOW_MS
    return setting == "all"


def account_hash(account_no: str) -> str:
    """By which messages about one account number are found without keeping it; 32 hex digits."""
    return blake2b(account_no.encode(), digest_size=HASH_BYTES).hexdigest()


class WireLog:
    """Exchanges that are to be written."""

    def __init__(self, most: int = QUEUE_MAX) -> None:
        self._most = most
        self._queue: deque[QueuedExchange] = deque()
        self._unproved: Counter[int] = Counter()  # by partner, of what waits
        self.dropped = 0

    def __len__(self) -> int:
        return len(self._queue)

    def hear(self, exchange: Exchange, reply: bytes, ms: int) -> None:
        """Queue an exchange if its partner wants it kept; never waits."""
        partner = exchange.partner
        if partner is None or not is_kept(partner.wire_log, exchange.code, ms):
            return
        body_max, length = BODY_MAX, len(exchange.body)
        if exchange.is_anyones:
            body_max = SANDBOX_BYTES if exchange.fault else UNPROVED_BYTES
            if self._unproved[partner.id] >= UNPROVED_SHARE or self._unproved.total() >= UNPROVED_MAX:
                self.dropped += 1
                return
        if len(self._queue) >= self._most:
            self.dropped += 1
            return
        self._unproved[partner.id] += exchange.is_anyones
        request = exchange.body[:body_max], length
        exchange.body = b""
        self._queue.append(QueuedExchange(exchange, request, (reply[:BODY_MAX], len(reply)), ms))

    def take(self, most: int) -> list[QueuedExchange]:
        """The oldest of the queue."""
        taken = [self._queue.popleft() for _ in range(min(most, len(self._queue)))]
        self._unproved -= _unproved(taken)  # which forgets who has none left
        return taken

    def put_back(self, taken: Sequence[QueuedExchange]) -> None:
        """What could not be written, as far as there is room."""
        room = max(self._most - len(self._queue), 0)
        self.dropped += max(len(taken) - room, 0)
        kept = taken[len(taken) - min(room, len(taken)) :]
        self._queue.extendleft(reversed(kept))
        self._unproved += _unproved(kept)


def _unproved(waiting: Sequence[QueuedExchange]) -> Counter[int]:
    """How many in whose name."""
    heard = (queued.exchange for queued in waiting)
    return Counter(one.partner.id for one in heard if one.partner is not None and one.is_anyones)


class KeptMessage(Struct, frozen=True):
    """A row of wire_message, masked."""

    at: datetime
    partner_id: int
    direction: str
    verb: str
    serial: str | None
    original_serial: str | None
    account_tail: str | None
    account_hash: str | None
    amount_fen: int | None
    dialect: str
    encoding: str
    proved: bool
    code: int
    result: str | None
    ms: int
    content_hash: str | None
    request_bytes: int
    request: str
    reply: str
    fault: str | None = None  # as JSON


def message_of(waiting: QueuedExchange) -> KeptMessage:
    """What is kept of an exchange."""
    exchange = waiting.exchange
    message, partner = exchange.message, exchange.partner
    assert partner is not None
    account_no = getattr(message, "account_no", None)
    is_ours = exchange.direction == "out"
    return KeptMessage(
        at=exchange.at,
        partner_id=partner.id,
        direction=exchange.direction,
        verb=exchange.verb,
        serial=_serial(exchange),
        original_serial=getattr(message, "original_serial", None),
        account_tail=shown_tail(account_no or "") or None,
        account_hash=account_hash(clean_account(account_no)) if account_no else None,
        amount_fen=getattr(message, "amount_fen", None),
        dialect=exchange.dialect,
        encoding=exchange.encoding,
        proved=exchange.proved,
        code=exchange.code._value_,
        result=exchange.result,
        ms=waiting.ms,
        content_hash=content_hash(message).hex() if message is not None else None,
        request_bytes=waiting.request[1],
        request=masked(*waiting.request, ours=is_ours),
        reply=masked(*waiting.reply, ours=not is_ours),
        fault=json.encode(exchange.fault).decode() if exchange.fault else None,
    )


def _serial(exchange: Exchange) -> str | None:
    """Of the message itself, or the one that a confirm asks about."""
    message = exchange.message
    serial = getattr(message, "serial", None) or getattr(message, "original_serial", None)
    serial = serial or (exchange.serial or "").strip('"')
    return serial if SERIAL_PATTERN.fullmatch(serial) else None


def pack(rows: Sequence[KeptMessage]) -> tuple[str, ...]:
    """The parameters of KEEP_SQL."""
    return (
        plain([row.at.isoformat() for row in rows]),
        numbers([row.partner_id for row in rows]),
        plain([row.direction for row in rows]),
        texts([row.verb for row in rows]),
        plain([row.serial for row in rows]),
        plain([row.original_serial for row in rows]),
        texts([row.account_tail for row in rows]),
        plain([row.account_hash for row in rows]),
        numbers([row.amount_fen for row in rows]),
        plain([row.dialect for row in rows]),
        plain([row.encoding for row in rows]),
        plain([row.proved for row in rows]),
        numbers([row.code for row in rows]),
        plain([row.result for row in rows]),
        numbers([row.ms for row in rows]),
        plain([row.content_hash for row in rows]),
        numbers([row.request_bytes for row in rows]),
        texts([row.request for row in rows]),
        texts([row.reply for row in rows]),
        texts([row.fault for row in rows]),
    )
