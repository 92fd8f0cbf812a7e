"""Where the gateway is put together: `granian yifen.hub.doors.asgi:app`."""

from datetime import UTC, datetime
from pathlib import Path

from yifen.core import tracing
from yifen.core.facts import logs
from yifen.core.facts.processes import GATEWAY
from yifen.core.facts.secrets import read_ring
from yifen.core.facts.settings import read_settings
from yifen.core.incoming.connections import keep_watch
from yifen.core.incoming.leaving import Leaving
from yifen.core.metrics.life import Life
from yifen.core.standing import check_standing
from yifen.hub.doors.app import Gateway
from yifen.hub.payments.hub import Hub

logs.configure()
settings = read_settings()
tracing.begin("gateway", settings)


def clock() -> datetime:
    """The one place where the gateway reads the time."""
    return datetime.now(UTC)


def make_hub() -> Hub:
    if settings.front == "granian":  # our own counts its connections itself
        keep_watch(settings.port, settings.client_connections)
    ring = read_ring(settings.key_ring, Path(settings.data))
    return Hub(settings, settings.database_url, ring, clock)


def check() -> None:
    """The database is of this version and these settings, and this process comes as its own role."""
    check_standing(settings.database_url, GATEWAY, settings.buckets)


def make_life(gateway: Gateway) -> Life:
    """What this process tells of itself."""
    return Life(Path(settings.data), "gateway", settings.database_url, clock, gateway.wrong,
                bool(settings.metrics), (gateway.figures,))  # fmt: skip


app = Leaving(Gateway(make_hub, settings, check, make_life), settings.port)
