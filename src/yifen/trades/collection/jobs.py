"""The worker's job of collection orders, every few seconds."""

from collections.abc import Callable

import psycopg

from yifen.core.access.edge import now
from yifen.core.facts.settings import read_settings
from yifen.core.ring import key_ring
from yifen.face.shell.hub import local_hub
from yifen.hub.corebank.jobs import cores_of
from yifen.hub.corebank.operations import Connection
from yifen.trades.collection.notice import tell
from yifen.trades.collection.settle import Outside, settle


def outside_of(conn: Connection) -> Outside:
    """The cores and the hub of this process."""
    ring = key_ring()
    return Outside(cores_of(conn), local_hub(), lambda order_id, at: tell(ring, order_id, at))


def run(ending: Callable[[], bool]) -> None:
    """Look at the demands that are due, until none is."""
    with psycopg.connect(read_settings().database_url, autocommit=True) as conn:
        while not ending() and settle(outside_of(conn), now()):
            continue
