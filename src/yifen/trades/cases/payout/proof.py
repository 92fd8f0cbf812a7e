"""What `yifen verify` asks of money that left: each payout against its application, signatures and plan. Read-only."""

from typing import Any

import psycopg

from yifen.core.facts.sqlfiles import queries
from yifen.hub.payments.verify import problems

_SQL = queries(__package__)
_CHECKS = tuple(_SQL[name] for name in ("payouts_altered", "payouts_unasked", "plans_altered"))


def altered(conn: psycopg.Connection[Any]) -> list[str]:
    """What does not agree."""
    return [problem for check in _CHECKS for problem in problems(conn, check)]
