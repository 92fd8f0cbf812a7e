"""Verify everything: the ledger, every payment against its transfers, then the audit trail."""

from typing import Any, NamedTuple

import psycopg

from yifen.core.audit import verify as audit
from yifen.core.ledger import verify as ledger
from yifen.core.plugs import called, plugs

# What the ledger says of each payment, against the payment itself; documents that are none have
# negative numbers.
_PAYMENTS = """
SELECT coalesce(y.payment_id, t.reference_id), CASE
    WHEN y.payment_id IS NULL THEN 'is missing; the ledger has transfers of it'
    WHEN t.reference_id IS NULL THEN 'has no transfer in the ledger'
    WHEN y.booked_at IS NOT NULL AND y.amount_fen <> t.booked THEN 'has another amount than its '
        || 'transfers: ' || y.amount_fen || ' against ' || t.booked || ' fen'
    WHEN y.booked_at IS NULL AND (t.booked <> 0 OR t.held <> y.amount_fen)
        THEN 'is not booked but its transfers are, or has another amount'
    WHEN (y.payer_state IN ('returned', 'refunded')) <> (t.contra = t.booked AND t.open = 0)
        THEN 'has payer state ' || y.payer_state || ', its transfers say otherwise'
    END
FROM (SELECT * FROM payment WHERE bucket = %(bucket)s) y
FULL JOIN (
    SELECT reference_id,
        sum(amount_fen) FILTER (WHERE kind IN ('posted', 'post') AND reverses_no IS NULL) AS booked,
        sum(amount_fen) FILTER (WHERE kind = 'pending') AS held,
        sum(CASE kind WHEN 'pending' THEN amount_fen WHEN 'posted' THEN 0 ELSE -amount_fen END)
            AS open,
        sum(amount_fen) FILTER (WHERE reverses_no IS NOT NULL) AS contra
    FROM (SELECT reference_id, amount_fen, kind, reverses_no FROM ledger_transfer
          WHERE bucket = %(bucket)s AND reference_id > 0) r GROUP BY reference_id
) r (reference_id, booked_, held_, open, contra_)
CROSS JOIN LATERAL (SELECT r.reference_id, coalesce(booked_, 0) AS booked,
    coalesce(held_, 0) AS held, r.open, coalesce(contra_, 0) AS contra) t
ON y.payment_id = r.reference_id
"""


# What a cut told the trail of the ledger's heads, against what the ledger kept of them.
_CUTS = """
SELECT a.book_id, a.business_day FROM audit_day_head a JOIN audit_entry e USING (entry_no)
WHERE e.after -> 'heads' IS DISTINCT FROM (
    SELECT jsonb_agg(jsonb_build_array(bucket, batch_no, encode(hash, 'hex')) ORDER BY bucket)
    FROM ledger_day_head d WHERE (d.book_id, d.business_day) = (a.book_id, a.business_day))
ORDER BY a.entry_no"""


# What the ledger holds of every document that is no payment, over all buckets.
TRANSFERS = """
transfers AS (
    SELECT reference_id,
        sum(amount_fen) FILTER (WHERE kind = 'posted' AND reverses_no IS NULL) AS posted,
        sum(amount_fen) FILTER (WHERE kind = 'pending') AS pending,
        sum(amount_fen) FILTER (WHERE kind = 'post') AS post,
        sum(amount_fen) FILTER (WHERE kind = 'void') AS void,
        sum(amount_fen) FILTER (WHERE reverses_no IS NOT NULL) AS contra
    FROM ledger_head JOIN ledger_transfer USING (bucket) WHERE reference_id < 0
    GROUP BY reference_id
)"""


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
    """Everything: replay the ledger and the audit trail, compare the payments, then what each trade's
    documents say. Read-only."""
    books, trail = ledger.verify(conn), audit.verify(conn)
    heads = conn.execute("SELECT bucket FROM ledger_head ORDER BY bucket").fetchall()
    found = [problem for (bucket,) in heads for problem in documents(conn, bucket)]
    found += [
        f"ledger_day_head book {book} day {day} is not what the cut told the audit trail"
        for book, day in conn.execute(_CUTS).fetchall()
    ]
    found += documents_of_trades(conn)
    return Report(
        books.transfers, books.batches, trail.entries, books.problems + trail.problems + found
    )


def documents_of_trades(conn: psycopg.Connection[Any]) -> list[str]:
    """What is wrong with documents that are no payments, as their trades' plugs say."""
    found: list[str] = []
    for name in (name for plug in plugs() for name in plug.verify):
        found += called(name)(conn)
    return found + problems(conn, _gone())


def _gone() -> str:
    """Transfers whose document is gone."""
    tables = [table for plug in plugs() for table in plug.documents]
    there = " UNION ALL ".join(f"SELECT document_id FROM {table}" for table in tables)
    return f"""WITH {TRANSFERS}
    SELECT 'document ' || t.reference_id, CASE WHEN d.document_id IS NULL
        THEN 'is missing; the ledger has transfers of it' END
    FROM transfers t LEFT JOIN ({there}) d ON d.document_id = t.reference_id"""


def problems(conn: psycopg.Connection[Any], check: str) -> list[str]:
    """The first twenty that a check finds: a SELECT of (document, what is wrong or NULL)."""
    statement = f"""SELECT * FROM ({check}) c (document, problem)
        WHERE problem IS NOT NULL ORDER BY 1 LIMIT 20"""
    rows = conn.execute(statement.encode()).fetchall()
    return [f"{document} {problem}" for document, problem in rows]


def documents(conn: psycopg.Connection[Any], bucket: int) -> list[str]:
    """Payments against their transfers; the first of each bucket that do not agree."""
    statement = f"""SELECT * FROM ({_PAYMENTS}) d (payment_id, problem)
        WHERE problem IS NOT NULL ORDER BY 1 LIMIT 20"""
    rows = conn.execute(statement, {"bucket": bucket}).fetchall()
    return [f"payment {payment_id} {problem}" for payment_id, problem in rows]
