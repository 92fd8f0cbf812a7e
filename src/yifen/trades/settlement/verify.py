"""Verify the documents of settlement against the ledger and against each other; the first altered
rows are named. Read-only; nothing here trusts the functions that wrote them."""

from typing import Any

import psycopg

from yifen.core.facts.sqlfiles import queries
from yifen.hub.payments import verify as payments
from yifen.hub.payments.verify import Report

_SQL = queries(__package__)
_FIRST = _SQL["first_problems"]
_CHECKS = tuple(_FIRST.format(check=_SQL[name]) for name in (
    "settlements_altered", "figures_altered", "commissions_altered", "payouts_altered",
    "receipts_altered", "repairs_altered", "documents_gone",
))  # fmt: skip


def verify(conn: psycopg.Connection[Any]) -> Report:
    """Everything: ledger, payments, audit trail, then the documents of settlement."""
    report = payments.verify(conn)
    return report._replace(problems=report.problems + documents(conn))


def documents(conn: psycopg.Connection[Any]) -> list[str]:
    """Settlements, commissions, payouts, receipts and repairs that do not agree with the ledger:
    the first twenty of each kind."""
    problems = []
    for check in _CHECKS:
        rows = conn.execute(check).fetchall()
        problems += [f"{document} {problem}" for document, problem in rows]
    return problems
