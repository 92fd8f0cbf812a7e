"""The door as a process: it opens the hub and listens until it is told to end; whoever was heard is answered."""

import asyncio
import signal
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import structlog

from yifen.core import garbage, tracing
from yifen.core.facts.secrets import KeyRing
from yifen.core.facts.settings import Settings
from yifen.core.metrics.life import Life
from yifen.hub.measured.process import Measured, wrong
from yifen.hub.payments.hub import Hub
from yifen.hub.pos.door.server import PosDoor
from yifen.hub.pos.door.terminals import PosSides

log = structlog.get_logger()


async def serve(
    settings: Settings, url: str, ring: KeyRing, host: str, port: int, clock: Callable[[], datetime],
    told: Callable[[str], None],
) -> None:  # fmt: skip
    """Until SIGTERM or SIGINT. OSError: it cannot listen there."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    tracing.begin("pos", settings)
    hub = Hub(settings, url, ring, clock)
    await hub.start()
    sides = PosSides.of(hub, url, ring)
    door = PosDoor(sides, settings.client_connections)
    life = Life(Path(settings.data), "pos", url, clock, lambda: wrong(hub), bool(settings.metrics), (Measured(hub),))
    try:
        found = await door.open(host, port)
        life.begin()
        garbage.settle()
        told(f"pos listens on {host}:{found}")
        await stop.wait()
    finally:
        await door.close()
        await asyncio.to_thread(life.end)
        await hub.stop()
        await sides.close()
