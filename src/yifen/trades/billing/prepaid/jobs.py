"""What the worker does every few seconds for prepaid meters. Two tasks, so that no sale waits for a vending system."""

from collections.abc import Callable

import psycopg

from yifen.core.access.edge import now
from yifen.core.facts.settings import read_settings
from yifen.core.ring import key_ring
from yifen.trades.billing.prepaid import selling
from yifen.trades.billing.prepaid import tokens as asking


def sell(ending: Callable[[], bool]) -> None:
    """Money on balances becomes sales."""
    with psycopg.connect(read_settings().database_url, autocommit=True) as conn:
        selling.sell_due(conn, now, ending)


def tokens(ending: Callable[[], bool]) -> None:
    """Sales get their tokens."""
    with psycopg.connect(read_settings().database_url, autocommit=True) as conn:
        asking.ask_due(conn, key_ring(), now, ending)
