"""The cores as this process reaches them; no Django, for the night has none."""

from collections.abc import Callable
from datetime import datetime

from yifen.core.ring import key_ring
from yifen.hub.corebank.operations import Connection, Cores
from yifen.hub.corebank.port import port_of


def reached(conn: Connection, clock: Callable[[], datetime]) -> Cores:
    """Requests are signed with the `clock`'s time."""
    ring = key_ring()
    return Cores(conn, lambda core_id: port_of(conn, ring, core_id, clock), ring)
