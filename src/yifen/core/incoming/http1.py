"""HTTP/1.1 as it comes in over one connection: requests bounded in every way, answered in their order.

llhttp reads the bytes, and refuses what two readers could take for two things. Here is what it leaves open: how much,
how long, how many, and what becomes of what nobody reads.
"""

import asyncio
import re
from collections import deque
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import httptools

from yifen.core.facts.addresses import caller_of
from yifen.core.facts.request_ids import APART
from yifen.core.incoming.bodies import WHOLE, Gone
from yifen.core.incoming.http_exchange import Fields, HttpExchange
from yifen.core.incoming.leaving import IDLE_S

if TYPE_CHECKING:
    from yifen.core.incoming.front import Front

HEAD_S = IDLE_S  # to send a head, and to begin the next one on a connection that is kept
HEAD_BYTES_MAX, FIELDS_MAX = 32 * 1024, 100
AHEAD = 64 * 1024  # of a body: the rest is read once the application took that
PIPELINED_MAX = 16
LINGER_S = 2.0  # for the rest of a body that nobody wants: who is cut off while he sends reads no answer
TAKEN_S_MAX = 30.0  # for the end of an answer
ASGI = {"version": "3.0"}
HOST = re.compile(rb"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._~%!$&'()*+;=-]*)(:[0-9]*)?")
LINES = {one.value: f"HTTP/1.1 {one.value} {one.phrase}\r\n".encode() for one in HTTPStatus}


class HttpConnection(asyncio.Protocol):
    """One caller's. `deadline`: after this moment of the loop it is cut."""

    def __init__(self, front: "Front") -> None:
        self._front, self.loop = front, front.loop
        self._transport: Any = None  # asyncio.Transport's ways, of uvloop; None: it is gone
        self._queue: deque[HttpExchange] = deque()
        self._current: HttpExchange | None = None  # of whom the application is asked
        self._reading: Any = HttpExchange(self)
        self._parser: Any = httptools.HttpRequestParser(self)
        self._in_head = self._ended = self._paused = self._full = False
        self._raw = b""  # what the head that is read lies in
        self._bad, self._left = 0, HEAD_BYTES_MAX  # of bytes that are neither a whole head nor a body
        self._room: asyncio.Future[None] | None = None

    def connection_made(self, transport: Any) -> None:
        self._transport = transport
        self._client = tuple((transport.get_extra_info("peername") or ("", 0))[:2])
        self.caller = caller_of(str(self._client[0]))
        self.deadline = self.loop.time() + HEAD_S
        self._front.came(self)

    def connection_lost(self, error: Exception | None) -> None:
        """Nothing of it may point back here: garbage is looked for too seldom to wait for that."""
        self._transport = self._parser = self._reading = None
        self._raw = b""
        self._front.went(self)
        self._queue.clear()
        self.resume_writing()
        if self._current is not None:
            self._current.wake()
            self._current = None if self._current.ended else self._current

    @property
    def is_gone(self) -> bool:
        """Or sends what is no HTTP: there is no more to be had of it."""
        return self._transport is None or self._bad != 0

    def data_received(self, data: bytes) -> None:
        if self._ended:
            return
        self._left -= len(data)
        self._raw = self._raw + data if self._in_head else data
        try:
            self._feed(data)
        except httptools.HttpParserError:
            self._end_with(400)
        if not self._in_head:
            self._raw = b""
        if self._left < 0:
            self._end_with(431)
        self._begin()
        self.flow()

    def _feed(self, data: bytes) -> None:
        """Whoever would rather speak another protocol (Java's clients ask for HTTP/2) is answered in this one, as RFC
        9110 has it in 7.8: his head is read anew without the wish, for llhttp takes no body behind it."""
        while not self._ended:
            try:
                self._parser.feed_data(data)
                return
            except httptools.HttpParserUpgrade as asked:
                kept = [b"%b: %b\r\n" % field for field in self._reading.fields if field[0] != b"upgrade"]
                line = b"%b %b HTTP/%b\r\n" % (self._parser.get_method(), self._reading.url,
                                               self._parser.get_http_version().encode())  # fmt: skip
                self._raw = data = b"".join([line, *kept, b"\r\n", data[asked.args[0] :]])
                self._parser = httptools.HttpRequestParser(self)

    def eof_received(self) -> bool:
        """Who only stops sending still reads his answers."""
        if self.is_idle:
            return False
        self._end_with(0 if self._reading.whole else 400)
        return True

    # --- llhttp calls these --------------------------------------------------------------------

    def on_message_begin(self) -> None:
        self._reading, self._in_head = HttpExchange(self), True

    def on_url(self, url: bytes) -> None:
        self._reading.url += url

    def on_header(self, name: bytes, value: bytes) -> None:
        fields = self._reading.fields
        if not self._in_head:  # what follows a body is no part of the head
            self._left -= len(name) + len(value)
        elif len(fields) < FIELDS_MAX:
            fields.append((name.lower(), value.strip(b" \t")))
        else:
            self._end_with(431)

    def on_headers_complete(self) -> None:
        self._in_head, self._left, reading = False, HEAD_BYTES_MAX, self._reading
        method, version = self._parser.get_method(), self._parser.get_http_version()
        line = b"%b %b HTTP/" % (method, reading.url)  # llhttp takes RTSP and ICE for it
        hosts, wrong = 0, 0 if line in self._raw else 400
        for name, value in reading.fields:
            if line in value:
                wrong = 400
            elif name == b"host":
                hosts, wrong = hosts + 1, wrong or (0 if HOST.fullmatch(value) else 400)
            elif name == b"transfer-encoding" and value.lower() != b"chunked":
                wrong = wrong or 501
            elif name == b"expect":
                reading.expects |= version == "1.1" and value.lower() == b"100-continue"
        reading.method = method.decode()
        reading.keep = version == "1.1" and self._parser.should_keep_alive()
        if version not in ("1.0", "1.1"):
            self._end_with(505)
        elif wrong:
            self._end_with(wrong)
        elif method != b"CONNECT" and self._parser.should_upgrade():
            return  # it is read anew
        elif len(self._raw) > HEAD_BYTES_MAX and reading.head_bytes() > HEAD_BYTES_MAX:
            self._end_with(431)
        elif method == b"CONNECT" or hosts > 1 or (version == "1.1" and not hosts):
            self._end_with(400)
        elif not self._ended:
            self._queue.append(reading)

    def on_body(self, part: bytes) -> None:
        self._left = HEAD_BYTES_MAX
        if not (self._ended or self._reading.ended):
            self._reading.add(part)

    def on_message_complete(self) -> None:
        if self._left < 0:  # by what followed the body
            self._end_with(431)
        self._left = HEAD_BYTES_MAX
        if self._bad or self._parser.should_upgrade():
            return
        self._reading.whole = True
        self._reading.wake()
        if self._reading.ended:
            self._close()  # it was answered before
        elif len(self._queue) >= PIPELINED_MAX:
            self._end_with(0)

    # --- one after the other -------------------------------------------------------------------

    @property
    def is_idle(self) -> bool:
        return self._current is None and not self._queue

    def _end_with(self, refused: int) -> None:
        """Nothing more is read. What came whole before is answered, then the caller is told this number."""
        if self._ended:
            return
        self._ended, reading = True, self._reading
        if refused and not reading.whole and (reading in self._queue or reading is self._current):
            self._bad = refused  # in the midst of its body
            reading.wake()
        elif reading.ended and not reading.whole:
            self._close()  # told before: this was the rest of a body
        elif refused:
            self._queue.append(HttpExchange(self, refused))
        elif last := self._queue[-1] if self._queue else self._current:
            last.keep = False

    def _begin(self) -> None:
        if self._current is not None or not self._queue or self._transport is None or self._full:
            return
        exchange = self._current = self._queue.popleft()
        self.deadline = float("inf")
        if exchange.refused:
            self._refuse(exchange, exchange.refused)
            return
        if exchange.expects and not exchange.whole:
            self._transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        self._front.serve(exchange, self._scope(exchange), self)

    def _scope(self, exchange: HttpExchange) -> dict[str, Any]:
        path, _, query = exchange.url.partition(b"?")
        if not path.startswith(b"/"):  # of a proxy: the whole address
            path = b"/" + path.partition(b"://")[2].partition(b"/")[2]
        text = path.decode("latin-1")
        return {
            "type": "http", "asgi": ASGI, "http_version": "1.1", "method": exchange.method,
            "scheme": self._front.scheme, "path": unquote(text) if "%" in text else text, "query_string": query,
            "root_path": "", "headers": exchange.fields, "client": self._client, "server": self._front.address,
            APART: True, WHOLE: exchange.body(),
        }  # fmt: skip

    def head_of(self, exchange: HttpExchange, status: int, fields: Fields) -> bytes:
        """Of an answer. Without a length it lasts until the connection ends."""
        names = [name for name, _ in fields]
        if b"connection" in names or self._front.closing or not exchange.whole or b"content-length" not in names:
            exchange.keep = False
        lines = b"".join([b"%b: %b\r\n" % field for field in fields if field[0] != b"connection"])
        return b"%b%bdate: %b\r\n%b\r\n" % (
            LINES[status], lines, self._front.date, b"" if exchange.keep else b"connection: close\r\n"
        )  # fmt: skip

    async def tell(self, exchange: HttpExchange, data: bytes, more: bool) -> None:
        """A part of the answer; waits while the caller has not taken those before. Gone: he hung up."""
        if self._transport is None:
            raise Gone
        self._transport.write(data)
        if not more:
            self._answered(exchange)
        elif self._full:
            self._room = self.loop.create_future()
            await self._room

    def _answered(self, exchange: HttpExchange) -> None:
        exchange.ended, self._current = True, None
        if exchange.keep and not self._front.closing:
            self.deadline = self.loop.time() + HEAD_S
            self._begin()
            self.flow()
        elif exchange.whole or self._bad:
            self._close()
        else:
            self.deadline = self.loop.time() + LINGER_S
            self.flow()

    def left(self, exchange: HttpExchange) -> None:
        """The application is done with it. What it did not answer whole is no answer."""
        if self._transport is None:
            self._current = None
        if exchange.ended or self._transport is None:
            return
        if exchange.started:
            self._transport.abort()
        else:
            self._refuse(exchange, self._bad or 500)

    def _refuse(self, exchange: HttpExchange, status: int) -> None:
        exchange.keep, exchange.ended = False, True
        self._transport.write(self.head_of(exchange, status, [(b"content-length", b"0")]))
        self._close()

    def _close(self) -> None:
        """Once all that was told is taken."""
        self._ended, self.deadline = True, self.loop.time() + TAKEN_S_MAX
        if self._transport is not None:
            self._transport.close()

    def close_idle(self) -> None:
        if self.is_idle:
            self._close()

    def cut(self) -> None:
        """It is too late, unless he still takes his answer."""
        transport, taken_by = self._transport, self.deadline - HEAD_S + TAKEN_S_MAX
        if transport is not None and (
            self._ended or self.loop.time() > taken_by or not transport.get_write_buffer_size()
        ):
            transport.abort()

    def abort(self) -> None:
        """At once, whatever is under way."""
        if self._transport is not None:
            self._transport.abort()

    # --- how much at once ----------------------------------------------------------------------

    def flow(self) -> None:
        """No more is read than is soon wanted."""
        exchange, transport = self._current, self._transport
        paused = self._full or bool(self._queue) or (exchange is not None and exchange.held > AHEAD)
        if paused is not self._paused and transport is not None and not transport.is_closing():
            self._paused = paused
            if paused:
                transport.pause_reading()
            else:
                transport.resume_reading()

    def pause_writing(self) -> None:
        self._full = True
        self.flow()

    def resume_writing(self) -> None:
        self._full = False
        if self._room is not None and not self._room.done():
            self._room.set_result(None)
        self._begin()
        self.flow()
