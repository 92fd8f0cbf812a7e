"""Days without a late fee 停计违约金, of a bill or of all bills of its account: a dispute, a cut-off; a second person
decides."""

from datetime import date, datetime
from typing import Any

from yifen.core.access import second
from yifen.core.access.edge import Access, now
from yifen.core.access.models import Authorisation
from yifen.core.access.second import Change, Decision
from yifen.core.facts.plug import Text
from yifen.core.facts.reasons import reason as needed
from yifen.core.facts.refused import Refused
from yifen.core.facts.sqlfiles import queries
from yifen.core.partners.models import Partner
from yifen.face.plain import plain_connection
from yifen.trades.billing.codes import BillingCode
from yifen.trades.billing.late import asked as late

ACT = "billing.freeze"
_SQL = queries(__package__)


def propose(
    access: Access, bill_id: int, from_on: date, to_on: date | None, of_all: bool, reason: str, at: datetime
) -> Authorisation:
    """No `to_on`: for good. Refused: OUT_OF_SCOPE, FREEZE_WRONG, REASON_MISSING, and as `second.propose` refuses."""
    bill = late.bill_in_scope(access, bill_id, at)
    content = {"bill": bill_id, "all": of_all, "from": str(from_on), "to": None if to_on is None else str(to_on)}
    partner = Partner.objects.get(pk=bill.biller_id)
    return second.propose(access, ACT, str(bill_id), content, at, partner=partner, reason=needed(reason))


def view(content: dict[str, Any]) -> list[Change]:
    """Refused: OUT_OF_SCOPE, FREEZE_WRONG."""
    with plain_connection() as conn:
        bill = late.late_bill(conn, content["bill"], now())
    from_on, to_on = date.fromisoformat(content["from"]), content["to"] and date.fromisoformat(content["to"])
    if to_on and to_on < from_on:
        raise Refused(BillingCode.FREEZE_WRONG, "to_on")
    which = Text("该户全部账单", "All bills of the account") if content["all"] else Text("仅此账单", "This bill only")
    return [
        *late.bill_told(bill),
        Change("which", Text("范围", "Which"), None, which),
        Change("from", Text("停计起日", "No fee from"), None, str(from_on)),
        Change("to", Text("停计止日", "No fee until"), None, str(to_on) if to_on else Text("不再计收", "For good")),
    ]


def run(content: dict[str, Any], decision: Decision) -> None:
    """In the transaction of the decision. Refused: LATE_NOT_AGREED."""
    late.done(_SQL["freeze"], decision)
