"""What `yifen verify` asks of court funds: entries against the ledger and against what people agreed to and banks
signed, sub-accounts against the main account. Read-only."""

from typing import Any

import psycopg

from yifen.core.facts.sqlfiles import queries
from yifen.hub.payments.verify import problems
from yifen.trades.cases.books import proof as books_proof
from yifen.trades.cases.doors import proof as doors_proof
from yifen.trades.cases.payout import proof as payout_proof

_SQL = queries(__package__)
_CHECKS = tuple(_SQL[name] for name in ("entries_altered", "claims_altered", "statements_altered", "courts_apart"))


def altered(conn: psycopg.Connection[Any]) -> list[str]:
    """What does not agree."""
    found = [problem for check in _CHECKS for problem in problems(conn, check)]
    return found + books_proof.altered(conn) + doors_proof.altered(conn) + payout_proof.altered(conn)
