"""The job that brings payers' orders to their end, every two seconds."""

from collections.abc import Callable

from yifen.core.access.edge import now
from yifen.core.ring import key_ring
from yifen.face.shell.hub import local_hub
from yifen.trades.orders.methods import registry
from yifen.trades.orders.settle import OrderOutside, settle


def run(ending: Callable[[], bool]) -> None:
    """Look at the orders that are due, until none is."""
    outside = OrderOutside(local_hub(), registry.of(key_ring()))
    while not ending() and settle(outside, now()):
        continue
