"""What `yifen verify` asks of official cards: postings against the ledger, claims against their lines and signatures,
repayments against postings, swipes and invoices against what was claimed of them. Read-only."""

from typing import Any

import psycopg

from yifen.core.facts.sqlfiles import queries
from yifen.hub.payments.verify import problems

_SQL = queries(__package__)
_CHECKS = tuple(
    _SQL[name]
    for name in (
        "postings_altered",
        "claims_altered",
        "lines_altered",
        "repayments_altered",
        "swipes_over",
        "invoices_over",
        "owed_apart",
        "lent_apart",
        "queries_altered",
    )
)


def altered(conn: psycopg.Connection[Any]) -> list[str]:
    """What does not agree."""
    return [problem for check in _CHECKS for problem in problems(conn, check)]
