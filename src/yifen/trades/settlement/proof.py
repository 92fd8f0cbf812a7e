"""What `yifen verify` asks of settlement: every document against its transfers in the ledger."""

from typing import Any

import psycopg

from yifen.hub.payments.verify import TRANSFERS, problems

_CHECKS = (
    # What moved, and what of it went on to others, as posted transfers of the one document.
    f"""WITH {TRANSFERS}, parts AS (
        SELECT document_id, sum(amount_fen) AS whole,
               sum(amount_fen) FILTER (WHERE reason IN ('pooled', 'split')) AS passed_on
        FROM settlement_part GROUP BY 1
    )
    SELECT 'settlement ' || s.document_id, CASE
        WHEN s.moved_fen + coalesce(p.passed_on, 0) <> coalesce(t.posted, 0)
            THEN 'moved ' || s.moved_fen || ' and passed on ' || coalesce(p.passed_on, 0)
                 || ' fen, its transfers ' || coalesce(t.posted, 0)
        WHEN coalesce(p.whole, 0) <> s.moved_fen
            THEN 'has parts of ' || coalesce(p.whole, 0) || ' fen, it moved ' || s.moved_fen
        WHEN s.moved_fen > 0 AND NOT EXISTS (
                SELECT FROM ledger_transfer x JOIN biller b ON b.transit_id = x.debit_id
                WHERE x.reference_id = s.document_id AND b.partner_id = s.biller_id
                HAVING sum(x.amount_fen) = s.moved_fen)
            THEN 'did not take its money from the transit account of biller ' || s.biller_id
        END
    FROM settlement s LEFT JOIN parts p USING (document_id)
    LEFT JOIN transfers t ON t.reference_id = s.document_id""",
    # The figures of the day, from which commission was worked out.
    """SELECT 'settlement ' || s.document_id, CASE
        WHEN (s.payments, s.amount_fen) IS DISTINCT FROM (coalesce(f.n, 0), coalesce(f.fen, 0))
            THEN 'counts ' || s.payments || ' payments of ' || s.amount_fen || ' fen, the books '
                 || coalesce(f.n, 0) || ' of ' || coalesce(f.fen, 0) END
    FROM settlement s LEFT JOIN (
        SELECT biller_id, day, sum(n) AS n, sum(fen) AS fen FROM (
            SELECT biller_id, business_day AS day, count(*) AS n, sum(amount_fen) AS fen
            FROM payment WHERE booked_at IS NOT NULL GROUP BY 1, 2
            UNION ALL
            SELECT y.biller_id, r.business_day, -count(*), -sum(r.amount_fen)
            FROM payment_return r JOIN payment y
                ON y.bucket = r.bucket AND y.payment_id = r.payment_id
            WHERE r.booked_at IS NOT NULL AND y.booked_at IS NOT NULL GROUP BY 1, 2) u
        GROUP BY 1, 2) f ON f.biller_id = s.biller_id AND f.day = s.business_day""",
    f"""WITH {TRANSFERS}
    SELECT 'commission ' || c.document_id, CASE
        WHEN abs(c.fee_fen) <> coalesce(t.posted, 0)
            THEN 'charges ' || c.fee_fen || ' fen, its transfers ' || coalesce(t.posted, 0)
        WHEN c.reason = 'day' AND c.fee_fen IS DISTINCT FROM s.commission_fen
            THEN 'charges ' || c.fee_fen || ' fen, its settlement says '
                 || coalesce(s.commission_fen::text, 'nothing') END
    FROM commission c LEFT JOIN transfers t ON t.reference_id = c.document_id
    LEFT JOIN settlement s ON s.biller_id = c.biller_id AND s.business_day = c.business_day""",
    f"""WITH {TRANSFERS}
    SELECT 'payout ' || y.document_id, CASE
        WHEN y.amount_fen IS DISTINCT FROM t.pending
            THEN 'pays ' || y.amount_fen || ' fen, its transfers ' || coalesce(t.pending, 0)
        WHEN y.state::text IS DISTINCT FROM CASE
                WHEN t.contra = t.post AND t.post = t.pending THEN 'returned'
                WHEN t.void = t.pending AND t.post IS NULL THEN 'returned'
                WHEN t.post = t.pending AND t.void IS NULL AND t.contra IS NULL THEN 'done'
                WHEN t.post IS NULL AND t.void IS NULL AND y.state NOT IN ('done', 'returned')
                    THEN y.state::text END
            THEN 'is ' || y.state || ', its transfers say otherwise'
        WHEN EXISTS (SELECT FROM ledger_transfer x WHERE x.reference_id = y.document_id
                AND (x.debit_id, x.credit_id) <> (y.debit_id, y.credit_id)
                AND (x.debit_id, x.credit_id) <> (y.credit_id, y.debit_id))
            THEN 'has transfers between other accounts'
        WHEN (SELECT e.state FROM payout_event e WHERE e.document_id = y.document_id
              ORDER BY e.event_id DESC LIMIT 1) IS DISTINCT FROM y.state
            THEN 'is ' || y.state || ', its last event says otherwise' END
    FROM payout y LEFT JOIN transfers t ON t.reference_id = y.document_id""",
    f"""WITH {TRANSFERS}
    SELECT 'receipt ' || r.document_id, CASE
        WHEN coalesce(t.posted, 0) <> CASE r.state WHEN 'arrived'
                THEN abs(r.net_fen) + r.fee_fen ELSE 0 END
            THEN 'is ' || r.state || ' with ' || r.net_fen || ' and ' || r.fee_fen
                 || ' fen, its transfers ' || coalesce(t.posted, 0) END
    FROM receipt r LEFT JOIN transfers t ON t.reference_id = r.document_id""",
)


def altered(conn: psycopg.Connection[Any]) -> list[str]:
    """Settlements, commissions, payouts and receipts that do not agree with the ledger."""
    return [problem for check in _CHECKS for problem in problems(conn, check)]
