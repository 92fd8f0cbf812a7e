"""The bank of the tests: the real simulator over HTTP in a thread of its own, and a clock to turn."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from threading import Event, Thread

from tests.world import NOON
from yifen.core.wire.keys import Key
from yifen.hub.simulators.bank import Pace, SimulatedBank
from yifen.hub.simulators.bank_books import BankBooks
from yifen.trades.settlement.port import BankPort

ACCOUNT = "9551000000000001"
KEY = Key(partner="ABC", version=1, algorithm="hmac-sha256", secret=b"a secret of 20 bytes")
TIMEOUT_S = 0.25


class Clock:
    """Stands still until it is turned."""

    def __init__(self, now: datetime = NOON) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def turn(self, seconds: float) -> datetime:
        self.now += timedelta(seconds=seconds)
        return self.now


class Serving:
    """A loop in a thread, on which banks listen one after the other."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

    def open(self, bank: SimulatedBank) -> int:
        return asyncio.run_coroutine_threadsafe(bank.open(), self._loop).result(5)

    def close(self, bank: SimulatedBank) -> None:
        asyncio.run_coroutine_threadsafe(bank.listener.close(), self._loop).result(5)

    def stop(self) -> None:
        done = Event()
        self._loop.call_soon_threadsafe(done.set)
        done.wait(5)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)
        self._loop.close()


@contextmanager
def bank_of(
    serving: Serving, clock: Clock, orders: list[str] | None = None,
    questions: list[str] | None = None, pace: Pace | None = None,
) -> Iterator[tuple[SimulatedBank, BankPort]]:  # fmt: skip
    """A bank that listens, and the hub's port to it."""
    books = BankBooks(ACCOUNT, "益分清算")
    bank = SimulatedBank(KEY, books, clock, orders=orders or [], questions=questions or [],
                pace=pace or Pace(late_s=2 * TIMEOUT_S, process_s=60, back_s=0))  # fmt: skip
    port = BankPort(f"http://127.0.0.1:{serving.open(bank)}", KEY, clock, TIMEOUT_S)
    try:
        yield bank, port
    finally:
        serving.close(bank)
