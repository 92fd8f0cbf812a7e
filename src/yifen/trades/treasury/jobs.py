"""The worker sends vouchers and asks about them every few seconds, and fetches a day's papers every ten minutes."""

from collections.abc import Callable

import psycopg

from yifen.core.access.edge import now
from yifen.core.facts.settings import read_settings
from yifen.core.ring import key_ring
from yifen.trades.treasury import clearing, sending


def pay(ending: Callable[[], bool]) -> None:
    """Vouchers to agent banks, and what became of them."""
    with psycopg.connect(read_settings().database_url, autocommit=True) as conn:
        ring = key_ring()
        sending.work(conn, ring, lambda house: sending.port_of(conn, ring, house, now), now, ending)


def clear(ending: Callable[[], bool]) -> None:
    """Claims, refunds, returns and checks."""
    if ending():
        return
    with psycopg.connect(read_settings().database_url, autocommit=True) as conn:
        ring = key_ring()
        clearing.work(conn, ring, lambda house: sending.port_of(conn, ring, house, now), now)
