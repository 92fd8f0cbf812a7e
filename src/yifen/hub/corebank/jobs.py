"""The job that asks cores what became of moves that nobody knows of, every few seconds."""

from collections.abc import Callable

import psycopg

from yifen.core.access.edge import now
from yifen.core.facts.settings import read_settings
from yifen.hub.corebank.operations import Connection, Cores, settle_due
from yifen.hub.corebank.reach import reached


def cores_of(conn: Connection) -> Cores:
    """The cores as pages and jobs reach them."""
    return reached(conn, now)


def run(ending: Callable[[], bool]) -> None:
    """Look at the moves that are due, until none is."""
    with psycopg.connect(read_settings().database_url, autocommit=True) as conn:
        while not ending() and settle_due(cores_of(conn), now()):
            continue
