"""The worker's job of the agency: documents follow what the core said."""

from collections.abc import Callable

import psycopg

from yifen.core.access.edge import now
from yifen.core.facts.settings import read_settings
from yifen.trades.agency.following import follow_all


def run(ending: Callable[[], bool]) -> None:
    """Look at them once."""
    with psycopg.connect(read_settings().database_url, autocommit=True) as conn:
        follow_all(conn, now())
