"""The job that brings deductions to their end, every two seconds."""

from collections.abc import Callable

import psycopg

from yifen.core.access.edge import now
from yifen.core.facts.settings import read_settings
from yifen.core.ring import key_ring
from yifen.face.shell.hub import local_hub
from yifen.trades.deductions.operations import Connection
from yifen.trades.deductions.port import port_of
from yifen.trades.deductions.settle import BankOutside, settle


def outside_of(conn: Connection) -> BankOutside:
    """The hub and the banks of this process."""
    ring = key_ring()
    return BankOutside(local_hub(), lambda channel_id: port_of(conn, ring, channel_id, now), ring)


def run(ending: Callable[[], bool]) -> None:
    """Look at the deductions that are due, until none is."""
    with psycopg.connect(read_settings().database_url, autocommit=True) as conn:
        while not ending() and settle(conn, outside_of(conn), now()):
            continue
