"""A request and its answer, as ASGI's `receive` and `send` see them."""

import asyncio
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from yifen.core.incoming.http1 import HttpConnection

Fields = list[tuple[bytes, bytes]]


class HttpExchange:
    """`whole`: all of its body has come; `held`: how much of it waits here; `keep`: another request may follow;
    `refused`: by this number, at once; `started`, `ended`: of its answer."""

    __slots__ = ("_connection", "_head", "_parts", "_taken", "_waiting", "ended", "expects", "fields", "held", "keep",
                 "method", "refused", "started", "url", "whole")  # fmt: skip

    def __init__(self, connection: "HttpConnection", refused: int = 0) -> None:
        self._connection, self.refused = connection, refused
        self.url, self.method, self.held = b"", "", 0
        self.fields: Fields = []
        self._parts: list[bytes] = []
        self.expects = self.whole = self._taken = self.keep = self.started = self.ended = False
        self._head = b""
        self._waiting: asyncio.Future[None] | None = None

    def add(self, part: bytes) -> None:
        """Of its body."""
        self._parts.append(part)
        self.held += len(part)
        self.wake()

    def head_bytes(self) -> int:
        return len(self.url) + sum(len(name) + len(value) for name, value in self.fields)

    def body(self) -> bytes | None:
        """If all of it has come."""
        return b"".join(self._parts) if self.whole else None

    def wake(self) -> None:
        """There is more of it, or no more will come."""
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(None)

    async def receive(self) -> dict[str, Any]:
        while not (self._parts or (self.whole and not self._taken)):
            if self._connection.is_gone:
                return {"type": "http.disconnect"}
            self._waiting = self._connection.loop.create_future()
            await self._waiting
        body = b"".join(self._parts)
        self._parts.clear()
        self.held, self._taken = 0, self.whole
        self._connection.flow()
        return {"type": "http.request", "body": body, "more_body": not self.whole}

    async def send(self, event: dict[str, Any]) -> None:
        """Gone: the caller hung up."""
        if event["type"] == "http.response.start":
            self._head = self._connection.head_of(self, event["status"], event["headers"])
            return
        body = b"" if self.method == "HEAD" else event.get("body", b"")
        head, self._head, self.started = self._head, b"", True
        await self._connection.tell(self, head + body, event.get("more_body", False))
