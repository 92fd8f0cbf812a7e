"""The worker's job of mandates: partners' words are taken, debits brought to their end, payers told."""

from collections.abc import Callable

import psycopg

from yifen.core.access.edge import now
from yifen.core.facts.settings import read_settings
from yifen.core.ring import key_ring
from yifen.face.shell.hub import local_hub
from yifen.hub.corebank.jobs import cores_of
from yifen.hub.corebank.operations import Connection
from yifen.trades.mandates import asking, noticing, singles
from yifen.trades.mandates.doors import words
from yifen.trades.mandates.singles import DebitOutside


def outside_of(conn: Connection) -> DebitOutside:
    """The hub and the cores of this process."""
    return DebitOutside(local_hub(), cores_of(conn))


def run(ending: Callable[[], bool]) -> None:
    """Look once at everything that waits."""
    with psycopg.connect(read_settings().database_url, autocommit=True) as conn:
        asking.confirm_all(conn, key_ring(), now)
        words.take_all(outside_of(conn), now)
        while not ending() and singles.settle(outside_of(conn), now()):
            continue
        noticing.tell_all(conn, key_ring(), now())
