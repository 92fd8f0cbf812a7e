"""The load generator: charges numbered bills through the XML door. `python -m
yifen.hub.simulators.load` reads a plan, builds everything, says `ready`, and at the next line drives.

A process of its own, so that its work can be told from the gateway's: lines of JSON in and out.
"""

import gc
import os
import sys
from contextlib import suppress
from datetime import UTC, datetime
from time import process_time

from msgspec import Struct, json

from yifen.core.facts.codes import Code
from yifen.core.wire import http_signed, json_http
from yifen.core.wire.keys import Key
from yifen.core.wire.replies import PaymentReply
from yifen.core.wire.tcp_messages import LENGTH_DIGITS, is_mac_text, read, split
from yifen.core.wire.xml_client import read_reply
from yifen.hub.simulators.load_driver import Driver
from yifen.hub.simulators.load_requests import TCP_ALGORITHM, Plan, requests_of, tcp_key

BOOKED = "0000"


class LoadResult(Struct, frozen=True):
    """What came back. `ok`: answers 0000; `others`: every other code and how often; `lost`:
    requests without an answer; `checked`: replies whose signature and body were read afterwards."""

    sent: int
    ok: int
    others: dict[str, int]
    lost: int
    checked: int
    seconds: float
    rate: float
    p50_ms: float
    p99_ms: float
    cpu_s: float


def percentile_ms(sorted_ns: list[int], share: float) -> float:
    """The value that this share of the sorted latencies does not exceed."""
    if not sorted_ns:
        return 0.0
    return sorted_ns[min(len(sorted_ns) - 1, int(len(sorted_ns) * share))] / 1e6


def result_of(driver: Driver, cpu_s: float, plan: Plan) -> LoadResult:
    codes = dict(driver.codes)
    ok = codes.pop(BOOKED, 0)
    latencies = sorted(driver.latencies_ns)
    seconds = driver.elapsed_ns / 1e9
    return LoadResult(
        sent=driver.sent,
        ok=ok,
        others=codes,
        lost=driver.lost,
        checked=sum(well_answered(reply, plan) for reply in driver.samples.values()),
        seconds=seconds,
        rate=ok / seconds,
        p50_ms=percentile_ms(latencies, 0.5),
        p99_ms=percentile_ms(latencies, 0.99),
        cpu_s=cpu_s,
    )


def well_answered(reply: bytes, plan: Plan) -> bool:
    """A signed reply that says what was booked. WireFault for one that nobody may believe."""
    if plan.door == "tcp":
        xml, told = split(reply[LENGTH_DIGITS:])
        return is_mac_text(TCP_ALGORITHM, tcp_key(plan), xml, told) and "bankBillNo" in read(xml, "out").fields
    head, _, body = reply.partition(b"\r\n\r\n")
    if plan.door == "xml":
        answer = read_reply(body, "charge", plan.key)
    else:
        lines = [line.partition(": ") for line in head.decode().split("\r\n")[1:]]
        headers = {name.lower(): value for name, _, value in lines}
        ours = Key(partner="yifen", version=2, algorithm="hmac-sha256", secret=plan.key)
        http_signed.verify_reply(200, headers, body, lambda *_: ours, int(datetime.now(UTC).timestamp()))
        answer = json_http.read_reply("charge", body)
    return answer.code is Code.OK and isinstance(answer.reply, PaymentReply)


def tell(line: bytes) -> None:
    """Unbuffered, so that nothing is left to complain of when the reader is gone."""
    os.write(sys.stdout.fileno(), line + b"\n")


def main() -> None:
    plan = json.decode(sys.stdin.readline(), type=Plan)
    requests = requests_of(plan, int(datetime.now(UTC).timestamp()))
    gc.collect()
    gc.freeze()
    gc.disable()
    tell(b"ready")
    if not sys.stdin.readline():
        return  # whoever asked is gone
    driver = Driver(plan.port, plan.connections, requests, plan.door)
    began = process_time()
    if plan.rate is None:
        driver.closed(plan.seconds)
    else:
        driver.paced(plan.seconds, plan.rate)
    result = result_of(driver, process_time() - began, plan)
    tell(json.encode(result))


if __name__ == "__main__":
    with suppress(KeyboardInterrupt, BrokenPipeError):  # whoever asked was interrupted
        main()
