"""What `yifen verify` asks of settlement: every document against its transfers in the ledger.

Read-only; nothing here trusts the functions that wrote them.
"""

from typing import Any

import psycopg

from yifen.core.facts.sqlfiles import queries
from yifen.hub.payments.verify import problems

_SQL = queries(__package__)
_CHECKS = tuple(_SQL[name] for name in (
    "settlements_altered", "figures_altered", "commissions_altered", "payouts_altered",
    "receipts_altered",
))  # fmt: skip


def altered(conn: psycopg.Connection[Any]) -> list[str]:
    """Settlements, commissions, payouts and receipts that do not agree with the ledger."""
    return [problem for check in _CHECKS for problem in problems(conn, check)]
