"""A biller on a thread of its own, and the conformance run against it."""

import asyncio
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from itertools import count

from yifen.core.wire.keys import Key
from yifen.core.wire.moments import HUB_ZONE
from yifen.hub.certify.biller import certify
from yifen.hub.certify.http_line import HttpLine
from yifen.hub.certify.report import Report
from yifen.hub.certify.target import Target, Timing
from yifen.hub.simulators.biller import SimulatedBiller
from yifen.hub.simulators.books import BillerBooks
from yifen.hub.simulators.faults import Faults
from yifen.hub.simulators.identity import Identity
from yifen.hub.simulators.people import Payer, exact

DAY = date(2026, 11, 30)
KEY = Key(partner="GAS01", version=1, algorithm="hmac-sha256", secret=b"one secret for both sides")
BILLS = tuple(exact(f"2026{n:02d}", f"2026年{n}月燃气费㐂", 100 + n, DAY) for n in range(1, 13))
TIMING = Timing(lambda: datetime.now(HUB_ZONE), time.monotonic, time.sleep)
RUNS = count(1)


def books(kind: type[BillerBooks] = BillerBooks, bills: int = 12) -> BillerBooks:
    return kind("GAS01", [Payer("A1", "欧阳𫖯", BILLS[:bills])])


def identity(unit: str = "fen") -> Identity:
    return Identity(partner="GAS01", dialect="xml", key=KEY, reply_key=KEY, unit=unit)


def honest(found: BillerBooks, unit: str = "fen") -> SimulatedBiller:
    return SimulatedBiller(identity(unit), found, Faults(), TIMING.now)


@contextmanager
def listening(biller: SimulatedBiller) -> Iterator[str]:
    """Its address while it listens."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        port = asyncio.run_coroutine_threadsafe(biller.open(), loop).result(10)
        yield f"http://127.0.0.1:{port}"
    finally:
        asyncio.run_coroutine_threadsafe(closed(biller), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()


async def closed(biller: SimulatedBiller) -> None:
    await biller.listener.close()
    others = asyncio.all_tasks() - {asyncio.current_task()}
    if others:  # still answering somebody who has gone
        await asyncio.wait(others, timeout=5)


def run(url: str, dialect: str = "xml", **fields: object) -> Report:
    """One conformance run; `fields` of the target."""
    known = {"timeout_s": 3.0, "settle_s": 0.12, "partner": "GAS01", "key": KEY, "account_no": "A1"}
    target = Target(url=url, dialect=dialect, **(known | fields))
    return certify(target, HttpLine(), TIMING, f"T{next(RUNS)}", lambda *_: None)


def failed(report: Report) -> dict[str, str]:
    """Id → why, of the clauses that failed."""
    return {f.id: f.seen_en for f in report.clauses if f.verdict == "fail"}
