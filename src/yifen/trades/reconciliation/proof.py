"""What `yifen verify` asks of reconciliation: every repair's posting against its transfer."""

from typing import Any

import psycopg

from yifen.hub.payments.verify import TRANSFERS, problems

_POSTINGS = f"""WITH {TRANSFERS}
    SELECT 'recon_posting ' || p.document_id, CASE
        WHEN p.amount_fen IS DISTINCT FROM t.posted
            THEN 'moved ' || p.amount_fen || ' fen, its transfers ' || coalesce(t.posted, 0)
        WHEN NOT EXISTS (SELECT FROM ledger_transfer x
                WHERE x.bucket = p.bucket AND x.reference_id = p.document_id
                AND (x.debit_id, x.credit_id) = (p.debit_id, p.credit_id)
                AND x.business_day = p.business_day)
            THEN 'has a transfer of other accounts, or of another day' END
    FROM recon_posting p LEFT JOIN transfers t ON t.reference_id = p.document_id"""


def altered(conn: psycopg.Connection[Any]) -> list[str]:
    """Repairs that do not agree with the ledger."""
    return problems(conn, _POSTINGS)
