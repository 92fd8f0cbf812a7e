"""`yifen worker`: the jobs that run beside the gateway."""

import argparse
import asyncio
import os
import signal
from datetime import UTC, datetime
from threading import Event

from yifen.core import runtime
from yifen.core.facts import logs
from yifen.core.facts.secrets import KeyRing, read_ring
from yifen.core.facts.settings import Settings
from yifen.hub.payments.hub import Hub
from yifen.hub.payments.local import LocalHub
from yifen.hub.payments.remote.worker import Worker
from yifen.night.commands.eod import around
from yifen.night.keeping import keep_nights
from yifen.tools.cli.forgetting import keep_forgetting


def arguments(parser: argparse.ArgumentParser) -> None:
    pass


def run(args: argparse.Namespace) -> int:
    logs.configure()
    settings = runtime.settings_of()
    with runtime.database(settings) as found:
        runtime.require_migrated(settings, found)
        asyncio.run(_run(settings, found))
    return 0


def _now() -> datetime:
    return datetime.now(UTC)


async def _run(settings: Settings, found: runtime.Database) -> None:
    ring = read_ring(settings.key_ring, runtime.data_folder(settings))
    hub = Hub(settings, found.app_url, ring, _now)
    await hub.start()
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    ended = Event()
    async with asyncio.TaskGroup() as jobs:  # one that fails ends the others, loudly
        jobs.create_task(asyncio.to_thread(_settle, ended, settings, found, ring))
        jobs.create_task(asyncio.to_thread(_nights, ended, settings, found, ring))
        jobs.create_task(keep_forgetting(hub, settings.keep_messages_days, stop))
        await Worker(hub).run(stop)
        ended.set()
    await hub.stop()


def _settle(ended: Event, settings: Settings, found: runtime.Database, ring: KeyRing) -> None:
    """The payers' orders: charged, refunded or closed, whatever was interrupted."""
    os.environ.update(runtime.environment(settings, found), YIFEN_OWNER_URL="")
    os.environ["DJANGO_SETTINGS_MODULE"] = "yifen.project.settings"
    import django

    django.setup()
    from yifen.trades.orders import jobs

    own = LocalHub(lambda: Hub(settings, found.app_url, ring, _now))
    jobs.run(ended, own, ring, _now)
    own.stop()


def _nights(ended: Event, settings: Settings, found: runtime.Database, ring: KeyRing) -> None:
    """Each book's end of day, at its own hour."""
    own = LocalHub(lambda: Hub(settings, found.app_url, ring, _now))
    keep_nights(ended, found.app_url, around(own, runtime.data_folder(settings), ring), _now)
    own.stop()
