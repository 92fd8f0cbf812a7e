"""How verify and the daily proof read the boxes."""

from datetime import date
from typing import Any

import psycopg

from yifen.hub.night import ProofLine
from yifen.hub.payments.verify import problems

_GIFTS = """SELECT 'gift ' || g.document_id, CASE WHEN g.amount_fen IS DISTINCT FROM t.posted
    THEN 'says ' || g.amount_fen || ' fen, its transfers ' || coalesce(t.posted, 0) END
FROM tally_gift g LEFT JOIN document_transfers t USING (document_id)"""
_LINES = """SELECT b.account_id, sum(g.amount_fen)::bigint
FROM tally_gift g JOIN tally_box b ON b.id = g.box_id GROUP BY 1"""


def altered(conn: psycopg.Connection[Any]) -> list[str]:
    """Gifts that do not agree with the ledger."""
    return problems(conn, _GIFTS)


def lines(conn: psycopg.Connection[Any], book_id: int, day: date) -> list[ProofLine]:
    """What stands in each box."""
    rows = conn.execute(_LINES).fetchall()
    return [ProofLine(account, "box", "gift", day, "", fen) for account, fen in rows]
