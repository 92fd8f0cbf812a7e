"""Instalment plans 分期: rows of day and sum that cover what is overdue of a fee; a second person decides."""

from datetime import date, datetime
from typing import Any

from django.utils.timezone import localdate

from yifen.core.access import second
from yifen.core.access.edge import Access, now
from yifen.core.access.models import Authorisation
from yifen.core.access.second import Change, Decision
from yifen.core.documents.figures import grouped_yuan
from yifen.core.facts.masking import masked_number
from yifen.core.facts.plug import Text
from yifen.core.facts.reasons import reason as needed
from yifen.core.facts.refused import Refused
from yifen.core.facts.sqlfiles import queries
from yifen.core.partners.models import Partner
from yifen.trades.arrears import debts
from yifen.trades.arrears.codes import ArrearsCode
from yifen.trades.arrears.ruling import done

ACT = "arrears.plan"
_SQL = queries(__package__)


def propose(
    access: Access,
    customer_id: int,
    fee_id: int,
    rows: list[tuple[date, int]],
    reason: str,
    at: datetime,
) -> Authorisation:
    """Refused: OUT_OF_SCOPE, ARREARS_UNKNOWN, PLAN_DAYS, PLAN_WRONG, REASON_MISSING, and as `second.propose`
    refuses."""
    one = debts.account(access, customer_id)
    debts.fresh(one, at)
    bills = debts.overdue(one, fee_id, at)
    if not bills:
        raise Refused(ArrearsCode.ARREARS_UNKNOWN, "fee")
    owed = sum(bill.owed_fen for bill in bills)
    days = [day for day, _ in rows]
    if len(set(days)) < len(days) or min(days, default=localdate(at)) < localdate(at):
        raise Refused(ArrearsCode.PLAN_DAYS, "rows")
    if not rows or sum(fen for _, fen in rows) != owed:
        raise Refused(ArrearsCode.PLAN_WRONG, "rows", grouped_yuan(owed))
    content = {"customer": customer_id, "bucket": one.bucket, "biller": one.biller_id,
               "account_no": masked_number(one.account_no), "fee": fee_id,
               "fee_name": bills[0].fee_name, "owed_fen": owed,
               "bills": [{"bill": bill.bill_id, "paid_fen": bill.paid_fen} for bill in bills],
               "rows": [{"on": str(day), "fen": fen} for day, fen in sorted(rows)]}  # fmt: skip
    partner = Partner.objects.get(pk=one.biller_id)
    return second.propose(
        access, ACT, str(customer_id), content, at, partner=partner, reason=needed(reason)
    )



def view(content: dict[str, Any]) -> list[Change]:
    """Refused: PLAN_CHANGED."""
    one = debts.known(content["customer"])
    bills = debts.overdue(one, content["fee"], now()) if one else []
    if content["bills"] != [{"bill": bill.bill_id, "paid_fen": bill.paid_fen} for bill in bills]:
        raise Refused(ArrearsCode.PLAN_CHANGED, "rows")
    return [
        Change("account_no", Text("户号", "Account number"), None, masked_number(content["account_no"])),
        Change("fee", Text("费种", "Fee"), None, content["fee_name"]),
        Change("bills", Text("逾期账单", "Overdue bills"), None, " ".join(f"B{bill.bill_id}" for bill in bills)),
        Change("owed", Text("分期合计（元）", "Covered by the plan (yuan)"), None, grouped_yuan(content["owed_fen"])),
        *(Change(f"row{number}", Text(f"第 {number} 期（元）", f"Row {number} (yuan)"), None,
                 f"{row['on']} {grouped_yuan(row['fen'])}") for number, row in enumerate(content["rows"], 1)),
    ]  # fmt: skip


def run(content: dict[str, Any], decision: Decision) -> None:
    """In the transaction of the decision. Refused as arrears_plan_v1 answers."""
    done(_SQL["put_plan"], decision)
