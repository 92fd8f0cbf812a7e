"""What `yifen verify` asks of official cards: postings against the ledger, claims against their lines and signatures,
repayments against postings, swipes and invoices against what was claimed of them. Read-only."""

from itertools import islice
from typing import Any

import psycopg

from yifen.core.facts.sqlfiles import queries
from yifen.core.ring import key_ring
from yifen.hub.payments.verify import problems
from yifen.trades.cards.books import words

_SQL = queries(__package__)
FIRST = 20
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
        "deputies_altered",
    )
)


def altered(conn: psycopg.Connection[Any]) -> list[str]:
    """What does not agree, and the first of what banks and people sent that is not there as they sent it."""
    found = [problem for check in _CHECKS for problem in problems(conn, check)]
    return found + list(islice(words.altered(conn, key_ring()), FIRST))
