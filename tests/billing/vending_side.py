"""The vending system of the tests: the real simulator over HTTP in a thread of its own, and a company that asks it."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread

from tests.billing.town import Town
from tests.settlement.bank_side import Clock
from tests.world import the_ring
from yifen.core.wire.keys import Key
from yifen.hub.simulators.vending import SimulatedVending, VendingPace
from yifen.trades.billing.prepaid.port import key_context

SECRET = "a secret of the vending system"
TIMEOUT_S = 1.0
PACE = VendingPace(late_s=2 * TIMEOUT_S, make_s=60)


@contextmanager
def vending(
    town: Town, clock: Clock, orders: list[str] | None = None, questions: list[str] | None = None
) -> Iterator[SimulatedVending]:
    """It listens, and POWER's sales are to have its tokens."""
    key = Key(partner="POWER", version=1, algorithm="hmac-sha256", secret=SECRET.encode())
    system = SimulatedVending(key, clock, orders=orders or [], questions=questions or [], pace=PACE)
    loop = asyncio.new_event_loop()
    thread = Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        port = asyncio.run_coroutine_threadsafe(system.open(), loop).result(5)
        town.world.set_up(
            "INSERT INTO billing_vending VALUES (%s, %s, %s, 1) ON CONFLICT (biller_id) DO UPDATE"
            " SET endpoint = excluded.endpoint", town.biller, f"http://127.0.0.1:{port}",
            the_ring().seal(SECRET.encode(), key_context(town.biller)))  # fmt: skip
        yield system
        asyncio.run_coroutine_threadsafe(system.listener.close(), loop).result(5)
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(5)
        loop.close()
