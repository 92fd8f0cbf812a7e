"""The job beside the biller ladder: looks at orders that are due, until it is told to stop."""

from collections.abc import Callable
from datetime import datetime
from threading import Event

import structlog
from django.db import Error, close_old_connections

from yifen.core.facts.secrets import KeyRing
from yifen.hub.payments.local import LocalHub
from yifen.trades.orders.methods import registry
from yifen.trades.orders.settle import Outside, settle

log = structlog.get_logger()
IDLE_S = 1.0


def run(stop: Event, hub: LocalHub, ring: KeyRing, clock: Callable[[], datetime]) -> None:
    """Blocks; for a thread. A database that is away is waited for."""
    outside = Outside(hub, registry.of(ring))
    while not stop.is_set():
        try:
            settle(outside, clock())
        except Error as error:
            log.warning("orders could not be read", error=str(error))
        close_old_connections()
        stop.wait(IDLE_S)
