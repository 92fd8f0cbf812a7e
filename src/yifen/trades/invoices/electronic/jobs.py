"""The job that brings electronic invoices to their end, every few seconds."""

from collections.abc import Callable
from typing import Any

import psycopg

from yifen.core.access.edge import now
from yifen.core.facts.settings import read_settings
from yifen.core.ring import key_ring
from yifen.trades.invoices.electronic.issuing import TaxPlatforms, settle_due
from yifen.trades.invoices.electronic.port import port_of


def platforms_of(conn: psycopg.Connection[Any]) -> TaxPlatforms:
    """The platforms as pages and jobs reach them."""
    ring = key_ring()
    return TaxPlatforms(conn, lambda biller_id: port_of(conn, ring, biller_id, now), ring)


def run(ending: Callable[[], bool]) -> None:
    """Look at the orders that are due, until none is."""
    with psycopg.connect(read_settings().database_url, autocommit=True) as conn:
        while not ending() and settle_due(platforms_of(conn), now()):
            continue
