"""The bench: the generator counts every answer, and what was answered was booked."""

import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from yifen.core.facts.codes import Code
from yifen.core.wire import http_signed, json_http
from yifen.core.wire.keys import Key
from yifen.core.wire.messages import Charge
from yifen.core.wire.xml_sha1 import digest_fits, open_body, read_message
from yifen.hub.simulators.load_driver import Driver, code_of
from yifen.hub.simulators.load_requests import Plan, bill, charge, requests_of, scattered

SRC = Path(__file__).parent.parent / "src"
REPLY = b"HTTP/1.1 200 OK\r\ncontent-length: 17\r\n\r\n<Code>0000</Code>"
PAID_AT = datetime.fromisoformat("2026-11-30T09:30:15+08:00")
SENT_AT = int(PAID_AT.timestamp())


def plan(**changes: Any) -> Plan:
    facts: dict[str, Any] = {
        "port": 1, "partner": "CH", "key": b"k", "billers": ["HEAT", "GAS"], "first": 0,
        "count": 3, "business_day": PAID_AT.date(), "paid_at": PAID_AT, "connections": 1,
        "seconds": 1.0,
    }  # fmt: skip
    return Plan(**{**facts, **changes})


@contextmanager
def server(parts: list[bytes]) -> Iterator[int]:
    """Answers each request on one connection by the next part; `|` sends it in two pieces; an
    empty one hangs up."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            connection, _ = listening.accept()
            with connection:
                for part in parts:
                    connection.recv(65536)
                    if not part:
                        return
                    for piece in part.split(b"|"):
                        connection.sendall(piece)
                        threading.Event().wait(0.02)
                connection.recv(1)

        thread = threading.Thread(target=serve)
        thread.start()
        yield listening.getsockname()[1]
        thread.join()


def test_a_reply_has_a_code_once_it_is_whole() -> None:
    assert [code_of(REPLY[:size]) for size in range(len(REPLY))] == [None] * len(REPLY)
    assert code_of(REPLY) == "0000"
    assert code_of(b"HTTP/1.1 503 Busy\r\ncontent-length: 0\r\n\r\n") == "HTTP 503"


def test_closed_counts_each_code_and_what_was_lost() -> None:
    refused = REPLY.replace(b"0000", b"5005")
    with server([REPLY, b"|".join((REPLY[:30], REPLY[30:])), refused, b""]) as port:
        driver = Driver(port, 1, [b"a", b"b", b"c", b"d", b"e"])
        driver.closed(5)
    assert (driver.sent, driver.lost) == (4, 1)
    assert driver.codes == {"0000": 2, "5005": 1}
    assert len(driver.latencies_ns) == 3


def test_paced_counts_the_wait_of_a_request_that_could_not_be_sent_in_time() -> None:
    with server([b"|".join((REPLY[:30], REPLY[30:]))] * 3) as port:
        driver = Driver(port, 1, [b"a", b"b", b"c"])
        driver.paced(1, 1000)
    assert driver.codes == {"0000": 3}
    first, _, last = driver.latencies_ns
    assert last > first + 15_000_000


def test_requests_are_signed_charges_of_distinct_bills() -> None:
    requests = requests_of(plan(first=7), SENT_AT)
    messages = []
    for request in requests:
        head, _, body = request.partition(b"\r\n\r\n")
        assert head.startswith(b"POST /xml/v1/charge HTTP/1.1\r\n")
        assert head.endswith(b"Content-Length: %d" % len(body))
        sealed = open_body(body)
        assert digest_fits(sealed, b"k")
        message = read_message(sealed, "charge", "fen")
        assert isinstance(message, Charge)
        messages.append(message)
    # 61803398874989484821 times 7, 8, 9: the last ten digits, and the last twenty
    assert [message.account_no for message in messages] == ["4926393747", "9915878568", "4905363389"]
    assert [message.serial for message in messages] == [
        "32623792124926393747", "94427190999915878568", "56230589874905363389",
    ]  # fmt: skip
    assert [message.biller for message in messages] == ["GAS", "HEAT", "GAS"]
    assert {message.paid_at for message in messages} == {PAID_AT}
    assert messages[0].amount_fen == messages[0].lines[0].amount_fen == bill(7, 2).amount_fen


def test_payments_are_made_before_by_up_to_the_spread() -> None:
    found = {charge(plan(spread_s=59), number).paid_at for number in range(1000)}
    assert (min(found), max(found)) == (PAID_AT - timedelta(seconds=59), PAID_AT)
    assert len(found) == 60


def test_no_two_bills_share_an_account_or_serial() -> None:
    numbers = range(5, 10**6, 97)
    for digits in (10, 20):
        assert len({scattered(number, digits) for number in numbers}) == len(numbers)


def test_a_json_request_is_signed_with_the_serial_as_its_key() -> None:
    [request] = requests_of(plan(first=7, count=1, door="json"), SENT_AT)
    head, _, body = request.decode().partition("\r\n\r\n")
    lines = head.split("\r\n")
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines[1:])}
    assert lines[0] == "POST /json/v1/charge HTTP/1.1"
    assert headers["content-length"] == str(len(body))
    key = Key(partner="CH", version=2, algorithm="hmac-sha256", secret=b"k")
    found = http_signed.verify(
        "POST", "/json/v1/charge", headers, body.encode(), lambda *_: key, SENT_AT
    )
    assert found is key
    message = json_http.read_message("charge", body.encode(), headers["idempotency-key"])
    assert message == charge(plan(first=7, door="json"), 7)


@pytest.mark.slow
def test_charge_books_what_it_answers_and_prints_its_row() -> None:
    environment = {name: v for name, v in os.environ.items() if not name.startswith("YIFEN_")}
    done = subprocess.run(
        [sys.executable, "-m", "yifen", "bench", "charge", "--seconds", "1", "--rounds", "1",
         "--clients", "1", "--concurrency", "4,16", "--payments", "400",
         "--stored", "20k", "--json"],
        env={**environment, "PYTHONPATH": str(SRC)}, capture_output=True, text=True, timeout=110,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    row = json.loads(done.stdout.splitlines()[-1])
    assert list(row) == ["name", "ours", "base", "ratio", "goal", "unit", "latency", "beside",
                         "booked", "answered", "balanced", "runs"]  # fmt: skip
    assert (row["goal"], row["unit"], row["balanced"]) == (2.8, "1/s", True)
    assert row["ratio"] == pytest.approx(row["ours"] / row["base"], abs=0.01)
    assert list(row["latency"]) == ["name", "ours", "base", "ratio", "goal", "unit"]
    charges = [run for run in row["runs"] if run["kind"] == "charge"]
    assert [(run["connections"], run["paced"] is None, run["door"]) for run in charges] == [
        (4, True, "xml"), (16, True, "xml"), (16, False, "xml"), (16, False, "xml"), (16, True, "xml"),
        (16, True, "json"),
    ]  # fmt: skip
    assert all(run["others"] == {} and run["lost"] == 0 for run in charges)
    assert all(run["checked"] == run["connections"] for run in charges)
    assert row["booked"] == row["answered"] > 20_000 + sum(run["ok"] for run in charges)  # a warm-up too
    assert row["ours"] == max(run["rate"] for run in charges[:2])
    assert [one["goal"] for one in row["beside"]] == [10.0, 1.0, 0, 0, 0.8, 1.2]
    assert "behind 20,000 stored" in row["beside"][4]["name"]


def bench(*words: str) -> subprocess.CompletedProcess[str]:
    environment = {name: v for name, v in os.environ.items() if not name.startswith("YIFEN_")}
    return subprocess.run([sys.executable, "-m", "yifen", "bench", *words], capture_output=True, text=True,
                          env={**environment, "PYTHONPATH": str(SRC)}, timeout=110)  # fmt: skip


def test_verify_replays_what_was_stored() -> None:
    done = bench("verify", "--stored", "20k", "--rounds", "1", "--json")
    assert done.returncode == 0, done.stdout + done.stderr
    row = json.loads(done.stdout.splitlines()[-1])
    assert (row["goal"], row["unit"], "20,000 payments stored" in done.stdout) == (0.3, "1/s", True)
    assert row["ratio"] == pytest.approx(row["ours"] / row["base"], abs=0.01)


@pytest.mark.parametrize(("words", "said"), [
    (("pages", "--stored", "100k"), "--stored must be more than 100,000"),
    (("verify", "--rounds", "0"), "--rounds must be 1 or more"),
    (("charge", "--stored", "1M", "--buckets", "2"), "--stored goes with one bucket"),
])  # fmt: skip
def test_what_makes_no_sense_is_refused(words: tuple[str, ...], said: str) -> None:
    done = bench(*words)
    assert (done.returncode != 0, said in done.stderr) == (True, True)


def test_ok_is_the_code_that_the_generator_counts() -> None:
    assert f"{Code.OK:04d}" == "0000"


def test_the_bench_of_the_readers_reads_every_row_of_every_format() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "yifen", "bench", "readers", "--rows", "1000", "--rounds", "1", "--json"],
        capture_output=True, text=True, timeout=110, env={**os.environ, "PYTHONPATH": str(SRC)},
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    rows = json.loads(done.stdout.splitlines()[-1])["readers"]
    assert {row["name"]: (row["rows"], row["goal"]) for row in rows} == {
        "hub": (1000, 500_000),
        **{name: (1000, 100_000) for name in (
            "wechat_trade", "wechat_fund", "unionpay_zm", "unionpay_zme", "ums", "alipay", "alipay_fund",
            "camt.052", "camt.053", "mt940", "mt942")},
    }  # fmt: skip
    assert all(row["rows_per_s"] > 0 and row["rows_per_cpu_s"] > 0 for row in rows)
