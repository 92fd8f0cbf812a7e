"""The job that runs batches, every few seconds."""

from collections.abc import Callable

import psycopg

from yifen.core.access.edge import now
from yifen.core.facts.settings import read_settings
from yifen.face.shell.hub import local_hub
from yifen.hub.corebank.jobs import cores_of
from yifen.trades.debits.running import DebitSides, run_due


def run(ending: Callable[[], bool]) -> None:
    """Look at the batches that are due, until none is."""
    with psycopg.connect(read_settings().database_url, autocommit=True) as conn:
        while not ending() and run_due(DebitSides(cores_of(conn), local_hub()), now, ending):
            continue
