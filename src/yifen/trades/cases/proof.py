"""What `yifen verify` asks of court funds: entries against the ledger, sub-accounts against the main account.
Read-only."""

from typing import Any

import psycopg

from yifen.core.facts.sqlfiles import queries
from yifen.hub.payments.verify import problems

_SQL = queries(__package__)
_CHECKS = tuple(_SQL[name] for name in ("entries_altered", "accounts_altered", "courts_apart"))


def altered(conn: psycopg.Connection[Any]) -> list[str]:
    """What does not agree."""
    return [problem for check in _CHECKS for problem in problems(conn, check)]
