"""The job that asks cores what became of moves that nobody knows of, every few seconds."""

from collections.abc import Callable

import psycopg

from yifen.core.access.edge import now
from yifen.core.facts.settings import read_settings
from yifen.core.ring import key_ring
from yifen.hub.corebank.operations import Connection, Cores, settle_due
from yifen.hub.corebank.port import port_of


def cores_of(conn: Connection) -> Cores:
    """The cores as this process reaches them."""
    ring = key_ring()
    return Cores(conn, lambda core_id: port_of(conn, ring, core_id, now), ring)


def run(ending: Callable[[], bool]) -> None:
    """Look at the moves that are due, until none is."""
    with psycopg.connect(read_settings().database_url, autocommit=True) as conn:
        while not ending() and settle_due(cores_of(conn), now()):
            continue
