"""接收欠费: what an account owes is billed anew to another of the same company, all of it or nothing; proposed, and
done by the second person's yes."""

from datetime import datetime
from typing import Any, NamedTuple

from django.utils.timezone import localdate

from yifen.core.access import second
from yifen.core.access.edge import Access, now
from yifen.core.access.models import Authorisation
from yifen.core.access.second import Change, Decision
from yifen.core.documents.figures import grouped_yuan
from yifen.core.facts.codes import Code
from yifen.core.facts.plug import Text
from yifen.core.facts.reasons import reason as needed
from yifen.core.facts.refused import Refused
from yifen.core.facts.sqlfiles import queries
from yifen.core.partners.models import Partner
from yifen.core.plugs import result_code
from yifen.face.plain import plain_connection
from yifen.trades.billing.codes import BillingCode
from yifen.trades.billing.customers import contracts

ACT = "billing.take_over"
_SQL = queries(__package__)


class OpenBill(NamedTuple):
    """What is left of a bill, and its late fee of today, in fen."""

    bill_id: int
    title: str
    due_on: Any
    rest_fen: int
    late_fen: int
    is_waived: bool


def arrears(bucket: int, biller_id: int, account_no: str, at: datetime) -> list[OpenBill]:
    """Of an account, in the order of their numbers."""
    given = {"bucket": bucket, "biller": biller_id, "account": account_no, "on": localdate(at)}
    with plain_connection() as conn:
        return [OpenBill(*row) for row in conn.execute(_SQL["arrears"], given).fetchall()]


def propose(access: Access, customer_id: int, account_no: str, reason: str, at: datetime) -> Authorisation:
    """Refused: OUT_OF_SCOPE, CUSTOMER_CLOSED (of the account that takes over), REASON_MISSING, and as `view` and
    `second.propose` refuse."""
    one = contracts.any_contract(access, customer_id)
    bills = arrears(one.bucket, one.biller_id, one.account_no, at)
    content = {"bucket": one.bucket, "customer": one.customer_id, "biller": one.biller_id, "account_no": one.account_no,
               "to": contracts.other_account(one, account_no),
               "bills": [{"bill": bill.bill_id, "rest_fen": bill.rest_fen} for bill in bills]}  # fmt: skip
    partner = Partner.objects.get(pk=one.biller_id)
    return second.propose(access, ACT, str(customer_id), content, at, partner=partner, reason=needed(reason))


def view(content: dict[str, Any]) -> list[Change]:
    """Each bill with what goes. Refused: ARREARS_CHANGED, ARREARS_WAIVED."""
    bills = arrears(content["bucket"], content["biller"], content["account_no"], now())
    if not bills or content["bills"] != [{"bill": bill.bill_id, "rest_fen": bill.rest_fen} for bill in bills]:
        raise Refused(BillingCode.ARREARS_CHANGED, "account_no")
    if any(bill.is_waived for bill in bills):
        raise Refused(BillingCode.ARREARS_WAIVED, "account_no")
    return [
        Change("account_no", Text("户号", "Account number"), content["account_no"], content["to"]["account_no"]),
        *(Change(f"B{bill.bill_id}", Text(f"{bill.title}，{bill.due_on} 到期（元）",
                                          f"{bill.title}, due {bill.due_on} (yuan)"),
                 None, grouped_yuan(bill.rest_fen)) for bill in bills),
        Change("total", Text("转出本金合计（元）；违约金按原到期日继续计算",
                             "All that goes (yuan); late fees go on from the same due dates"), None,
               grouped_yuan(sum(bill.rest_fen for bill in bills))),
    ]  # fmt: skip


def run(content: dict[str, Any], decision: Decision) -> None:
    """In the transaction of the decision. Refused as billing_take_over_v1 answers; nothing is left of it then."""
    with plain_connection() as conn:
        row = conn.execute(_SQL["take_over"], (decision.proposal, decision.now)).fetchone()
    code = row[0] if row else Code.AUTHORISATION_INVALID
    if code:
        raise Refused(result_code(code), "account_no")
