"""`yifen worker`: what runs beside the gateway: the biller outbox, and the jobs of all trades."""

import argparse
import asyncio
import os
import signal
from datetime import UTC, datetime

from yifen.core import runtime, starting
from yifen.core.facts import logs
from yifen.core.facts.secrets import read_ring
from yifen.core.facts.settings import Settings
from yifen.hub.payments.hub import Hub
from yifen.hub.payments.remote.worker import Worker


def arguments(parser: argparse.ArgumentParser) -> None:
    pass


def run(args: argparse.Namespace) -> int:
    logs.configure()
    settings = runtime.settings_of()
    with runtime.database(settings) as found:
        runtime.require_migrated(settings, found)
        os.environ.update(runtime.environment(settings, found), YIFEN_OWNER_URL="")
        os.environ["DJANGO_SETTINGS_MODULE"] = "yifen.project.settings"
        starting.set_up()  # the jobs stand on it
        asyncio.run(_run(settings, found))
    return 0


def _now() -> datetime:
    return datetime.now(UTC)


async def _run(settings: Settings, found: runtime.Database) -> None:
    from yifen.core.jobs.worker import AT_ONCE, configure_logs, keep_working
    from yifen.face.shell.hub import local_hub

    configure_logs()
    ring = read_ring(settings.key_ring, runtime.data_folder(settings))
    hub = Hub(settings, found.app_url, ring, _now)
    await hub.start()
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with asyncio.TaskGroup() as running:  # one that fails ends the others, loudly
        for queue in AT_ONCE:
            running.create_task(keep_working(found.app_url, queue, stop))
        await Worker(hub).run(stop)
    await asyncio.to_thread(local_hub().stop)  # the jobs' own
    await hub.stop()
