"""The job that takes in what landed and runs batches, every few seconds."""

from collections.abc import Callable

import psycopg

from yifen.core.access.edge import now
from yifen.core.facts.settings import read_settings
from yifen.core.ring import key_ring
from yifen.core.runtime import data_folder
from yifen.face.shell.hub import local_hub
from yifen.hub.corebank.jobs import cores_of
from yifen.hub.landing import INBOX
from yifen.trades.debits.arriving import take_landed
from yifen.trades.debits.running import DebitSides, run_due


def run(ending: Callable[[], bool]) -> None:
    """Look at the batches that are due, until none is."""
    settings = read_settings()
    with psycopg.connect(settings.database_url, autocommit=True) as conn:
        take_landed(conn, key_ring(), data_folder(settings) / INBOX, now)
        while not ending() and run_due(DebitSides(cores_of(conn), local_hub()), now, ending):
            continue
