"""A bill's late fee 违约金 as people see it, and how what two of them agreed to about it is done."""

from datetime import date, datetime
from typing import Any, NamedTuple

import psycopg
from django.utils.timezone import localdate

from yifen.core.access.edge import Access
from yifen.core.access.second import Change, Decision
from yifen.core.documents.figures import grouped_yuan
from yifen.core.facts.codes import Code
from yifen.core.facts.plug import Text
from yifen.core.facts.refused import Refused
from yifen.core.facts.sqlfiles import queries
from yifen.core.plugs import result_code
from yifen.face.plain import plain_connection

_SQL = queries(__package__)


class LateBill(NamedTuple):
    """A bill that is a payable, and its late fee of a day; amounts in fen. `fee_fen`: all that was asked for less what
    was waived; `unpaid_fen`: of it."""

    bill_id: int
    biller_id: int
    biller_name: str
    account_no: str
    fee_name: str
    due_on: date
    state: str
    due_fen: int
    paid_fen: int
    principal_fen: int
    fee_fen: int
    unpaid_fen: int


def late_bill(conn: psycopg.Connection[Any], bill_id: int, at: datetime, on: date | None = None) -> LateBill:
    """As of today, or of that day. Refused OUT_OF_SCOPE: there is none, or it is no payable."""
    row = conn.execute(_SQL["late_bill"], {"bill": bill_id, "today": on or localdate(at)}).fetchone()
    if row is None:
        raise Refused(Code.OUT_OF_SCOPE, "bill", str(bill_id))
    return LateBill(*row)


def bill_in_scope(access: Access, bill_id: int, at: datetime) -> LateBill:
    """Refused: OUT_OF_SCOPE."""
    with plain_connection() as conn:
        bill = late_bill(conn, bill_id, at)
    if not access.scope.has_partner(bill.biller_id):
        raise Refused(Code.OUT_OF_SCOPE, "bill", str(bill_id))
    return bill


def bill_told(bill: LateBill) -> list[Change]:
    """What a proposal is about; nothing of it changes with the days."""
    return [
        Change("biller", Text("收费单位", "Biller"), None, bill.biller_name),
        Change("account", Text("户号", "Account"), None, bill.account_no),
        Change("bill", Text("账单", "Bill"), None, f"B{bill.bill_id} {bill.fee_name}"),
        Change("due_on", Text("到期日", "Due on"), None, str(bill.due_on)),
        Change("principal", Text("账单本金（元）", "The bill itself (yuan)"), None, grouped_yuan(bill.principal_fen)),
    ]  # fmt: skip


def done(statement: str, decision: Decision) -> None:
    """In the transaction of the decision."""
    with plain_connection() as conn:
        row = conn.execute(statement, (decision.proposal, decision.now)).fetchone()
    if row and row[0]:
        raise Refused(result_code(row[0]))
