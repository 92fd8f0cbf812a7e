"""What `yifen verify` asks of billing: bills against their lines, documents against the ledger, receivables against
the hub's payables. Read-only; nothing here trusts the functions that wrote them."""

from typing import Any

import psycopg

from yifen.core.facts.sqlfiles import queries
from yifen.hub.payments.verify import problems

_SQL = queries(__package__)
_CHECKS = tuple(_SQL[name] for name in (
    "bookings_altered", "bills_altered", "receivables_altered", "late_altered", "sales_altered", "returned_altered",
    "written_altered",
))  # fmt: skip


def altered(conn: psycopg.Connection[Any]) -> list[str]:
    """What does not agree."""
    return [problem for check in _CHECKS for problem in problems(conn, check)]
