"""What simulators of a signed port share: the door, whose signature counts, and answers that go wrong by script.

| fault of an answer | what the hub sees |
|---|---|
| late | the answer, after its time-out |
| lost | the connection closes without an answer |
| twice | the answer, and the same bytes again |
| garbage, forged | bytes that are no answer; one with a wrong signature |
"""

from collections import deque
from collections.abc import Callable, Iterable, Mapping
from typing import Protocol
from urllib.parse import urlsplit

import msgspec

from yifen.core.wire import http_signed
from yifen.core.wire.keys import Key
from yifen.core.wire.messages import WireFault
from yifen.hub.simulators.door import Clock
from yifen.hub.simulators.listener import Listener, ListenerCall, ListenerReply

OF_ANSWERS = frozenset({"late", "lost", "twice", "garbage", "forged"})
NOTHING = ListenerReply(times=0)  # the connection closes


class SignedStatus(Protocol):
    """An answer, which says its own HTTP status."""

    @property
    def http_status(self) -> int: ...


class SignedDoor:
    """Checks who speaks, has one of `doors` answer, signs that; unless a fault says otherwise. `orders`, `questions`:
    what the first of them meet in turn."""

    def __init__(
        self, key: Key, clock: Clock, doors: Mapping[str, Callable[[bytes], ListenerReply]], orders: Iterable[str],
        questions: Iterable[str], late_s: float,
    ) -> None:  # fmt: skip
        self._key, self._clock, self._doors, self._late_s = key, clock, doors, late_s
        self.orders, self.questions = deque(orders), deque(questions)
        self.listener: Listener

    @property
    def code(self) -> str:
        return self._key.partner

    async def open(self, host: str = "127.0.0.1", port: int = 0) -> int:
        """Listen; answers the port."""
        self.listener = Listener(self.answer, host, port)
        await self.listener.open()
        return self.listener.port

    async def answer(self, call: ListenerCall) -> ListenerReply:
        """One HTTP request."""
        door = self._doors.get(urlsplit(call.path).path) if call.method == "POST" else None
        if door is None:
            return self.unsigned(call)
        try:
            http_signed.verify("POST", call.path, call.headers, call.body, lambda *_: self._key,
                               self._now(), "http")  # fmt: skip
            return door(call.body)
        except (WireFault, ValueError):
            return ListenerReply(400)

    def unsigned(self, call: ListenerCall) -> ListenerReply:
        """For who stands beside it."""
        return ListenerReply(404)

    def order_meets(self) -> str:
        return self.orders.popleft() if self.orders else "ok"

    def question_meets(self) -> str:
        return self.questions.popleft() if self.questions else "ok"

    def signed(self, status: SignedStatus, fault: str) -> ListenerReply:
        """The answer as it leaves."""
        body, key = msgspec.json.encode(status), self._key
        if fault == "forged":
            key = msgspec.structs.replace(key, secret=b"forged" + key.secret)
        headers = http_signed.sign_reply(status.http_status, body, key, self._now())
        good = ListenerReply(status.http_status, tuple(headers.items()), body)
        match fault:
            case "late":
                return good._replace(late_s=self._late_s)
            case "lost":
                return NOTHING
            case "twice":
                return good._replace(times=2)
            case "garbage":
                return ListenerReply(200, (), bytes(range(255, 0, -1)))
        return good

    def _now(self) -> int:
        return int(self._clock().timestamp())


def read_words(text: str, known: frozenset[str]) -> list[str]:
    """`ok,late,drop`: what the first, second, third meets. ValueError for a word that is none."""
    words = [word for word in text.split(",") if word]
    for word in words:
        if word != "ok" and word not in known:
            raise ValueError(f"{word!r} is not one of {', '.join(sorted(known))}")
    return words
