"""Payables of a biller: one, those of a payer, what moved money for one."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db import connection
from msgspec import Struct
from msgspec.structs import replace

from yifen.core.access.scope import Scope
from yifen.core.access.sealing import ring
from yifen.core.facts.buckets import account_bucket, payment_bucket
from yifen.core.facts.pgarrays import numbers, texts
from yifen.core.facts.sqlfiles import queries
from yifen.face.scope import buckets
from yifen.hub.payments import names

_SQL = queries(__package__)
PAYABLES_MAX = 500
POSTINGS_MAX = 200
PAYABLES = """
SELECT y.payable_id, y.bucket, y.biller_id, p.code, p.name, y.account_no,
    (SELECT r.name FROM payer r WHERE r.bucket = y.bucket AND r.biller_id = y.biller_id
        AND r.account_no = y.account_no),
    y.ref, y.title, y.mode::text, y.due_fen, y.min_fen, y.max_fen, y.due_on, y.state::text,
    y.paid_fen, y.held_by, a.code, a.name
FROM payable y JOIN partner p ON p.id = y.biller_id
JOIN ledger_account a ON a.account_id = y.credit_id
WHERE y.bucket = %(bucket)s {more}"""
OF_PAYER = "AND y.biller_id = %(biller_id)s AND y.account_no = %(account_no)s"
HISTORY = """
SELECT t.payment_id, t.kind, t.amount_fen, t.booked_at, t.business_day, c.name, y.serial,
    y.payer_state::text, y.biller_state::text
FROM (SELECT y.payment_id, x.kind::text, x.amount_fen, b.booked_at, x.business_day
      FROM payment y JOIN ledger_transfer x ON x.bucket = y.bucket AND x.reference_id = y.payment_id
          AND x.detail_id = %(payable_id)s
      JOIN ledger_batch b ON b.bucket = x.bucket AND b.batch_no = x.batch_no
      WHERE y.bucket = %(bucket)s AND hashtext(y.account_no) = hashtext(%(account_no)s)
          AND y.account_no = %(account_no)s AND y.biller_id = %(biller_id)s
      ORDER BY x.transfer_no DESC LIMIT %(limit)s) t
JOIN payment y ON y.bucket = %(bucket)s AND y.payment_id = t.payment_id
JOIN partner c ON c.id = y.channel_id
ORDER BY t.booked_at DESC, t.payment_id DESC"""


class Payable(Struct, frozen=True):
    """Something that can be paid, and whose it is; amounts in fen."""

    payable_id: int
    bucket: int
    biller_id: int
    biller_code: str
    biller_name: str
    account_no: str
    payer_name: str | None
    ref: str
    title: str
    mode: str
    due_fen: int
    min_fen: int
    max_fen: int
    due_on: date | None
    state: str
    paid_fen: int
    held_by: int | None
    credit_code: str
    credit_name: str


class PayablePosting(Struct, frozen=True):
    """A transfer that moved money for a payable."""

    payment_id: int
    kind: str
    amount_fen: int
    booked_at: datetime
    business_day: date
    channel_name: str
    serial: str
    payer_state: str
    biller_state: str


def payable(scope: Scope, payable_id: int) -> Payable | None:
    """One payable of a biller in scope."""
    if not 0 < payable_id < 2**63:
        return None
    params = {"bucket": payment_bucket(payable_id), "payable_id": payable_id}
    statement = PAYABLES + " AND y.payable_id = %(payable_id)s"
    found = _rows(statement, params, scope, "y.biller_id")
    return _named(found[0]) if found else None


def payables_of(scope: Scope, biller_id: int, account_no: str) -> list[Payable]:
    """What this account number owes and owed, the newest first."""
    params = {"bucket": account_bucket(biller_id, account_no, buckets()), "biller_id": biller_id,
              "account_no": account_no}  # fmt: skip
    statement = f"{PAYABLES} {OF_PAYER} ORDER BY y.due_on DESC NULLS LAST, y.ref DESC LIMIT {PAYABLES_MAX}"
    return [_named(row) for row in _rows(statement, params, scope, "y.biller_id")]


def accounts_named(biller_id: int, start: str, homes: Sequence[int]) -> list[str]:
    """A biller's account numbers whose payers' names begin so, of these buckets: at least
    `names.MARKED` letters. Names with the mark of the beginning are opened, some one in 256."""
    keys = ring()
    params = {"buckets": numbers(homes), "biller_id": biller_id,
              "marks": texts(names.marks(keys, biller_id, start))}  # fmt: skip
    found = _rows(_SQL["sealed_names"], params)
    return [account for account, name in found
            if names.opened_name(keys, biller_id, account, name).startswith(start)]  # fmt: skip


def history(found: Payable, limit: int = POSTINGS_MAX) -> list[PayablePosting]:
    """Every posting of a payable, the newest first."""
    params = {"bucket": found.bucket, "payable_id": found.payable_id, "limit": limit,
              "account_no": found.account_no, "biller_id": found.biller_id}  # fmt: skip
    return [PayablePosting(*row) for row in _rows(HISTORY, params)]


def _named(row: tuple[Any, ...]) -> Payable:
    """With the payer's name opened."""
    found = Payable(*row)
    name = names.opened_name(ring(), found.biller_id, found.account_no, found.payer_name)
    return replace(found, payer_name=name)


def _rows(
    statement: str, params: dict[str, Any], scope: Scope | None = None, biller: str = ""
) -> Sequence[tuple[Any, ...]]:
    more = ""
    if scope is not None and scope.partners is not None:
        more = f"AND {biller} = ANY (%(scope)s::integer[])"
        params["scope"] = numbers(scope.partners)
    with connection.cursor() as cursor:
        cursor.execute(statement.format(more=more) if "{more}" in statement else statement, params)
        return list(cursor.fetchall())
