"""The page of pipes is true: its receiver runs, verifies, tells repeats; its times are those of the code."""

import base64
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.docs.pages import files, text_of
from yifen.core.embedded.ports import remembered_or_free
from yifen.trades.pipes.port import PipeEnd, ToldEvent, TryResult

SECRET = b"d" * 24


def test_both_pages_have_the_same_receiver():
    assert files("docs/pipes.md") == files("docs/pipes.zh.md")


def test_the_receiver_of_the_page_takes_what_is_signed_and_nothing_else(tmp_path: Path):
    from yifen.trades.pipes import webhook

    (tmp_path / "receiver.py").write_text(files("docs/pipes.md")["receiver.py"])
    port = remembered_or_free(tmp_path / "port")
    command = [sys.executable, "receiver.py", f"whsec_{base64.b64encode(SECRET).decode()}", str(port)]
    now = datetime.now(UTC)
    event = ToldEvent("evt_1", "ping", now, {"ping": True})
    with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, text=True) as receiver:
        try:
            def told(secret: bytes, event: ToldEvent) -> tuple[TryResult, int | None]:
                pipe = PipeEnd(1, "r", "WX", "webhook", f"http://127.0.0.1:{port}/", {}, (secret,))
                found = webhook.deliver(pipe, event, now)
                return found.result, found.status

            until = time.monotonic() + 20
            while told(b"x" * 24, event)[1] is None and time.monotonic() < until:
                time.sleep(0.05)  # until it listens
            assert told(b"x" * 24, event) == (TryResult.FAILED, 401)
            assert told(SECRET, event) == told(SECRET, event) == (TryResult.DELIVERED, 204)
            assert told(SECRET, event._replace(uid="evt_2", data={"n": 2})) == (TryResult.DELIVERED, 204)
        finally:
            receiver.terminate()
        assert receiver.stdout is not None
        assert receiver.stdout.read().splitlines() == ["ping {'ping': True}", "ping {'n': 2}"]


@pytest.mark.parametrize(("page", "words"), [
    ("docs/pipes.md", "5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 14 h, 20 h and 24 h"),
    ("docs/pipes.zh.md", "5 秒、5 分、30 分、2 时、5 时、10 时、14 时、20 时、24 时"),
], ids=["en", "zh"])  # fmt: skip
def test_the_times_of_the_page_are_those_of_the_code(page: str, words: str):
    from yifen.trades.pipes.rules import BACK_OFF_S

    hour = 3600
    assert (5, 300, 1800, 2 * hour, 5 * hour, 10 * hour, 14 * hour, 20 * hour, 24 * hour) == BACK_OFF_S
    assert words in text_of(page)
