"""What `yifen verify` asks of court funds: entries against the ledger, sub-accounts against the main account.
Read-only."""

from typing import Any

import psycopg

from yifen.core.facts.sqlfiles import queries
from yifen.hub.payments.verify import problems

_SQL, _LEFT = queries(__package__), queries(f"{__package__}.payout")
_CHECKS = (*(_SQL[name] for name in ("entries_altered", "accounts_altered", "courts_apart")),
           *(_LEFT[name] for name in ("payouts_altered", "payouts_unasked", "plans_altered")))  # fmt: skip


def altered(conn: psycopg.Connection[Any]) -> list[str]:
    """What does not agree."""
    return [problem for check in _CHECKS for problem in problems(conn, check)]
