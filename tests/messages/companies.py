"""The other sides of carriers, on this machine: an SMS company, WeChat, an app."""

import asyncio
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.checkout.serving import Heard, Said, serving
from yifen.hub.simulators.sms import SimulatedSms

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
KEY_ID, SECRET = "AKIDexample", "a-secret-of-the-account"


@contextmanager
def sms_company(*script: str, now: datetime = NOW, secret: str = SECRET) -> Iterator[tuple[str, SimulatedSms]]:
    """Its address and itself; `script`: what the first messages meet."""
    company, loop = SimulatedSms(KEY_ID, secret, lambda: now, script), asyncio.new_event_loop()
    thread = Thread(target=loop.run_forever, daemon=True)
    thread.start()
    port = asyncio.run_coroutine_threadsafe(company.open(), loop).result(10)
    try:
        yield f"http://127.0.0.1:{port}", company
    finally:
        asyncio.run_coroutine_threadsafe(company.listener.close(), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


class WeChatSide:
    """Gives tokens, takes messages that carry the newest one."""

    def __init__(self, *codes: int) -> None:
        self.codes, self.tokens, self.sent = list(codes), 0, list[Any]()

    def answer(self, heard: Heard) -> Said:
        path, body = urlsplit(heard.path), json.loads(heard.body)
        if path.path == "/cgi-bin/stable_token":
            assert body == {"grant_type": "client_credential", "appid": "wx1", "secret": "s"}
            self.tokens += 1
            return _json({"access_token": f"T{self.tokens}", "expires_in": 7200})
        if parse_qs(path.query)["access_token"] != [f"T{self.tokens}"]:
            return _json({"errcode": 40001, "errmsg": "invalid credential"})
        code = self.codes.pop(0) if self.codes else 0
        if code == 0:
            self.sent.append((path.path, body))
        return _json({"errcode": code, "errmsg": "x", "msgid": 77})


def _json(body: Any) -> Said:
    return Said(200, json.dumps(body).encode(), {"Content-Type": "application/json"})


@contextmanager
def app(status: Callable[[], int]) -> Iterator[tuple[str, list[Heard]]]:
    """The operator's app: what it heard."""
    calls: list[Heard] = []

    def answer(heard: Heard) -> Said:
        calls.append(heard)
        return Said(status(), b"", {})

    with serving(answer) as address:
        yield address, calls
