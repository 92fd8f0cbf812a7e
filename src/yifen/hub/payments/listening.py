"""A door of frames as a process: it opens the hub and listens until it is told to end; who was heard is answered."""

import asyncio
import signal
from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path

from yifen.core import garbage, tracing
from yifen.core.facts.secrets import KeyRing
from yifen.core.facts.settings import Settings
from yifen.core.incoming.framed import FrameDoor
from yifen.core.metrics.life import Life
from yifen.hub.measured.process import Measured, wrong
from yifen.hub.payments.hub import Hub

Closing = Callable[[], Awaitable[None]]


async def serve(
    name: str, settings: Settings, url: str, ring: KeyRing, host: str, port: int, clock: Callable[[], datetime],
    told: Callable[[str], None], made: Callable[[Hub], tuple[FrameDoor, Closing]],
) -> None:  # fmt: skip
    """Until SIGTERM or SIGINT. `name`: of the process; `made`: the door over this hub, and what closes what it holds
    besides. OSError: it cannot listen there."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    tracing.begin(name, settings)
    hub = Hub(settings, url, ring, clock)
    await hub.start()
    door, close = made(hub)
    life = Life(Path(settings.data), name, url, clock, lambda: wrong(hub), bool(settings.metrics), (Measured(hub),))
    try:
        found = await door.open(host, port)
        life.begin()
        garbage.settle()
        told(f"{name} listens on {host}:{found}")
        await stop.wait()
    finally:
        await door.close()
        await asyncio.to_thread(life.end)
        await hub.stop()
        await close()
