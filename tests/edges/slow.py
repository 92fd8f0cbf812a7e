"""Callers that take their time: many connections, each with a beginning and no end."""

import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http.client import HTTPConnection


def body_begun(path: str, length: int = 5000) -> bytes:
    """A request whose body has 1 byte of many: a form, whose token a page would read."""
    return (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: csrftoken={'t' * 32}\r\n"
        f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {length}\r\n\r\nx"
    ).encode()


HEAD_BEGUN = b"GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: "


@contextmanager
def held(port: int, count: int, beginning: bytes) -> Iterator[list[socket.socket]]:
    """So many connections that began and wait."""
    with ExitStack() as stack:
        made = []
        for _ in range(count):
            one = socket.create_connection(("127.0.0.1", port), timeout=10)
            stack.enter_context(one)
            one.sendall(beginning)
            made.append(one)
        yield made


def answered_s(port: int, path: str, wait_s: float = 20.0) -> tuple[int, float]:
    """(status, seconds) of an ordinary request."""
    started = time.monotonic()
    asking = HTTPConnection("127.0.0.1", port, timeout=wait_s)
    try:
        asking.request("GET", path)
        return asking.getresponse().status, time.monotonic() - started
    finally:
        asking.close()


def heard_until_end(one: socket.socket, wait_s: float) -> tuple[bytes, float]:
    """What it is told before the other side closes, and after how long."""
    started, heard = time.monotonic(), b""
    one.settimeout(wait_s)
    while part := one.recv(65536):
        heard += part
    return heard, time.monotonic() - started


def is_open(one: socket.socket) -> bool:
    one.setblocking(False)
    try:
        return one.recv(1) != b""
    except BlockingIOError:
        return True
    except OSError:
        return False
