"""What `yifen verify` asks of the treasury: vouchers, lines, clearing and returns against what they were made of.
Read-only."""

from itertools import islice
from typing import Any

import psycopg

from yifen.core.facts.sqlfiles import queries
from yifen.core.ring import key_ring
from yifen.hub.payments.verify import problems
from yifen.trades.treasury import kept

_SQL = queries(__package__)
FIRST = 20
_CHECKS = ("altered", "quota_altered", "lines_as_sent")


def altered(conn: psycopg.Connection[Any]) -> list[str]:
    """What does not agree."""
    found = [problem for check in _CHECKS for problem in problems(conn, _SQL[check])]
    return found + list(islice(kept.altered(conn, key_ring()), FIRST))
