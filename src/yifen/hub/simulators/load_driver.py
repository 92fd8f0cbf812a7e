"""Drives keep-alive connections by one epoll loop, with one outstanding request on each.

Plain sockets and byte searches: on one core it does several times what a gateway answers, so that
a benchmark measures the gateway. Closed loop (the next request follows the answer) or paced (a
request a tick; its latency counts from the tick, so that a slow server cannot hide its queue).
"""

import select
import socket
from collections import Counter, deque
from collections.abc import Sequence
from functools import partial
from time import perf_counter_ns

from yifen.core.wire.tcp_messages import LENGTH_DIGITS

REPLY_MAX = 65536
SILENCE_S_MAX = 15.0


CODE_AFTER = {"xml": b"<Code>", "json": b'"code":"'}


def frame_code_of(data: bytes) -> str | None:
    """The same of the TCP dialect: 0000 of an answer to a charge, else its error's code; None while it is not whole."""
    if len(data) < LENGTH_DIGITS or len(data) < LENGTH_DIGITS + int(data[:LENGTH_DIGITS]):
        return None
    at = data.find(b"<errorCode>")
    return "0000" if at < 0 else data[at + 11 : at + 18].decode()


def code_of(data: bytes, before: bytes = CODE_AFTER["xml"]) -> str | None:
    """The result code of one whole reply, which stands behind `before`; None while it is not whole; HTTP nnn
    if not 200."""
    end = data.find(b"\r\n\r\n")
    at = data.find(b"content-length: ", 0, end)
    if end < 0 or at < 0:
        return None
    if len(data) < end + 4 + int(data[at + 16 : data.find(b"\r\n", at)]):
        return None
    if not data.startswith(b"HTTP/1.1 200"):
        return f"HTTP {data[9:12].decode()}"
    at = data.find(before, end) + len(before)
    return data[at : at + 4].decode()


class Driver:
    """One run: connect first, then `closed` or `paced`; afterwards its counters are the result."""

    def __init__(self, port: int, connections: int, requests: Sequence[bytes], door: str = "xml") -> None:
        self._requests = requests
        self._code_of = frame_code_of if door == "tcp" else partial(code_of, before=CODE_AFTER[door])
        self._sockets: dict[int, socket.socket] = {}
        self._poll = select.epoll()
        for _ in range(connections):
            made = socket.create_connection(("127.0.0.1", port), timeout=SILENCE_S_MAX)
            made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            made.setblocking(True)  # read only when the poll says so, written only when idle
            self._sockets[made.fileno()] = made
            self._poll.register(made.fileno(), select.EPOLLIN)
        self._began: dict[int, int] = {}  # connection → when its request counts from
        self._held: dict[int, bytes] = {}  # connection → the part of a reply that came
        self.sent = self.lost = 0
        self.codes: Counter[str] = Counter()
        self.latencies_ns: list[int] = []
        self.samples: dict[int, bytes] = {}  # the last reply of each connection
        self.elapsed_ns = 0

    def closed(self, seconds: float) -> None:
        """As fast as it is answered, until the time is up or the requests are."""
        start = perf_counter_ns()
        end = start + int(seconds * 1e9)
        for number in list(self._sockets)[: len(self._requests)]:
            self._send(number, perf_counter_ns())
        while self._began:
            events = self._poll.poll(SILENCE_S_MAX)
            if not events:
                break
            for number, _ in events:
                if self._receive(number) and self.sent < len(self._requests):
                    now = perf_counter_ns()
                    if now < end:
                        self._send(number, now)
        self._finish(start)

    def paced(self, seconds: float, rate: float) -> None:
        """`rate` requests a second at even distances, on whichever connection is free."""
        gap = 1e9 / rate
        start = perf_counter_ns()
        count = min(len(self._requests), int(seconds * rate))
        free = deque(self._sockets)
        heard = start
        while self._began or (self.sent < count and free):
            now = perf_counter_ns()
            while free and self.sent < count and (tick := start + int(self.sent * gap)) <= now:
                self._send(free.popleft(), tick)
            due = self.sent < count and free
            wait_s = max(0.0, (start + self.sent * gap - now) / 1e9) if due else SILENCE_S_MAX
            select.select([self._poll], [], [], wait_s)  # finer than the poll's own milliseconds
            events = self._poll.poll(0)
            for number, _ in events:
                if self._receive(number):
                    free.append(number)
            heard = now if events or not self._began else heard
            if now - heard > SILENCE_S_MAX * 1e9:
                break
        self._finish(start)

    def _send(self, number: int, began: int) -> None:
        if number not in self._sockets:
            return  # hung up while idle
        self._began[number] = began
        request = self._requests[self.sent]
        self.sent += 1
        try:
            self._sockets[number].sendall(request)
        except OSError:
            self._close(number)

    def _receive(self, number: int) -> bool:
        """True when a whole reply came and the connection is free."""
        try:
            data = self._sockets[number].recv(REPLY_MAX)
        except OSError:
            data = b""
        if not data:
            self._close(number)
            return False
        if number in self._held:
            data = self._held.pop(number) + data
        code = self._code_of(data)
        if code is None:
            self._held[number] = data
            return False
        self.latencies_ns.append(perf_counter_ns() - self._began.pop(number))
        self.codes[code] += 1
        self.samples[number] = data
        return True

    def _close(self, number: int) -> None:
        self.lost += self._began.pop(number, None) is not None
        self._poll.unregister(number)
        self._sockets.pop(number).close()

    def _finish(self, start: int) -> None:
        self.elapsed_ns = perf_counter_ns() - start
        for number in list(self._sockets):
            self._close(number)
        self._poll.close()
