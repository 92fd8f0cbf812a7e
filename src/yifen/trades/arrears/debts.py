"""Debts as they are now, of one customer or of a list, and what one person does about them."""

from datetime import date, datetime
from typing import Any, NamedTuple

from django.db import transaction

from yifen.core.access.edge import Access
from yifen.core.facts.codes import Code
from yifen.core.facts.refused import Refused
from yifen.core.facts.sqlfiles import queries
from yifen.core.plugs import result_code
from yifen.face.plain import plain_connection

_SQL = queries(__package__)
BATCH_MAX = 100


class DebtAccount(NamedTuple):
    """Whose debts: a customer of a company."""

    customer_id: int
    bucket: int
    biller_id: int
    biller_name: str
    account_no: str
    place: str


class OverdueBill(NamedTuple):
    """What is open of a bill of a fee, with its late fee as it was told last."""

    bill_id: int
    fee_id: int
    fee_name: str
    title: str
    due_on: date
    days: int
    owed_fen: int
    paid_fen: int
    is_disputed: bool


def account(access: Access, customer_id: int) -> DebtAccount:
    """Refused: OUT_OF_SCOPE."""
    one = known(customer_id) if customer_id < 2**62 else None
    if one is None or not access.scope.has_partner(one.biller_id):
        raise Refused(Code.OUT_OF_SCOPE, "customer")
    return one


def known(customer_id: int) -> DebtAccount | None:
    """Whoever asks."""
    with plain_connection() as conn:
        row = conn.execute(_SQL["account"], {"customer": customer_id}).fetchone()
    return DebtAccount(*row) if row else None


def look(one: DebtAccount, at: datetime) -> None:
    """Who paid a moment ago is shown so, and nobody goes to cut him off."""
    with plain_connection() as conn, transaction.atomic():
        conn.execute(_SQL["look"], {"customer": one.customer_id, "now": at})


def fresh(one: DebtAccount, at: datetime) -> None:
    """The account's late fees of today, so that what is shown is what is owed."""
    with plain_connection() as conn, transaction.atomic():
        conn.execute(
            _SQL["fresh"],
            {"bucket": one.bucket, "biller": one.biller_id, "account": one.account_no, "now": at},
        )


def open_bills(one: DebtAccount, at: datetime) -> list[OverdueBill]:
    """All that are open, the oldest first."""
    with plain_connection() as conn:
        rows = conn.execute(
            _SQL["open_bills"],
            {"bucket": one.bucket, "biller": one.biller_id, "account": one.account_no, "now": at},
        ).fetchall()
    return [OverdueBill(*row) for row in rows]


def overdue(one: DebtAccount, fee_id: int, at: datetime) -> list[OverdueBill]:
    return [bill for bill in open_bills(one, at) if bill.fee_id == fee_id and bill.days > 0]


@transaction.atomic
def act(name: str, field: str, **given: Any) -> None:
    """One person's act, by his session. Refused as its function answers, at this field."""
    with plain_connection() as conn:
        row = conn.execute(_SQL[name], given).fetchone()
    if row and row[0]:
        raise Refused(result_code(row[0]), field)
