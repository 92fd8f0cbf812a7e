"""Verify everything: the ledger, every payment against its transfers, then the audit trail."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import psycopg

from yifen.core.audit import verify as audit
from yifen.core.facts.sqlfiles import queries
from yifen.core.ledger import verify as ledger
from yifen.core.plugs import called, plugs

_SQL = queries(__package__)
_BUCKETS = _SQL["buckets"]
_PAYMENTS = _SQL["payments_altered"]
_CUTS = _SQL["cuts_told"]
_FIRST, _GONE = _SQL["first_problems"], _SQL["documents_gone"]


class Verified(NamedTuple):
    """What was read, and what is wrong; `problems[0]` names the first altered row."""

    transfers: int
    batches: int
    audit_entries: int
    problems: list[str]

    @property
    def ok(self) -> bool:
        return not self.problems


def verify(conn: psycopg.Connection[Any], months: Sequence[ledger.ArchivedMonth] = ()) -> Verified:
    """Everything: replay the ledger and the audit trail, compare the payments, then what each trade's
    documents say. Read-only. `months`: of the archive."""
    books, trail = ledger.verify(conn, months), audit.verify(conn)
    heads = conn.execute(_BUCKETS).fetchall()
    found = [problem for (bucket,) in heads for problem in documents(conn, bucket)]
    found += [
        f"ledger_day_head book {book} day {day} is not what the cut told the audit trail"
        for book, day in conn.execute(_CUTS).fetchall()
    ]
    found += documents_of_trades(conn)
    return Verified(
        books.transfers, books.batches, trail.entries, books.problems + trail.problems + found
    )


def documents_of_trades(conn: psycopg.Connection[Any]) -> list[str]:
    """What is wrong with documents that are no payments, as their trades' plugs say."""
    found: list[str] = []
    for name in (name for plug in plugs() for name in plug.verify):
        found += called(name)(conn)
    return found + problems(conn, _gone())


def _gone() -> str:
    tables = [table for plug in plugs() for table in plug.documents]
    there = " UNION ALL ".join(f"SELECT document_id FROM {table}" for table in tables)
    return _GONE.format(documents=there)


def problems(conn: psycopg.Connection[Any], check: str) -> list[str]:
    """The first twenty that a check finds: a SELECT of (document, what is wrong or NULL)."""
    rows = conn.execute(_FIRST.format(check=check).encode()).fetchall()
    return [f"{document} {problem}" for document, problem in rows]


def documents(conn: psycopg.Connection[Any], bucket: int) -> list[str]:
    """Payments against their transfers; the first of each bucket that do not agree."""
    rows = conn.execute(_PAYMENTS, {"bucket": bucket}).fetchall()
    return [f"payment {payment_id} {problem}" for payment_id, problem in rows]
