"""Verify everything: the ledger, every payment against its transfers, then the audit trail."""

from typing import Any, NamedTuple

import psycopg

from yifen.core.audit import verify as audit
from yifen.core.facts.sqlfiles import queries
from yifen.core.ledger import verify as ledger

_SQL = queries(__package__)
_BUCKETS = _SQL["buckets"]
_PAYMENTS = _SQL["payments_altered"]
_CUTS = _SQL["cuts_told"]


class Report(NamedTuple):
    """What was read, and what is wrong; `problems[0]` names the first altered row."""

    transfers: int
    batches: int
    audit_entries: int
    problems: list[str]

    @property
    def ok(self) -> bool:
        return not self.problems


def verify(conn: psycopg.Connection[Any]) -> Report:
    """Replay the ledger, compare the payments, replay the audit trail. Read-only."""
    books, trail = ledger.verify(conn), audit.verify(conn)
    heads = conn.execute(_BUCKETS).fetchall()
    problems = [problem for (bucket,) in heads for problem in documents(conn, bucket)]
    problems += [
        f"ledger_day_head book {book} day {day} is not what the cut told the audit trail"
        for book, day in conn.execute(_CUTS).fetchall()
    ]
    return Report(
        books.transfers, books.batches, trail.entries, books.problems + trail.problems + problems
    )


def documents(conn: psycopg.Connection[Any], bucket: int) -> list[str]:
    """Payments against their transfers; the first of each bucket that do not agree."""
    rows = conn.execute(_PAYMENTS, {"bucket": bucket}).fetchall()
    return [f"payment {payment_id} {problem}" for payment_id, problem in rows]
