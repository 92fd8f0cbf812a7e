"""How an account stood at the end of a day: from the kept day ends, or from the balances of now.

Nothing is added up, so it costs the same at any size.
"""

from datetime import date, timedelta

from django.db import connection
from msgspec import Struct

_NOW = "(SELECT current_day FROM ledger_book WHERE book_id = %(book_id)s)"
_STOOD = """(
    SELECT coalesce(sum(x.debit), 0)::bigint AS debit, coalesce(sum(x.credit), 0)::bigint AS credit
    FROM (SELECT b.debit_posted_fen, b.credit_posted_fen
          FROM ledger_head h
          JOIN ledger_balance b ON b.bucket = h.bucket AND b.account_id = %(account_id)s
          WHERE {day} >= {now}
          UNION ALL
          SELECT d.debit_posted_fen, d.credit_posted_fen
          FROM ledger_head h
          JOIN ledger_day_balance d ON d.bucket = h.bucket AND d.account_id = %(account_id)s
              AND d.business_day = (SELECT max(business_day) FROM ledger_day_head
                                    WHERE book_id = %(book_id)s AND business_day <= {day})
          WHERE {day} < {now}) x (debit, credit))"""
OPENING = _STOOD.format(day="%(day_before)s", now=_NOW)
CLOSING = _STOOD.format(day="%(until)s", now=_NOW)
TOTALS = f"SELECT o.*, c.* FROM {OPENING} o CROSS JOIN {CLOSING} c"


class PeriodTotals(Struct, frozen=True):
    """Of a period, posted, in fen; balances on the account's own side."""

    opening_fen: int
    debit_fen: int
    credit_fen: int
    closing_fen: int


def params(account_id: int, book_id: int, since: date, until: date) -> dict[str, object]:
    """What OPENING and CLOSING ask for."""
    return {"account_id": account_id, "book_id": book_id, "since": since, "until": until,
            "day_before": since - timedelta(days=1) if since > date.min else since}  # fmt: skip


def totals(sign: int, asked: dict[str, object]) -> PeriodTotals:
    """Opening, both sides, closing; `sign` is 1 where debits raise the balance, else -1."""
    with connection.cursor() as cursor:
        cursor.execute(TOTALS, asked)  # type: ignore[arg-type]
        debit_before, credit_before, debit, credit = cursor.fetchone()
    return PeriodTotals(
        sign * (debit_before - credit_before),
        debit - debit_before,
        credit - credit_before,
        sign * (debit - credit),
    )
