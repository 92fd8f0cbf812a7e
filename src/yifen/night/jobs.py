"""The job of the end of day, every minute. A night that waits or failed is due again later."""

from collections.abc import Callable

import psycopg

from yifen.core.access.edge import now
from yifen.core.facts.settings import ROOT, read_settings
from yifen.face.shell.hub import key_ring, local_hub
from yifen.night.commands.eod import around
from yifen.night.keeping import run_due
from yifen.night.sandbox import cut_sandbox


def run(ending: Callable[[], bool]) -> None:
    """All nights that are due."""
    settings = read_settings()
    outside = around(local_hub(), ROOT / settings.data, key_ring())
    with psycopg.connect(settings.database_url, autocommit=True) as conn:
        run_due(conn, outside, now, ending)


def run_sandbox(ending: Callable[[], bool]) -> None:
    """The sandbox's days, which nobody closes by hand."""
    with psycopg.connect(read_settings().database_url, autocommit=True) as conn:
        cut_sandbox(conn, now())
