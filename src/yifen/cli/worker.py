"""`yifen worker`: the jobs that run beside the gateway."""

import argparse
import asyncio
import signal
from datetime import UTC, datetime

from yifen.cli import runtime
from yifen.kernel import logs
from yifen.kernel.secrets import read_ring
from yifen.kernel.settings import Settings
from yifen.payments.hub import Hub
from yifen.payments.remote.worker import Worker


def arguments(parser: argparse.ArgumentParser) -> None:
    pass


def run(args: argparse.Namespace) -> int:
    logs.configure()
    settings = runtime.settings_of()
    with runtime.database(settings) as found:
        runtime.require_migrated(settings, found)
        asyncio.run(_run(settings, found))
    return 0


async def _run(settings: Settings, found: runtime.Database) -> None:
    ring = read_ring(settings.key_ring, runtime.data_folder(settings))
    hub = Hub(settings, found.app_url, ring, lambda: datetime.now(UTC))
    await hub.start()
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await Worker(hub).run(stop)
    await hub.stop()
