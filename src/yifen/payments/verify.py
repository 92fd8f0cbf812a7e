"""Verify everything: the ledger, then every payment against its transfers."""

from typing import Any

import psycopg

from yifen.ledger import verify as ledger
from yifen.ledger.verify import Report

# What the ledger says of each document, against the payment itself.
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
          WHERE bucket = %(bucket)s) r GROUP BY reference_id
) r (reference_id, booked_, held_, open, contra_)
CROSS JOIN LATERAL (SELECT r.reference_id, coalesce(booked_, 0) AS booked,
    coalesce(held_, 0) AS held, r.open, coalesce(contra_, 0) AS contra) t
ON y.payment_id = r.reference_id
"""


def verify(conn: psycopg.Connection[Any]) -> Report:
    """Replay the ledger and compare the payments. Read-only; `problems[0]` is the first row that
    was altered."""
    report = ledger.verify(conn)
    heads = conn.execute("SELECT bucket FROM ledger_head ORDER BY bucket").fetchall()
    found = [problem for (bucket,) in heads for problem in documents(conn, bucket)]
    return report._replace(problems=[*report.problems, *found])


def documents(conn: psycopg.Connection[Any], bucket: int) -> list[str]:
    """Payments against their transfers; the first of each bucket that do not agree."""
    statement = f"""SELECT * FROM ({_PAYMENTS}) d (payment_id, problem)
        WHERE problem IS NOT NULL ORDER BY 1 LIMIT 20"""
    rows = conn.execute(statement, {"bucket": bucket}).fetchall()
    return [f"payment {payment_id} {problem}" for payment_id, problem in rows]
