"""A partner's receiver of webhooks, over HTTP on this machine; what comes is verified by the library that made the
standard."""

import threading
from collections.abc import Callable
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

from standardwebhooks import webhooks

SECRET = b"s" * 24
Answer = tuple[int, dict[str, str], bytes]


class Receiver:
    """`answer(headers, body)` says what it answers; `got` holds (id, what was told) of every call that verified;
    `bad` counts those that did not. `clock`: its time, for the age of a signature."""

    def __init__(self) -> None:
        self.got: list[tuple[str, dict[str, Any]]] = []
        self.bad = self.calls = 0
        self.secret: bytes = SECRET
        self.clock: Callable[[], datetime] | None = None
        self.answer: Callable[[dict[str, str], bytes], Answer] = lambda headers, body: (204, {}, b"")
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                headers = {name.lower(): value for name, value in self.headers.items()}
                status, more, answer = receiver.take(headers, body)
                self.send_response(status)
                for name, value in more.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *args: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hooks"

    def take(self, headers: dict[str, str], body: bytes) -> Answer:
        self.calls += 1
        given = self.answer(headers, body)
        if 200 <= given[0] < 300:
            try:
                self.got.append((headers["webhook-id"], verified(self.secret, headers, body, self.clock)))
            except webhooks.WebhookVerificationError:
                self.bad += 1
                return 401, {}, b"bad signature"
        return given

    def __enter__(self) -> Self:
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def __exit__(self, *error: object) -> None:
        self.server.shutdown()
        self.server.server_close()


_LOCK = threading.Lock()


def verified(
    secret: bytes, headers: dict[str, str], body: bytes, clock: Callable[[], datetime] | None = None
) -> dict[str, Any]:
    """By the library; the time of a test stands in for its own."""
    if clock is None:
        found: dict[str, Any] = webhooks.Webhook(secret).verify(body, headers)
        return found
    at = clock()

    class Then(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> "Then":  # type: ignore[override]
            return cls.fromtimestamp(at.timestamp(), tz)

    with _LOCK, _put(webhooks, "datetime", Then):
        found = webhooks.Webhook(secret).verify(body, headers)
        return found


class _put:
    """One attribute for a while."""

    def __init__(self, of: Any, name: str, value: Any) -> None:
        self.of, self.name, self.value, self.before = of, name, value, getattr(of, name)

    def __enter__(self) -> None:
        setattr(self.of, self.name, self.value)

    def __exit__(self, *error: object) -> None:
        setattr(self.of, self.name, self.before)
