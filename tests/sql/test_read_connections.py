"""The few connections for reads: what is large and may wait leaves room for what may not."""

import asyncio
import time

from tests.world import Database
from yifen.hub.payments.connections import WAIT_S_MAX, ReadConnections

LARGE_SQL = r"SELECT '\x00ff5c78'::bytea FROM pg_sleep(0.4)"
LARGE = 10


def test_many_large_reads_all_have_their_turn_and_small_ones_do_not_wait_for_them(database: Database):
    async def run() -> None:
        connections = ReadConnections(database.app_url)
        reading = [asyncio.create_task(connections.large(LARGE_SQL, ())) for _ in range(LARGE)]
        await asyncio.sleep(0.2)
        started = time.monotonic()
        assert await connections.rows("SELECT '\\x00ff'::bytea, 7", ()) == [(b"\0\xff", 7)]
        assert time.monotonic() - started < 0.3
        assert await asyncio.gather(*reading) == [[(b"\0\xff\\x",)]] * LARGE
        assert time.monotonic() - started > WAIT_S_MAX
        await connections.close()

    asyncio.run(run())
